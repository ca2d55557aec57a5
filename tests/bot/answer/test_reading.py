import pytest

from bot.answer.reading import reading
from corpus.document import Slice


def sentence(text: str) -> Slice:
    return Slice(0, len(text), text)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("de", "Diese Haltung führt zu einer Belastung."),
        ("de", "Dazu gehören ausstrahlende Schmerzen."),
        ("de", "Er hat den Artikel durchgesehen."),
        ("de", "Übungen wie Planks sind hierbei besonders effektiv."),
        ("de", "Indem Sie diese Strategien nutzen, beugen Sie vor."),
        ("de", "Ein weiterer Grund ist die Technik."),
        ("en", "This helps the back."),
        ("da", "Dette hjælper ryggen."),
        ("sv", "Detta hjälper ryggen."),
    ],
)
def test_a_sentence_that_refers_back_needs_the_one_before_it(lang: str, text: str) -> None:
    assert reading(lang).leans(sentence(text))


@pytest.mark.parametrize(
    "text",
    [
        "Laufschuhe sollten gut gedämpft sein.",
        "Erholung ist wichtig.",
        "Esslöffel sind keine Hanteln.",
        "Dehnübungen lockern den Rücken.",
        "Eine höhere Schrittfrequenz kann helfen.",
    ],
)
def test_a_sentence_with_its_own_subject_stands_alone(text: str) -> None:
    assert not reading("de").leans(sentence(text))


def test_questions_and_announcements_say_nothing() -> None:
    rules = reading("de")
    assert rules.says_nothing(sentence("Doch warum treten diese Schmerzen auf?"))
    assert rules.says_nothing(sentence("Bleiben Sie dran, um mehr zu erfahren."))
    assert not rules.says_nothing(sentence("Planks stärken den Rumpf."))
