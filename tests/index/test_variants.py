"""Questions that sentences are known to answer, as vectors."""

from pathlib import Path

import numpy as np
import pytest

from corpus.load import Corpus
from index.chunk import Chunking, passages
from index.errors import IndexDamaged
from index.passage import Passage
from index.variants import Variants
from tests.fakes import HashEncoder

ENCODER = HashEncoder()


@pytest.fixture
def three() -> Variants:
    """Two questions for the sentence 1, one for the sentence 3, of five sentences."""
    vectors = ENCODER.encode_questions(["Was hilft?", "Was tun?", "Wer war das?"])
    return Variants(vectors, np.array([1, 1, 3], dtype=np.intp), 5)


@pytest.fixture(scope="module")
def found(corpus: Corpus) -> tuple[Passage, ...]:
    return passages(corpus.documents.values(), Chunking())


def test_every_sentence_has_the_cosine_of_its_nearest_question(three: Variants) -> None:
    for asked in ("Was hilft?", "Was tun?"):
        cosines = three.cosines(ENCODER.encode_question(asked))
        assert cosines.shape == (5,)
        assert cosines[1] == pytest.approx(1.0, abs=1e-5)
        assert cosines[3] < 0.99
        assert cosines[[0, 2, 4]].tolist() == [0.0, 0.0, 0.0]


def test_without_questions_every_sentence_has_none() -> None:
    assert Variants.none(3).cosines(ENCODER.encode_question("Was?")).tolist() == [0.0, 0.0, 0.0]
    assert Variants.none(0).cosines(ENCODER.encode_question("Was?")).shape == (0,)


def test_the_questions_of_the_documents_belong_to_their_sentences(corpus: Corpus, found: tuple[Passage, ...]) -> None:
    variants = Variants.build(corpus.documents, found, ENCODER.encode_questions)
    sentences = [(p.source.document, s.start) for p in found for s in p.sentences]
    for name, document in corpus.documents.items():
        for variant in document.variants[::40]:
            cosines = variants.cosines(ENCODER.encode_question(variant.question))
            if (name, variant.sentence.start) in sentences:
                assert cosines[sentences.index((name, variant.sentence.start))] == pytest.approx(1.0, abs=1e-5)


def test_questions_whose_sentence_is_not_indexed_are_left_out(corpus: Corpus, found: tuple[Passage, ...]) -> None:
    assert Variants.build(corpus.documents, (), ENCODER.encode_questions).cosines(
        ENCODER.encode_question("x")
    ).shape == (0,)
    few = Variants.build(corpus.documents, found[:3], ENCODER.encode_questions)
    assert len(few.cosines(ENCODER.encode_question("x"))) == sum(len(p.sentences) for p in found[:3])


def test_what_is_saved_is_as_near_when_loaded(three: Variants, tmp_path: Path) -> None:
    for variants in (three, Variants.none(4)):
        variants.save(tmp_path / "variants.npz")
        asked = ENCODER.encode_question("Was hilft?")
        assert np.array_equal(Variants.load(tmp_path / "variants.npz").cosines(asked), variants.cosines(asked))


@pytest.mark.parametrize("damage", ["missing", "empty", "other", "cut off", "another array", "other names"])
def test_a_damaged_file_is_told_with_the_command_that_repairs_it(three: Variants, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "variants.npz"
    three.save(path)
    whole = path.read_bytes()
    if damage == "missing":
        path.unlink()
    elif damage == "another array":
        with path.open("wb") as file:
            np.save(file, np.zeros(3))
    elif damage == "other names":
        np.savez(path, other=np.zeros(3))
    else:
        path.write_bytes({"empty": b"", "other": b"{", "cut off": whole[: len(whole) // 2]}[damage])
    with pytest.raises(IndexDamaged, match="python -m index build"):
        Variants.load(path)
