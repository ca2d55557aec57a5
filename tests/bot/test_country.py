"""The country that a visitor says he is in."""

import pytest

from bot.country import stated


@pytest.mark.parametrize(
    ("message", "country"),
    [
        ("Ich wohne in Wien und mein Bein ist taub", "AT"),
        ("bin grad im urlaub in österreich", "AT"),
        ("Grüße aus Zürich", "CH"),
        ("I live in the UK", "GB"),
        ("jeg bor i Aarhus", "DK"),
        ("jag bor i Göteborg", "SE"),
        ("ich komme aus Hamburg", "DE"),
        ("i'm from St Gallen", "CH"),
    ],
)
def test_who_says_where_he_is_is_understood(message: str, country: str) -> None:
    assert stated([message]) == country


@pytest.mark.parametrize(
    "message",
    [
        "Ist der Wien-Marathon hart?",
        "Ich mag Schweizer Käse nicht, aber Essen tu ich gern",
        "Rücken tut weh",
        "London?",
    ],
)
def test_a_place_alone_says_nothing_of_the_visitor(message: str) -> None:
    assert stated([message]) is None


def test_the_last_country_of_a_conversation_counts() -> None:
    assert stated(["Ich bin aus Berlin", "jetzt aber in Salzburg"]) == "AT"
