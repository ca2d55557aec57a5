"""The corpus on disk as documents: articles with their sidecars, and what they cite."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from corpus.document import Document, Reference
from corpus.errors import NotUnderstood, SourceUnreadable
from corpus.fetch import fetch
from corpus.language import detect
from corpus.parse.digest import SourceEntry, digest, parse_sources
from corpus.parse.page import parse_page
from corpus.parse.sidecar import Sidecar, parse_sidecar

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
        NotUnderstood: a file does not have the expected shape.
    """
    entries = parse_sources(fetch(folder / "sources.yaml"))
    digests = [d for e in entries if extras or not e.extra if (d := digest(e)) is not None]
    known = {d.id for d in digests}
    articles = [_with_sources(read_article(path), entries, known) for path in _article_paths(folder)]
    return assemble(articles + digests)


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


def _plain(title: str) -> str:
    return title.casefold().strip(" .")
