"""What else can be asked: the sections near a question, as questions in the visitor's language."""

from collections.abc import Iterator, Mapping, Sequence

from corpus.document import Document, Lang, Section
from index.passage import Hit

OFFERED = 3
"""More than three suggestions are not read, and do not fit beside each other on a phone."""


def nearest(
    documents: Mapping[str, Document],
    hits: Sequence[Hit],
    lang: Lang,
    *,
    without: frozenset[tuple[str, ...]] = frozenset(),
) -> tuple[str, ...]:
    """At most `OFFERED` questions, the nearest section's first; sections whose paths are in `without` are left out."""
    questions = [
        question
        for section in _sections(documents, hits)
        if section.path not in without and (question := dict(section.questions).get(lang))
    ]
    return tuple(dict.fromkeys(questions))[:OFFERED]


def _sections(documents: Mapping[str, Document], hits: Sequence[Hit]) -> Iterator[Section]:
    """The sections of the hits in their order, then all others in the order of the documents."""
    for hit in hits:
        for section in documents[hit.passage.source.document].sections:
            if section.path == hit.passage.source.section:
                yield section
    for document in documents.values():
        yield from document.sections
