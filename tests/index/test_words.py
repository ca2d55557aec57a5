"""The words of passages and of their sentences, side by side."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from corpus.load import Corpus
from index.chunk import Chunking, passages
from index.errors import IndexDamaged
from index.passage import Passage
from index.words import Words


@pytest.fixture(scope="module")
def found(corpus: Corpus) -> tuple[Passage, ...]:
    return passages(corpus.documents.values(), Chunking())


@pytest.fixture(scope="module")
def words(found: tuple[Passage, ...]) -> Words:
    return Words.build(found)


def test_there_are_as_many_texts_as_passages_and_sentences(found: tuple[Passage, ...], words: Words) -> None:
    assert len(words.passages) == len(found)
    assert len(words.sentences) == sum(len(p.sentences) for p in found)


def test_a_passage_is_found_by_its_headings_and_its_sentences_are_not(found: tuple[Passage, ...], words: Words) -> None:
    row, passage = next((n, p) for n, p in enumerate(found) if "Sofortmaßnahmen" in p.context)
    assert "Sofortmaßnahmen" not in passage.text
    first = sum(len(p.sentences) for p in found[:row])
    assert words.passages.ask("Sofortmaßnahmen", "de").scores[row] > 0
    assert words.sentences.ask("Sofortmaßnahmen", "de").scores[first] == 0.0


def test_sentences_are_numbered_throughout_in_the_order_of_their_passages(
    found: tuple[Passage, ...], words: Words
) -> None:
    sentences = [s.text for p in found for s in p.sentences]
    for number in range(0, len(sentences), 17):
        held = words.sentences.ask(sentences[number], "de").held
        if found[0].source.lang == "de" and held.size:
            assert held[:, number].mean() > 0.99 or sentences[number].isascii()


def test_what_is_saved_is_what_is_loaded(words: Words, tmp_path: Path) -> None:
    words.save(tmp_path)
    loaded = Words.load(tmp_path)
    for question in ("Wärme", "unterer Rücken", "shoes"):
        for before, after in ((words.passages, loaded.passages), (words.sentences, loaded.sentences)):
            assert np.array_equal(before.ask(question, "de").scores, after.ask(question, "de").scores)


@pytest.mark.parametrize("part", ["passages", "sentences"])
def test_half_of_it_is_told_with_the_command_that_repairs_it(words: Words, tmp_path: Path, part: str) -> None:
    words.save(tmp_path)
    shutil.rmtree(tmp_path / part)
    with pytest.raises(IndexDamaged, match="python -m index build"):
        Words.load(tmp_path)
