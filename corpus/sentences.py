"""Splitting a text into sentences that are slices of it.

The work is done by `sentencex` (Wikimedia, MIT, all four languages, gives offsets). Two things it does not know are
mended here by joining what it separated: some abbreviations, and ordinal numbers before a noun. The words for both
stand in sentences.toml.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sentencex

from corpus.document import Lang, Sentence

_RULES = Path(__file__).with_name("sentences.toml")
_FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class _Joins:
    """When a piece that seems to end a sentence does not."""

    abbreviation: re.Pattern[str]
    ordinal: re.Pattern[str] | None


@cache
def _joins(lang: Lang) -> _Joins:
    tables = tomllib.loads(_RULES.read_text("utf-8"))
    table = tables.get(lang, tables[_FALLBACK])
    abbreviations = "|".join(re.escape(word) for word in table["never_last"])
    words = "|".join(re.escape(word) for word in table["ordinal_after"])
    ordinal = re.compile(rf"\b(?:{words})\s+\d{{1,2}}\.\s*$", re.IGNORECASE) if words else None
    return _Joins(re.compile(rf"(?:^|[\s(])(?:{abbreviations})\s*$"), ordinal)


def split(text: str, lang: Lang, start: int = 0, end: int | None = None) -> tuple[Sentence, ...]:
    """The sentences of `text[start:end]`, in order, without the white space between them.

    Offsets count from the beginning of `text`. Every character that is not white space is in exactly one sentence.
    An unknown language is split by the rules of English.
    """
    stop = len(text) if end is None else end
    found = []
    for first, last in _joined(text, lang, start, stop):
        piece = text[first:last]
        stripped = piece.strip()
        if stripped:
            offset = first + piece.index(stripped)
            found.append(Sentence(offset, offset + len(stripped), stripped))
    return tuple(found)


def _joined(text: str, lang: Lang, start: int, stop: int) -> Iterator[tuple[int, int]]:
    joins = _joins(lang)
    begin = start
    for boundary in _boundaries(text[start:stop], lang):
        here = start + boundary
        piece = text[begin:here]
        goes_on = here < stop and not re.search(r"\n\s*$", piece) and _unfinished(piece, joins)
        if not goes_on:
            yield begin, here
            begin = here
    if begin < stop:
        yield begin, stop


def _unfinished(piece: str, joins: _Joins) -> bool:
    tail = piece[-40:]  # longer than any abbreviation or "jeden 31. "
    return bool(joins.abbreviation.search(tail)) or bool(joins.ordinal and joins.ordinal.search(tail))


def _boundaries(text: str, lang: Lang) -> Iterator[int]:
    """Offsets behind each piece sentencex finds; they are recounted here so that pieces cannot leave gaps."""
    position = 0
    for piece in sentencex.segment(lang, text):
        found = text.find(piece, position)
        if found < 0:  # sentencex normalised something: leave the rest in one piece rather than guess
            break
        position = found + len(piece)
        yield position
