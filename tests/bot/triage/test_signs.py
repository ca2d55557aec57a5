"""Every sign against the examples that stand beside it, also in the spellings people really use."""

import pytest

from bot.triage import Rules, assess, load_rules
from bot.turn import Level

RULES = load_rules()
MATCHES = [(sign.id, sign.level, text) for sign in RULES.signs for text in sign.matches]
SPARES = [(sign.id, text) for sign in RULES.signs for text in sign.spares]
SPELLED_OUT = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}


def without_dots(text: str) -> str:
    return text.translate(str.maketrans("äöüÄÖÜ", "aouAOU")).replace("ß", "ss")


def spelled_out(text: str) -> str:
    for letter, typed in SPELLED_OUT.items():
        text = text.replace(letter, typed)
    return text


@pytest.fixture(scope="module")
def rules() -> Rules:
    return RULES


@pytest.mark.parametrize(("sign", "level", "text"), MATCHES)
def test_a_sign_is_found_in_its_examples(rules: Rules, sign: str, level: Level, text: str) -> None:
    triage = assess(rules, [text])
    assert sign in triage.flags
    assert triage.level.rank >= level.rank
    assert triage.evidence
    assert all(quote in text for quote in triage.evidence)


@pytest.mark.parametrize(("sign", "text"), SPARES)
def test_a_sign_is_not_seen_where_it_is_not(rules: Rules, sign: str, text: str) -> None:
    assert sign not in assess(rules, [text]).flags


@pytest.mark.parametrize("text", [text for *_, text in MATCHES] + [text for _, text in SPARES])
def test_capitals_and_missing_dots_change_nothing(rules: Rules, text: str) -> None:
    plain = assess(rules, [text])
    for variant in (text.upper(), text.lower(), without_dots(text), spelled_out(text)):
        other = assess(rules, [variant])
        assert (other.level, other.flags) == (plain.level, plain.flags), variant
