"""What stands around a place in a document: the sentences beside it, without advertising and what else a page holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from corpus.document import Document, Section, Slice

SENTENCES: Final = 2
"""So many before a place and behind it."""
_BREAK: Final = "\n\n"


@dataclass(frozen=True, slots=True)
class Around:
    """The text before and after a place, and the headings that it stands under."""

    before: str
    after: str
    section: tuple[str, ...]


def around(document: Document, start: int, end: int) -> Around:
    """What stands around `document.text[start:end]` in its section; nothing beside what stands in none.

    Paragraphs that advertise are left out; promotions and noise of the page belong to no section.
    """
    section = _section(document, start)
    if section is None:
        return Around("", "", ())
    paragraphs = [p.sentences for p in section.paragraphs if not p.advertising]
    before = [_cut(document, s.start, min(s.end, start)) for p in paragraphs for s in p if s.start < start]
    after = [_cut(document, max(s.start, end), s.end) for p in paragraphs for s in p if s.end > end]
    ends = frozenset(p[-1].end for p in paragraphs)
    return Around(
        _joined(document, before[-SENTENCES:], ends), _joined(document, after[:SENTENCES], ends), section.path
    )


def _cut(document: Document, start: int, end: int) -> Slice:
    return Slice(start, end, document.text[start:end])


def _joined(document: Document, sentences: Sequence[Slice], ends: frozenset[int]) -> str:
    """The sentences as they stand in the text; what lay between two paragraphs is replaced by an empty line."""
    if not sentences:
        return ""
    parts = [sentences[0].text]
    for one, other in pairwise(sentences):
        parts += [_BREAK if one.end in ends else document.text[one.end : other.start], other.text]
    return "".join(parts).strip()


def _section(document: Document, start: int) -> Section | None:
    """The section whose sentences hold that place."""
    return next((s for s in document.sections if s.sentences and _holds(s.sentences, start)), None)


def _holds(sentences: Sequence[Slice], start: int) -> bool:
    return sentences[0].start <= start < sentences[-1].end
