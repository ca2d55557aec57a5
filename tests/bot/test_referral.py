"""Referrals: the number first, the right country's, the article quoted only where it speaks of the sign."""

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import referral
from bot.errors import BadWording
from bot.referral import compose, load_referrals
from bot.triage import load_rules
from bot.triage.rules import Sign
from bot.turn import Citation, Kind, Level, Triage

REFERRALS = load_referrals()
SIGNS = load_rules().signs
QUOTE = "Ein Arzt sollte aufgesucht werden, wenn die Schmerzen ausstrahlen."
SENTENCE = Citation(
    n=7,
    document="artikel",
    version="sha256:0",
    title="Titel",
    publisher="Verlag",
    section=("wann zum arzt?",),
    quote=QUOTE,
    start=0,
    end=len(QUOTE),
    url=None,
    read="/read/artikel?start=0&end=66",
)


def triage(flag: str, level: Level = Level.EMERGENCY) -> Triage:
    return Triage(level, (flag,), ("words",))


def first_sentence(text: str) -> str:
    return re.split(r"(?<=[.?!]) ", text)[0]


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.id)
@pytest.mark.parametrize("lang", ["de", "en", "da", "sv", "xx"])
@pytest.mark.parametrize("country", [None, "DE", "AT", "CH", "DK", "SE", "GB", "FR", "de"])
def test_every_sign_has_a_whole_text_everywhere(sign: Sign, lang: str, country: str | None) -> None:
    reply = compose(REFERRALS, triage(sign.id, sign.level), lang=lang, country=country, warning_signs=SENTENCE)
    assert reply.kind is Kind.REFERRAL
    assert reply.contact
    assert "{" not in reply.text
    assert reply.text.count("?") <= 1
    assert reply.lang == (lang if lang in {"de", "en", "da", "sv"} else "en")
    if sign.level is Level.EMERGENCY:
        assert re.search(r"\d{3}", first_sentence(reply.text))


@pytest.mark.parametrize(
    ("lang", "country", "number"),
    [
        ("de", None, "112 (Österreich 144, Schweiz 144)"),
        ("de", "DE", "112"),
        ("de", "AT", "144"),
        ("de", "CH", "144"),
        ("en", "CH", "144"),
        ("en", None, "112 (UK 999)"),
        ("en", "GB", "999"),
        ("de", "GB", "999"),
        ("da", None, "112"),
        ("de", "FR", "112"),
    ],
)
def test_the_country_decides_on_the_number(lang: str, country: str | None, number: str) -> None:
    reply = compose(REFERRALS, triage("heart"), lang=lang, country=country, warning_signs=None)
    assert f" {number} " in first_sentence(reply.text)
    assert reply.contact[0].number in number


def test_a_known_country_shows_no_other_countrys_numbers() -> None:
    reply = compose(REFERRALS, triage("suicidality"), lang="de", country="AT", warning_signs=None)
    assert {contact.country for contact in reply.contact} == {"AT"}
    assert {contact.number for contact in reply.contact} == {"144", "142"}


def test_where_a_country_has_no_such_service_the_text_says_it_in_words() -> None:
    reply = compose(REFERRALS, triage("infection", Level.URGENT), lang="de", country="CH", warning_signs=None)
    assert "Notfalldienst Ihrer Region" in reply.text


def test_the_article_is_quoted_with_number_one() -> None:
    found = triage("numbness", Level.DOCTOR)
    reply = compose(REFERRALS, found, lang="de", country=None, warning_signs=SENTENCE)
    assert f"{QUOTE} [1]" in reply.text
    assert [sentence.citations for sentence in reply.sentences] == [(1,)]
    assert [(citation.n, citation.quote) for citation in reply.citations] == [(1, QUOTE)]


def test_in_an_emergency_nothing_calmer_is_quoted() -> None:
    reply = compose(REFERRALS, triage("cauda_equina"), lang="de", country=None, warning_signs=SENTENCE)
    assert QUOTE not in reply.text
    assert not reply.citations


