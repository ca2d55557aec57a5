"""Other readings of a message: what it says when its disguise is taken off.

A reading is never the only one: the message as it came is read first, so that undoing what is no disguise ("C25K")
can hide nothing. Whatever is decoded counts only if readable text comes out. All of it is bounded: the number of
readings, how deep they nest and how many characters they have together.
"""

import codecs
import html
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bot.errors import BadWording
from bot.guard.payload import payloads

FILE = Path(__file__).with_name("decode.toml")

MOST_READINGS = 12
MOST_CHARACTERS = 12_000
"""All readings together, the first one excepted: three messages of the longest kind."""

_DEPTH = 3
"""How often a disguise may be wrapped in another one."""

_LONGEST_WORD = 24
_LONGEST_RUN = 600
"""Letters without blanks that are cut into words; more is no sentence."""

_NEW_WORDS = 2
"""How many words must become readable before a whole message counts as turned round or shifted."""

_LETTER = r"[^\W_]"
# Single letters or pairs, each held apart from the next: "i g n o r e", "i.g.n.o.r.e", "ig-no-re al-le".
_SPACED = re.compile(rf"(?<!{_LETTER}){_LETTER}{{1,2}}(?:[\W_]{{1,3}}{_LETTER}{{1,2}}){{4,}}(?!{_LETTER})")
_GAPS = re.compile(r"[\W_]+")
_INNER_SIGNS = re.compile(r"(?<=[^\W\d_])[.·•*_~^|\\/=+,;:\"]{1,3}(?=[^\W\d_])")
_LONG_WORD = re.compile(r"[^\W\d_]{18,}")
_CAPITAL_INSIDE = re.compile(r"(?<=[a-z\u00df-\u00ff])(?=[A-Z\u00c0-\u00de])")
_WORD = re.compile(r"[^\W\d_]{2,}")
_CHUNK = re.compile(r"\S+")
_MIXED = re.compile(r"[^\W\d_][0-9@$!|€+£]|[0-9@$!|€+£][^\W\d_]")
_CODE = re.compile(r"[A-Za-z0-9+/_=\n-]{12,}")  # what may be text in a code once more
_ESCAPE = re.compile(r"\\u\{?([0-9A-Fa-f]{4,6})\}?|\\x([0-9A-Fa-f]{2})")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}){2}|%20")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z]{2,8});")

_TAGS = range(0xE0020, 0xE007F)
_REGIONAL, _SQUARES = range(0x1F1E6, 0x1F200), (range(0x1F150, 0x1F16A), range(0x1F170, 0x1F18A))
_INVISIBLE = frozenset({"Cf", "Mn", "Me", "Cc", "Co", "Cn", "Cs"})
_BLANKS = frozenset("\n\r\t")
# Fillers that have width on the screen or none, and count as letters in Unicode.
_FILLERS = dict.fromkeys(map(ord, "\u115f\u1160\u17b4\u17b5\u180e\u3164\uffa0\u2800\u034f"))


@dataclass(frozen=True, slots=True)
class Decoder:
    """The tables by which disguises are undone."""

    lookalikes: Mapping[int, str]
    leet: tuple[Mapping[int, str], ...]
    words: frozenset[str]
    """Words in small letters by which readable text is known."""

    def readings(self, text: str) -> tuple[str, ...]:
        """The text as it came, then what else it may say, each once. Raises nothing, whatever the characters are."""
        found = {text: None}
        queue, left = [text], MOST_CHARACTERS
        for _ in range(_DEPTH):
            fresh: list[str] = []
            for reading in (r for item in queue for r in self._undone(item)):
                if reading in found or not reading or len(reading) > left:
                    continue
                if len(found) == MOST_READINGS:
                    return tuple(found)
                found[reading] = None
                fresh.append(reading)
                left -= len(reading)
            queue = fresh
        return tuple(found)

    def plain(self, text: str) -> str:
        """The text in ordinary visible letters: look-alikes replaced, invisible characters and added marks removed."""
        if text.isascii():
            return text
        composed = unicodedata.normalize("NFKC", text).translate(_FILLERS)
        seen = "".join(c for c in composed if c in _BLANKS or unicodedata.category(c) not in _INVISIBLE)
        return seen.translate(self.lookalikes)

    def readable(self, text: str) -> bool:
        """Whether decoded text is language: mostly letters and blanks, with a word that is known."""
        if len(text) < _LONGEST_WORD // 4 or not all(c.isprintable() or c.isspace() for c in text):
            return False
        letters = sum(c.isalpha() or c.isspace() for c in text)
        return letters * 5 >= len(text) * 3 and bool(self._known(text, 3))

    def _known(self, text: str, shortest: int = 4) -> set[str]:
        return {word for word in _WORD.findall(text.casefold()) if len(word) >= shortest and word in self.words}

    def _undone(self, text: str) -> Iterator[str]:
        """Every single disguise undone, whole message first; unchanged text is left out by the caller."""
        yield _smuggled(text)
        plain = self.plain(text)
        yield plain
        for undo in (_unquoted, self._joined, self._cut):
            yield undo(plain)
        if "<" in text:
            yield plain.replace("<", " ").replace(">", " ")
        if _MIXED.search(plain):
            yield from (_unleeted(plain, table) for table in self.leet)
        yield from (code for code in payloads(plain) if self.readable(code) or _CODE.fullmatch(code))
        known = self._known(plain)
        for turn in _TURNS:
            turned = turn(plain)
            if len(self._known(turned) - known) >= _NEW_WORDS:
                yield turned

    def _joined(self, text: str) -> str:
        """Letters held apart put together, in words."""
        closed = _SPACED.sub(lambda m: self._closed(m[0]), text)
        return _INNER_SIGNS.sub("", closed)

    def _closed(self, run: str) -> str:
        gaps = _GAPS.findall(run)
        narrow, wide = min(map(len, gaps)), max(map(len, gaps))
        blanks = any(" " in g for g in gaps) and not all(" " in g for g in gaps)
        between = r"\s+" if blanks else rf"[\W_]{{{wide},}}"
        words = re.split(between, run) if blanks or narrow < wide else [run]
        return " ".join(" ".join(self.cut(_GAPS.sub("", word))) for word in words)

    def _cut(self, text: str) -> str:
        """Words written without blanks between them taken apart, where at least three are known."""

        def apart(match: re.Match[str]) -> str:
            humps = _CAPITAL_INSIDE.sub(" ", match[0])
            if " " in humps and len(self._known(humps, 3)) >= _NEW_WORDS:
                return humps
            pieces = self.cut(match[0])
            return " ".join(pieces) if sum(p in self.words for p in pieces) > _NEW_WORDS else match[0]

        return _LONG_WORD.sub(apart, text)

    def cut(self, letters: str) -> list[str]:
        """A row of letters in known words; what lies between them stays together, a short rest joins its word."""
        row = letters[:_LONGEST_RUN].casefold()
        best: list[tuple[int, int]] = [(0, 0)]  # for every end: letters covered so far, length of the last word
        for end in range(1, len(row) + 1):
            value, length = best[end - 1][0], 1
            for size in range(2, min(end, _LONGEST_WORD) + 1):
                covered = best[end - size][0] + size * size
                if covered > value and row[end - size : end] in self.words:
                    value, length = covered, size
            best.append((value, length))
        return _pieces(row, [length for _, length in best])


