"""Personal data go, everything else stays."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BadWording
from bot.redact import CONTACTS, FILE, read_words, redact

REPLACED = [
    ("Mein Name ist Max Müller und ich laufe.", "Mein Name ist [Name] und ich laufe."),
    ("ich heiße anna, 34 jahre", "ich heiße [Name], 34 jahre"),
    ("Ich heiße Karl von der Heide.", "Ich heiße [Name]."),
    ("Rufen Sie mich an: 0171 2345678", "Rufen Sie mich an: [Telefon]"),
    ("+49 30 901820 ist meine Nummer", "[Telefon] ist meine Nummer"),
    ("Schreiben Sie an max.mueller@web.de bitte", "Schreiben Sie an [E-Mail] bitte"),
    ("Konto DE89 3704 0044 0532 0130 00 bitte", "Konto [IBAN] bitte"),
    ("Meine KVNR: T000000003", "Meine KVNR: [Versichertennummer]"),
    ("756.9217.0769.85", "[Versichertennummer]"),
    ("geboren am 3.4.1980 in Köln", "geboren am [Geburtsdatum] in Köln"),
    ("geb. 12. März 1979", "geb. [Geburtsdatum]"),
    ("Ich wohne Lindenstraße 12a, 50667 Köln.", "Ich wohne [Adresse], [Ort]."),
    ("Danke!\nViele Grüße\nSabine Schmidt", "Danke!\nViele Grüße\n[Name]"),
    ("LG Tom", "LG [Name]"),
    ("Frau Müller hat Schmerzen", "Frau [Name] hat Schmerzen"),
]
REPLACED_ELSEWHERE = [
    ("en", "My name is John Smith, I run.", "My name is [Name], I run."),
    ("en", "I'm Peter.", "I'm [Name]."),
    ("en", "call me on 020 7946 0958", "call me on [Phone]"),
    ("en", "My NHS number is 943 476 5919", "My NHS number is [Insurance number]"),
    ("en", "221B Baker Street, NW1 6XE", "[Address], [Town]"),
    ("da", "jeg hedder Lars Jensen og løber", "jeg hedder [Navn] og løber"),
    ("da", "CPR 010180-1234", "CPR [Personnummer]"),
    ("da", "tlf 22 33 44 55", "tlf [Telefon]"),
    ("da", "Nørregade 12, 8000 Aarhus", "[Adresse], [By]"),
    ("sv", "jag heter Åsa och springer", "jag heter [Namn] och springer"),
    ("sv", "mitt personnummer: 811218-9876", "mitt personnummer: [Personnummer]"),
    ("sv", "Storgatan 5, 114 55 Stockholm", "[Adress], [Ort]"),
]
KEPT = [
    "Ruf 112 oder 116117 an, in der Schweiz 144.",
    "TelefonSeelsorge 0800 111 0 111, Giftnotruf 030 19240 oder +49 30 19240",
    "10 km in 52:30 Minuten, Puls 145, 1,78 m, 82 kg, 3x10, um 10:30 Uhr",
    "10000 Schritte, 5.000 m, Strecke 10 000 Meter",
    "Bestellnummer 0171 2345678, Auftrag 943 476 5919",
    "Am 12.03.2024 bin ich gelaufen, seit 2015 - 2020 nicht.",
    "Auf dem Waldweg 5 km gelaufen, Blutdruck 170/85",
    "Wer ist Christian Vagn Uhre?",
    "Ich heiße nicht umsonst Läufer",
    "I'm German. This is my first run.",
    "Meine Frau Anna läuft auch, eine Frau Anfang 40.",
    "Welche Rolle spielt L5/S1?",
]


@pytest.mark.parametrize(("text", "wanted"), REPLACED)
def test_personal_data_is_replaced(text: str, wanted: str) -> None:
    assert redact(text) == wanted


@pytest.mark.parametrize(("lang", "text", "wanted"), REPLACED_ELSEWHERE)
def test_personal_data_is_replaced_in_the_words_of_the_language(lang: str, text: str, wanted: str) -> None:
    assert redact(text, lang) == wanted


@pytest.mark.parametrize("text", KEPT)
def test_what_identifies_nobody_stays(text: str) -> None:
    assert redact(text) == text


def test_an_unknown_language_gets_the_german_words() -> None:
    assert redact("a@example.org", "fr") == "[E-Mail]"


@given(st.text(max_size=200))
def test_no_text_raises_and_a_second_time_changes_nothing(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@settings(max_examples=150)
@given(
    st.lists(
        st.sampled_from([text for text, _ in REPLACED] + KEPT + ["und", "0", "-", "+49 ", "ich heiße ", ", ", "\n"]),
        max_size=6,
    ).map(" ".join)
)
def test_mixtures_settle_at_once(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@pytest.mark.parametrize(
    "unit", ["0171 2345678 ", "a", "1 ", "Mein Name ist ", "(0", "a@", "A1", "x.", "Frau ", "DE89 "]
)
def test_the_longest_message_takes_a_moment(unit: str) -> None:
    text = (unit * 10_000)[:10_000]
    redact("")
    started = time.process_time()
    redact(text)
    assert time.process_time() - started < 0.4  # measured 0.1 s at most on a machine of its own


@pytest.mark.parametrize("content", ["", "[placeholder]", "[[broken"])
def test_a_broken_word_list_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "redact.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BadWording):
        read_words(file, CONTACTS)


def test_the_numbers_to_call_must_be_readable(tmp_path: Path) -> None:
    with pytest.raises(BadWording):
        read_words(FILE, tmp_path / "missing.toml")