def test_numbers_of_several_countries_say_whose_they_are() -> None:
    reply = compose(REFERRALS, triage("cauda_equina"), lang="de", country=None, warning_signs=None)
    assert [contact.label for contact in reply.contact] == [
        "Notruf (Deutschland)",
        "Rettung (Österreich)",
        "Sanitätsnotruf (Schweiz)",
    ]
    reply = compose(REFERRALS, triage("cauda_equina"), lang="de", country="AT", warning_signs=None)
    assert [contact.label for contact in reply.contact] == ["Rettung"]


@pytest.mark.parametrize("flag", ["heart", "stroke", "suicidality", "overdose", "gi_bleed", "trauma"])
def test_the_article_is_not_quoted_for_what_it_does_not_know(flag: str) -> None:
    reply = compose(REFERRALS, triage(flag), lang="de", country=None, warning_signs=SENTENCE)
    assert not reply.citations
    assert not reply.sentences
    assert "[1]" not in reply.text


def test_a_life_in_danger_goes_before_a_sore_back() -> None:
    both = Triage(Level.EMERGENCY, ("cauda_equina", "suicidality"), ("words",))
    reply = compose(REFERRALS, both, lang="de", country="DE", warning_signs=SENTENCE)
    assert "0800 111 0 111" in reply.text
    assert not reply.citations


def test_without_a_sign_there_is_nothing_to_refer() -> None:
    with pytest.raises(ValueError, match="nothing to refer"):
        compose(REFERRALS, Triage(), lang="de", country=None, warning_signs=None)


def test_every_flag_of_the_texts_is_a_sign() -> None:
    known = {sign.id: sign.level for sign in SIGNS}
    for wording in REFERRALS.wording.values():
        assert wording.article_flags <= set(known)
        for entry in wording.entries:
            assert all(known[flag] is entry.level for flag in entry.flags)


def test_the_languages_speak_of_the_same_things() -> None:
    shapes = {
        tuple((entry.level, entry.flags, entry.contacts, bool(entry.question)) for entry in wording.entries)
        for wording in REFERRALS.wording.values()
    }
    assert len(shapes) == 1
    assert len({wording.article_flags for wording in REFERRALS.wording.values()}) == 1


def test_no_number_went_unchecked_for_a_year() -> None:
    today = datetime.now(UTC).date()
    for number in REFERRALS.numbers:
        assert today - number.checked <= timedelta(days=365), f"{number.country} {number.number}: check it again"
        assert number.source
        assert number.certainty in {"A", "B", "C"}


def test_no_text_names_a_diagnosis_as_a_fact_or_sells_anything() -> None:
    for wording in REFERRALS.wording.values():
        for entry in wording.entries:
            text = " ".join(entry.sentences)
            assert not re.search(r"Sie haben |you have an? ", text)
            assert not re.search(r"(?i)gurt|belt|weste|buch|€", text)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = Path(shutil.copytree(referral.FOLDER, tmp_path / "wording"))
    monkeypatch.setattr(referral, "FOLDER", copy)
    return copy


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("contacts.toml", 'service = "emergency"', 'service = "taxi"'),
        ("contacts.toml", "checked = 2026-11-23", 'checked = "soon"'),
        ("contacts.toml", "[defaults.de]", "[defaults.de"),
        ("contacts.toml", 'label = { de = "Notruf (EU-weit)",', "label = {"),
        ("referral.de.toml", "jetzt {emergency}", "jetzt {ambulance}"),
        ("referral.de.toml", 'no_crisis = "', 'none_crisis = "'),
        ("referral.de.toml", 'AT = "Österreich"', ""),
        ("referral.en.toml", 'level = "doctor"\nflags = []', 'level = "doctor"\nflags = ["young"]'),
        ("referral.en.toml", "reason = ", "because = "),
    ],
)
def test_a_broken_file_is_refused(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadWording):
        load_referrals()


def test_the_language_that_stands_in_must_be_there(folder: Path) -> None:
    (folder / "referral.en.toml").unlink()
    with pytest.raises(BadWording):
        load_referrals()