def _pieces(row: str, lengths: list[int]) -> list[str]:
    parts: list[str] = []
    end = len(row)
    while end > 0:
        parts.append(row[end - lengths[end] : end])
        end -= lengths[end]
    words: list[str] = []
    loose = ""
    for part in (*reversed(parts), ""):
        if len(part) == 1:
            loose += part
            continue
        if loose and words and len(loose) <= 2:  # noqa: PLR2004 - an ending: "anweisung" and "en"
            words[-1] += loose
        elif loose:
            words.append(loose)
        loose = ""
        if part:
            words.append(part)
    return words


def _smuggled(text: str) -> str:
    """Letters hidden in characters that no screen shows or that are shown as pictures of letters."""
    if text.isascii():
        return ""
    tags = "".join(chr(ord(c) - 0xE0000) for c in text if ord(c) in _TAGS)
    selectors = bytes(b for c in text if (b := _selected(ord(c))) is not None).decode("utf-8", "ignore")
    pictures = "".join(_pictured(c) for c in text) if any(_pictured(c) != c for c in text) else ""
    return " ".join(part for part in (tags, selectors if len(selectors) > _NEW_WORDS else "", pictures) if part)


def _selected(code: int) -> int | None:
    """The byte a variation selector can carry."""
    if 0xFE00 <= code <= 0xFE0F:  # noqa: PLR2004 - the block of Unicode
        return code - 0xFE00
    if 0xE0100 <= code <= 0xE01EF:  # noqa: PLR2004 - the block of Unicode
        return code - 0xE0100 + 16
    return None


def _pictured(character: str) -> str:
    code = ord(character)
    for block in (_REGIONAL, *_SQUARES):
        if code in block:
            return chr(ord("a") + code - block.start)
    return character


def _unquoted(text: str) -> str:
    """Escapes of HTML, of addresses and of programs replaced by what they stand for."""
    if _ENTITY.search(text):
        text = html.unescape(html.unescape(text))
    if _PERCENT.search(text):
        text = unquote(text, errors="ignore")
    if "\\" in text:
        text = _ESCAPE.sub(_escaped, text)
    return text


def _escaped(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code < 0xD800 or 0xDFFF < code < 0x110000 else " "  # noqa: PLR2004 - surrogates are no text


def _unleeted(text: str, table: Mapping[int, str]) -> str:
    """Digits and signs read as letters, in words that have letters."""

    def read(match: re.Match[str]) -> str:
        return match[0].translate(table) if _MIXED.search(match[0]) else match[0]

    return _CHUNK.sub(read, text)


def _shifted(text: str) -> str:
    return codecs.encode(text, "rot13")


def _reversed(text: str) -> str:
    return text[::-1]


def _words_reversed(text: str) -> str:
    return " ".join(word[::-1] for word in text.split())


_TURNS: tuple[Callable[[str], str], ...] = (_shifted, _reversed, _words_reversed)


@cache
def load_decoder(words: frozenset[str] = frozenset()) -> Decoder:
    """The tables of this package, with more words that readable text may consist of. Raises `BadWording`."""
    return read_decoder(FILE, words)


def read_decoder(file: Path, words: Iterable[str] = ()) -> Decoder:
    """The tables of a file. Raises `BadWording` when an entry is missing or wrong."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        lookalikes = {ord(c): latin for latin, row in content["lookalikes"].items() for c in row if not c.isascii()}
        leet = tuple(_table(content["leet"][name]) for name in ("first", "second"))
        known = frozenset(word.casefold() for word in (*content["known"]["words"], *words) if len(word) > 1)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadWording(f"{file.name}: {error!r} is missing or wrong") from error
    return Decoder(lookalikes, leet, known)


def _table(entry: Mapping[str, Any]) -> Mapping[int, str]:
    return str.maketrans({sign: str(letter) for sign, letter in entry.items()})
