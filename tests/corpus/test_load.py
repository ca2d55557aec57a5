import shutil
from pathlib import Path

import pytest

from bot.answer.reading import reading
from corpus.document import Disagreement
from corpus.errors import CorpusError, NotUnderstood, SourceUnreadable
from corpus.fetch import fetch
from corpus.load import HERE, Corpus, assemble, load_corpus
from corpus.parse.digest import parse_sources


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the corpus to break."""
    shutil.copytree(HERE / "articles", tmp_path / "articles")
    shutil.copy(HERE / "sources.yaml", tmp_path)
    shutil.copytree(HERE / "questions", tmp_path / "questions")
    return tmp_path


def article(folder: Path) -> Path:
    return next((folder / "articles").glob("*.txt"))


def test_the_corpus_holds_the_article_and_the_sources_it_cites_that_were_found(corpus: Corpus) -> None:
    kinds = [document.kind for document in corpus.documents.values()]
    assert kinds == ["article"] + ["digest"] * 8


def test_a_setting_adds_the_sources_that_complement_and_contradict(corpus: Corpus) -> None:
    everything = load_corpus(extras=True)
    assert set(corpus.documents) < set(everything.documents)
    assert "nvl-praevention" in everything.documents
    assert everything.digest != corpus.digest


def test_the_digest_of_the_corpus_depends_on_its_content_only(folder: Path, corpus: Corpus) -> None:
    assert load_corpus(folder).digest == corpus.digest
    path = article(folder)
    path.write_text(path.read_text("utf-8").replace("Planks", "Kniebeugen", 1), "utf-8")
    assert load_corpus(folder).digest != corpus.digest


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"Titel\x00\n\nText", "binary", id="binary"),
        pytest.param("Rücken".encode("latin-1"), "UTF-8", id="another encoding"),
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"x" * 5_000_001, "larger", id="too large"),
    ],
)
def test_an_article_that_is_no_text_is_refused_with_advice(folder: Path, content: bytes, says: str) -> None:
    article(folder).write_bytes(content)
    with pytest.raises(CorpusError, match=says):
        load_corpus(folder)


def test_an_article_that_may_not_be_read_is_refused(folder: Path) -> None:
    path = article(folder)
    path.unlink()
    path.mkdir()
    with pytest.raises(SourceUnreadable, match=r"cannot be read"):
        load_corpus(folder)


def test_a_missing_sidecar_is_named_with_what_it_needs(folder: Path) -> None:
    article(folder).with_suffix(".toml").unlink()
    with pytest.raises(SourceUnreadable, match="id, lang, publisher"):
        load_corpus(folder)


@pytest.mark.parametrize("line", ['id = "../etc"', "id = 5", "= ", 'colour = "red"'])
def test_a_wrong_sidecar_is_refused(folder: Path, line: str) -> None:
    sidecar = article(folder).with_suffix(".toml")
    rest = [other for other in sidecar.read_text("utf-8").splitlines() if not other.startswith("id =")]
    sidecar.write_text("\n".join([line, *rest]), "utf-8")
    with pytest.raises(NotUnderstood, match="toml"):
        load_corpus(folder)


def test_missing_sources_are_named(folder: Path) -> None:
    (folder / "sources.yaml").unlink()
    with pytest.raises(SourceUnreadable, match=r"sources\.yaml does not exist"):
        load_corpus(folder)


def test_a_folder_without_articles_is_named(folder: Path) -> None:
    article(folder).unlink()
    with pytest.raises(SourceUnreadable, match="no article"):
        load_corpus(folder)


def test_two_documents_with_one_id_are_refused(corpus: Corpus) -> None:
    document = next(iter(corpus.documents.values()))
    with pytest.raises(NotUnderstood, match=document.id):
        assemble([document, document])


EVERYTHING = load_corpus(extras=True)


def disagreements(corpus: Corpus) -> list[Disagreement]:
    return [found for document in corpus.documents.values() for found in document.disagreements]


def test_every_contradiction_of_the_list_has_become_a_disagreement() -> None:
    pairs = [(d.first, d.second) for d in disagreements(EVERYTHING)]
    found = {frozenset((side.document, side.sentence.text) for side in pair) for pair in pairs}
    for entry in parse_sources(fetch(HERE / "sources.yaml")):
        for contradiction in entry.contradictions:
            own = next(side for side in contradiction.sides if side.document == entry.id)
            for other in contradiction.sides:
                if other is not own:
                    assert frozenset({(own.document, own.quote), (other.document, other.quote)}) in found


def test_the_sides_of_a_disagreement_are_sentences_of_two_documents_and_can_stand_alone() -> None:
    for found in disagreements(EVERYTHING):
        assert found.first.document != found.second.document
        for side in (found.first, found.second):
            document = EVERYTHING.documents[side.document]
            held = [s for section in document.sections for s in section.sentences]
            assert set(side.sentences) <= set(held)
            assert not reading(document.lang).leans(side.sentence), side.sentence.text


def test_the_article_speaks_first_and_no_pair_comes_twice() -> None:
    found = disagreements(EVERYTHING)
    assert all(EVERYTHING.documents[d.second.document].kind == "digest" for d in found)
    pairs = [frozenset({d.first.sentence.text, d.second.sentence.text}) for d in found]
    assert len(set(pairs)) == len(pairs)


def test_a_disagreement_applies_only_where_both_documents_are_loaded(corpus: Corpus) -> None:
    found = disagreements(corpus)
    assert 0 < len(found) < len(disagreements(EVERYTHING))
    assert {side.document for d in found for side in (d.first, d.second)} <= set(corpus.documents)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("quote: Laut CSS kommen", "quote: Laut CSS kamen", "css has no sentence 'Laut CSS kamen"),
        ("- document: cochrane-laufschuhe", "- document: cochrane", "there is no document 'cochrane'"),
        ("- document: css\n      quote: Laut CSS", "- document: nike\n      quote: Laut CSS", "must be of css"),
    ],
)
def test_a_side_that_no_document_has_is_named(folder: Path, old: str, new: str, named: str) -> None:
    path = folder / "sources.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(NotUnderstood, match=named):
        load_corpus(folder)
