import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document
from corpus.errors import NotUnderstood
from corpus.load import Corpus, load_corpus
from corpus.parse.page import parse_page
from corpus.parse.sidecar import Sidecar
from index.chunk import Chunking, fingerprint, passages
from index.encode import FourBitEncoder
from index.passage import Passage
from tests.conftest import ARTICLE

WORDS = st.sampled_from(
    ["Laufen tut gut.", "Der Rücken schmerzt, z. B. nachts.", "ein kurzer titel", "", "Warum?", "x" * 400]
)


@pytest.fixture(scope="module")
def found(corpus: Corpus) -> tuple[Passage, ...]:
    return passages(corpus.documents.values(), Chunking())


def check(documents: dict[str, Document], found: tuple[Passage, ...]) -> None:
    """What must hold of any passages of any documents."""
    for passage in found:
        document = documents[passage.source.document]
        assert document.text[passage.start : passage.end] == passage.text
        assert all(document.text[s.start : s.end] == s.text for s in passage.sentences)
        section = next(s for s in document.sections if set(passage.sentences) <= set(s.sentences))
        assert section.path == passage.source.section
    shown = [s for p in found for s in p.sentences]
    assert shown == [s for d in documents.values() for section in d.sections for s in section.sentences]


def test_every_sentence_is_in_one_passage_of_its_own_section(corpus: Corpus, found: tuple[Passage, ...]) -> None:
    check(dict(corpus.documents), found)


@given(st.lists(WORDS, max_size=30), st.integers(1, 500), st.integers(1, 800))
def test_passages_of_any_page_follow_its_structure(lines: list[str], target: int, longest: int) -> None:
    try:
        document = parse_page("Titel\n\n" + "\n\n".join(lines), Sidecar(id="a", lang="de", publisher="p"))
    except NotUnderstood:
        return
    check({"a": document}, passages([document], Chunking(target=target, longest=longest)))


def test_an_faq_pair_is_one_passage_with_its_question(found: tuple[Passage, ...]) -> None:
    pairs = [p for p in found if p.source.section_kind == "faq"]
    assert len(pairs) == 4
    assert all(p.text.partition("\n")[0].endswith("?") for p in pairs)


def test_no_passage_contains_a_product_box_or_page_noise(found: tuple[Passage, ...]) -> None:
    assert not [p for p in found if "SPAR OP TIL" in p.text or "€" in p.text]


def test_advertising_is_alone_in_its_passage(found: tuple[Passage, ...]) -> None:
    assert ["Anodyne" in p.text for p in found if p.advertising] == [True]


def test_every_passage_fits_into_one_piece_of_the_4_bit_engine() -> None:
    encoder = FourBitEncoder()
    everything = passages(load_corpus(extras=True).documents.values(), Chunking())
    assert max(encoder.count_tokens(p.embedded_text) for p in everything) < 450


def test_the_same_text_gives_the_same_ids_and_another_text_others(corpus: Corpus, found: tuple[Passage, ...]) -> None:
    assert [p.id for p in passages(corpus.documents.values(), Chunking())] == [p.id for p in found]
    assert len({p.id for p in found}) == len(found)
    changed = parse_page(
        ARTICLE.read_text("utf-8").replace("Planks", "Kniebeugen"), Sidecar(id="a", lang="de", publisher="p")
    )
    assert {p.id for p in passages([changed], Chunking())}.isdisjoint(p.id for p in found)


def test_the_fingerprint_tells_chunkings_apart() -> None:
    assert fingerprint(Chunking()) != fingerprint(Chunking(target=1))
