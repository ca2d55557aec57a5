"""`python -m corpus show LOCATION`: what was understood of a file or an address."""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from corpus.console import run
from corpus.document import Document
from corpus.errors import CorpusError
from corpus.fetch import fetch
from corpus.load import load_corpus, read_article, read_unknown
from corpus.parse.digest import digest, parse_sources


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when something was understood, 2 when not."""
    parser = argparse.ArgumentParser(prog="python -m corpus", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("show", help="parse a file or address and show what was understood")
    show.add_argument(
        "location", help="a text file (with a .toml beside it, if any), sources.yaml, or an http(s) address"
    )
    show.add_argument("--json", action="store_true", help="everything, as JSON")
    options = parser.parse_args(arguments)
    try:
        documents = _read(options.location)
    except CorpusError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps([asdict(d) for d in documents], ensure_ascii=False, indent=2, default=str))
    else:
        print("\n\n".join("\n".join(_described(d)) for d in documents))
    return 0


def _read(location: str) -> list[Document]:
    path = Path(location)
    if path.suffix in (".yaml", ".yml"):
        return [d for entry in parse_sources(fetch(location), location) if (d := digest(entry)) is not None]
    if path.with_suffix(".toml").exists():
        return [_joined(path)]
    return [read_unknown(location)]


def _joined(path: Path) -> Document:
    """The article joined with the sources of its corpus, if it lies in one."""
    folder = path.resolve().parent.parent
    article = read_article(path)
    if (folder / "sources.yaml").exists() and path.resolve().parent.name == "articles":
        return load_corpus(folder, extras=True).documents[article.id]
    return article


def _described(document: Document) -> Iterator[str]:
    yield f"{document.title}"
    yield f"  id {document.id} · {document.kind} · {document.lang} · {document.publisher} · {document.version[:19]}"
    yield f"  by {document.byline or '-'} · published {document.published or '-'}"
    yield f"  address {document.url or 'none known'}"
    if document.reviewer:
        yield f"  reviewed by {document.reviewer.name}: {document.reviewer.role}"
    if document.provenance:
        yield f"  digest in our own words · match: {document.provenance.match} · {document.provenance.note or ''}"
    for section in document.sections:
        role = f" [{section.role}]" if section.role else ""
        yield f"  {section.kind:5} {' › '.join(section.path) or '(no heading)'}{role}"
        for paragraph in section.paragraphs:
            mark = " (advertising)" if paragraph.advertising else ""
            yield f"        {paragraph.start}:{paragraph.end} {len(paragraph.sentences)} sentences{mark}"
    for promotion in document.promotions:
        yield f"  promo {promotion.product} · {promotion.price} {promotion.currency}"
    for reference in document.references:
        known = reference.document or "not found, no text"
        yield f"  {reference.number:2}. {reference.publisher}: {reference.title} → {known}"


if __name__ == "__main__":
    run(main)
