import tomllib
from typing import get_args

from bot.turn import Reason
from bot.wording import FALLBACK, wording_for, wordings
from bot.wording.frames import frames
from corpus.document import Interest, Sense
from corpus.load import HERE, Corpus


def test_the_languages_have_the_same_entries() -> None:
    found = wordings()
    assert {"de", "en", "da", "sv"} <= set(found)
    for wording in found.values():
        assert set(wording.smalltalk) == set(found["de"].smalltalk)
        assert set(wording.refusal) == set(found["de"].refusal)
        assert 3 <= len(wording.examples) <= 5
        assert set(wording.interest) == set(get_args(Interest))
        assert set(wording.disagree.other) == set(wording.disagree.both) == set(get_args(Sense))


def test_every_topic_of_the_corpus_has_a_name_in_every_language() -> None:
    topics = tomllib.loads((HERE / "topics.toml").read_text("utf-8"))["de"]
    assert all(set(wording.topics) == set(topics) for wording in wordings().values())


def test_every_reason_has_a_text_in_every_language() -> None:
    for wording in wordings().values():
        assert all(len(wording.refusal_for(reason, "ok")) > 40 for reason in Reason)


def test_a_code_with_a_text_of_its_own_is_preferred() -> None:
    wording = wording_for("de")
    assert wording.refusal_for(Reason.FAILED, "too_long") != wording.refusal_for(Reason.FAILED, "ok")


def test_a_language_without_wording_falls_back() -> None:
    assert wording_for("fi").lang == FALLBACK


def test_no_pattern_of_small_talk_stands_for_two_things() -> None:
    patterns = [p for w in wordings().values() for entry in w.smalltalk.values() for p in entry.patterns]
    assert len(patterns) == len(set(patterns))


def test_a_refusal_after_a_failure_says_when_not_to_wait() -> None:
    assert all("112" in wording.refusal["failed"] for wording in wordings().values())


def test_a_line_that_names_something_of_the_documents_has_no_place_left_to_fill(corpus: Corpus) -> None:
    lines = frames(corpus.documents)
    assert "Hinweis: Nike verkauft selbst Laufschuhe." in lines
    assert "Runner's World:" in lines
    assert not [line for line in lines if "{" in line or not line.strip()]


def test_only_what_is_known_of_a_publisher_may_be_said_of_it(corpus: Corpus) -> None:
    assert not [line for line in frames(corpus.documents) if "CSS verkauft" in line or "CSS stellt" in line]
