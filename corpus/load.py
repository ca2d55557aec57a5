"""The corpus on disk as documents: articles with their sidecars, and what they cite."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from corpus.document import Disagreement, Document, Reference, Sentence, Statement
from corpus.errors import NotUnderstood, SourceUnreadable
from corpus.fetch import fetch
from corpus.language import detect
from corpus.parse.digest import Contradiction, Side, SourceEntry, digest, parse_sources
from corpus.parse.page import parse_page
from corpus.parse.sidecar import Sidecar, parse_sidecar
from corpus.parse.variants import variants

HERE = Path(__file__).parent
"""The folder of the bundled corpus: `articles/` and `sources.yaml`."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Documents by id, articles first. `digest` changes whenever anything that was understood changes."""

    documents: Mapping[str, Document]
    digest: str


def load_corpus(folder: Path = HERE, *, extras: bool = False) -> Corpus:
    """Read all articles of `folder/articles` and the sources of `folder/sources.yaml` that they cite.

    Args:
        folder: where the corpus lies.
        extras: also take the sources marked `extra`, which complement or contradict the cited ones.

    Raises:
        SourceUnreadable: a file is missing or is no text.
        NotUnderstood: a file does not have the expected shape, or a contradiction quotes what no document says.
    """
    entries = parse_sources(fetch(folder / "sources.yaml"))
    digests = {e.id: d for e in entries if (d := digest(e)) is not None}
    taken = {e.id for e in entries if e.id in digests and (extras or not e.extra)}
    articles = [_with_sources(read_article(path), entries, taken) for path in _article_paths(folder)]
    documents = [*articles, *(d for d in digests.values() if d.id in taken)]
    documents = [_with_variants(document, folder / "questions") for document in documents]
    # Contradictions of sources that are not taken are checked all the same: a mistake must not wait for a setting.
    everything = {d.id: d for d in (*articles, *digests.values())}
    disagreements = tuple(_disagreements(entries, everything))
    return assemble(_with_disagreements(document, documents, disagreements) for document in documents)


def _with_variants(document: Document, folder: Path) -> Document:
    """The document with the questions that `folder` holds for it, if it holds any."""
    path = folder / f"{document.id}.toml"
    return replace(document, variants=variants(fetch(path), document, str(path))) if path.exists() else document


def assemble(documents: Iterable[Document]) -> Corpus:
    """A corpus of these documents.

    Raises:
        NotUnderstood: two documents have the same id.
    """
    by_id: dict[str, Document] = {}
    for document in documents:
        if document.id in by_id:
            raise NotUnderstood(f"two documents have the id {document.id!r}; change one of them")
        by_id[document.id] = document
    content = json.dumps([asdict(d) for d in by_id.values()], ensure_ascii=False, default=str, sort_keys=True)
    return Corpus(MappingProxyType(by_id), "sha256:" + hashlib.sha256(content.encode()).hexdigest())


def read_article(path: Path) -> Document:
    """One article with the sidecar beside it (`article.de.txt`, `article.de.toml`).

    Raises:
        SourceUnreadable: one of the two files is missing or is no text.
        NotUnderstood: one of them does not have the expected shape.
    """
    beside = path.with_suffix(".toml")
    if not beside.exists():
        raise SourceUnreadable(f"{beside} is missing; it needs at least: id, lang, publisher")
    return parse_page(fetch(path), parse_sidecar(fetch(beside), str(beside)))


def read_unknown(location: str) -> Document:
    """A text without a sidecar: id from its name, language detected, publisher from its address if it has one.

    Raises:
        SourceUnreadable: there is no text at `location`.
        NotUnderstood: the text has no title or no paragraphs.
    """
    text = fetch(location)
    stem = Path(location).name.split(".")[0].lower()
    name = "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in stem).split()) or "text"
    url = location if location.startswith(("http://", "https://")) else None
    publisher = urlsplit(location).hostname or "unknown"
    return parse_page(text, Sidecar(id=name, lang=detect(text), publisher=publisher, url=url))


def _article_paths(folder: Path) -> list[Path]:
    paths = sorted((folder / "articles").glob("*.txt"))
    if not paths:
        raise SourceUnreadable(f"{folder / 'articles'} holds no article (*.txt)")
    return paths


def _with_sources(article: Document, entries: Iterable[SourceEntry], known: set[str]) -> Document:
    """Join the article's references with the entries of the same publisher and title."""
    cited = {(e.publisher, _plain(e.cited_title or "")): e.id for e in entries if e.role == "cited"}

    def joined(reference: Reference) -> Reference:
        found = cited.get((reference.publisher, _plain(reference.title)))
        return replace(reference, document=found if found in known else None)

    return replace(article, references=tuple(joined(r) for r in article.references))


def _disagreements(entries: Iterable[SourceEntry], documents: Mapping[str, Document]) -> Iterator[Disagreement]:
    """The contradictions of all entries as pairs, in the order of the documents, each pair of sentences once."""
    order = list(documents)
    seen: set[tuple[Sentence, Sentence]] = set()
    for entry in entries:
        for contradiction in entry.contradictions:
            where = f"contradiction of {entry.id} on {contradiction.topic}"
            own, others = _sides(entry, contradiction, where)
            for other in others:
                statements = (_statement(side, documents, where) for side in (other, own))
                first, second = sorted(statements, key=lambda statement: order.index(statement.document))
                if (first.sentence, second.sentence) not in seen:
                    seen.add((first.sentence, second.sentence))
                    yield Disagreement(contradiction.topic, first, second, contradiction.sense)


def _sides(entry: SourceEntry, contradiction: Contradiction, where: str) -> tuple[Side, list[Side]]:
    own = [side for side in contradiction.sides if side.document == entry.id]
    others = [side for side in contradiction.sides if side.document != entry.id]
    if len(own) != 1:
        raise NotUnderstood(f"{where}: one of its sides, and only one, must be of {entry.id}")
    return own[0], others


def _statement(side: Side, documents: Mapping[str, Document], where: str) -> Statement:
    document = documents.get(side.document)
    if document is None:
        raise NotUnderstood(f"{where}: there is no document {side.document!r} with a text")
    known = {sentence.text: sentence for section in document.sections for sentence in section.sentences}
    for quote in (side.quote, *side.also):
        if quote not in known:
            raise NotUnderstood(f"{where}: {side.document} has no sentence {quote!r}; quote it whole, word for word")
    return Statement(side.document, known[side.quote], tuple(known[quote] for quote in side.also))


def _with_disagreements(
    document: Document, documents: Iterable[Document], disagreements: Iterable[Disagreement]
) -> Document:
    """The document with the disagreements whose second statement is its own, if the other document is there too."""
    ids = {d.id for d in documents}
    held = tuple(d for d in disagreements if d.second.document == document.id and d.first.document in ids)
    return replace(document, disagreements=held) if held else document


def _plain(title: str) -> str:
    return title.casefold().strip(" .")
