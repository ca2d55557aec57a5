"""Text as visitors type it, folded to one spelling, in tokens that know where they stand in the original.

Folding makes these equal: capitals and small letters; `ä`, `ae` and `a` (also `ö`, `ü`, and the Nordic letters);
`ß` and `ss`; full-width and ordinary letters; accents, zero-width characters, soft hyphens and apostrophes with
nothing at all. Words joined by a hyphen become one. Markup (HTML tags and entities) is looked through.

Every token keeps its offsets into the text that came in, so that evidence can be shown in the visitor's own words.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from html.entities import html5

SENTENCE_STEP = 4
"""How many words a sentence's end counts for in distances: far apart, but not out of reach of a second thought."""

MESSAGE_STEP = 3
"""The same for the border between two messages, so that an answer to "where?" still finds what it is about."""

MAX_CHARACTERS = 40_000
"""Longer texts are read from both ends only; ten times the longest question that is answered."""

# A tag, an entity, or any single character. The bounds keep the scan linear on hostile input.
_PIECE = re.compile(r"</?[A-Za-z][^<>]{0,300}>|<!--|-->|&#?[A-Za-z0-9]{1,31};|.", re.DOTALL)

# Letters that Unicode does not decompose, and how people without the key type them.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "a", "œ": "o", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "đ": "d"})

_APOSTROPHES = frozenset("'’‘`´ʼ＇")
_HYPHENS = frozenset("-‐‑")
_SENTENCE_ENDS = frozenset(".!?…\n\r\u2028\u2029")
_CLAUSE_ENDS = frozenset(",;:()[]{}–—|•")

# A full stop behind so short a word belongs to an abbreviation ("z. B.", "ca.", "Dr.").
_ABBREVIATION = 2

_DIGRAPHS = {"ae": "a", "oe": "o", "ue": "u"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word: its folded spelling and its place.

    `start` and `end` are offsets in code points into text number `message`. `position` counts words, with a jump at
    each sentence and message; `sentence` and `clause` number these units. `question`: the sentence ends in a
    question mark.
    """

    text: str
    start: int
    end: int
    message: int
    position: int
    sentence: int
    clause: int
    stop: str = ""
    """The punctuation that follows the word, if it ends a clause or a sentence."""


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character.isascii():
        return character.lower()
    composed = unicodedata.normalize("NFKC", character).casefold().translate(_LETTERS)
    decomposed = unicodedata.normalize("NFKD", composed).casefold()
    return "".join(c for c in decomposed if unicodedata.category(c) not in {"Mn", "Me", "Cf", "Cs", "Cc"})


def _unescape(piece: str) -> str:
    """What an HTML entity stands for, or a blank for a tag. Raises nothing."""
    if len(piece) == 1:
        return piece
    if not piece.startswith("&"):
        return "" if piece.startswith("<") and piece[1:2].isalpha() is False and piece[1] != "/" else " "
    name = piece[1:-1]
    if not name.startswith("#"):
        return html5.get(name + ";", " ")
    digits = name[1:]
    try:
        code = int(digits[1:], 16) if digits[:1] in "xX" else int(digits)
        return chr(code)
    except (ValueError, OverflowError):
        return " "


def _characters(text: str) -> list[tuple[str, int, int]]:
    """Every character that counts, folded, with the offsets of what it came from."""
    found: list[tuple[str, int, int]] = []
    for match in _PIECE.finditer(text):
        start, end = match.span()
        for raw in _unescape(match.group()):
            if raw in _APOSTROPHES:
                continue
            if raw in _SENTENCE_ENDS or raw in _HYPHENS:
                found.append((raw, start, end))
                continue
            category = unicodedata.category(raw)
            if category in {"Cf", "Mn", "Me"}:
                continue
            folded = _fold_character(raw)
            found.extend((c, start, end) for c in folded or " ")
    return found


def _is_word(character: str) -> bool:
    return character.isalnum()


def _plain_vowels(word: str) -> str:
    """The word with `ae`, `oe`, `ue` as plain vowels, so that it equals the spelling with and without dots."""
    if "e" in word:
        for pair, vowel in _DIGRAPHS.items():
            word = word.replace(pair, vowel)
    return word


def fold(text: str) -> str:
    """The folded words of a text, joined by single blanks. Raises nothing."""
    if text.isalnum() and len(text) <= MAX_CHARACTERS:  # most words of the rules; saves half of the time to load them
        folded = text.lower() if text.isascii() else "".join(map(_fold_character, text))
        if folded.isalnum():
            return _plain_vowels(folded)
    return " ".join(token.text for token in tokenize((text,)))


def tokenize(messages: tuple[str, ...]) -> tuple[Token, ...]:
    """The words of one or more messages, in order. Raises nothing, whatever the characters are."""
    builder = _Builder()
    for number, message in enumerate(messages):
        if len(message) <= MAX_CHARACTERS:
            builder.read(message, number, 0)
            continue
        half = MAX_CHARACTERS // 2
        builder.read(message[:half], number, 0)
        builder.read(message[-half:], number, len(message) - half)
    return tuple(builder.tokens)


class _Builder:
    """Collects tokens; holds the counters that run on from message to message."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []
        self._position = 0
        self._sentence = 0
        self._clause = 0

    def read(self, text: str, message: int, shift: int) -> None:
        """Append the words of one message; `shift` is added to all offsets."""
        self._end_sentence(MESSAGE_STEP)
        letters: list[tuple[str, int, int]] = []
        characters = _characters(text)
        for index, (character, start, end) in enumerate(characters):
            if _is_word(character):
                letters.append((character, start + shift, end + shift))
                continue
            following = characters[index + 1][0] if index + 1 < len(characters) else ""
            two_numbers = bool(letters) and letters[-1][0].isdigit() and following.isdigit()  # "10-14"
            if character in _HYPHENS and letters and _is_word(following) and not two_numbers:
                continue
            self._flush(letters, message)
            self._punctuate(character, following, message)
        self._flush(letters, message)

    def _flush(self, letters: list[tuple[str, int, int]], message: int) -> None:
        if not letters:
            return
        word = _plain_vowels("".join(letter for letter, _, _ in letters))
        place = (letters[0][1], letters[-1][2])
        self.tokens.append(Token(word, *place, message, self._position, self._sentence, self._clause))
        self._position += 1
        letters.clear()

    def _punctuate(self, character: str, following: str, message: int) -> None:
        if not self.tokens or self.tokens[-1].message != message:
            return
        last = self.tokens[-1]
        if character == ".":
            short = last.text.isalpha() and len(last.text) <= _ABBREVIATION
            if _is_word(following) or (short and following):
                return
        if character in _SENTENCE_ENDS:
            self._mark(character)
            self._end_sentence(SENTENCE_STEP)
        elif character in _CLAUSE_ENDS:
            if character == "," and last.text.isdigit() and following.isdigit():
                return
            self._mark(character)
            if last.clause == self._clause:
                self._clause += 1

    def _mark(self, character: str) -> None:
        last = self.tokens[-1]
        if not last.stop:
            self.tokens[-1] = Token(
                last.text, last.start, last.end, last.message, last.position, last.sentence, last.clause, character
            )

    def _end_sentence(self, step: int) -> None:
        if self.tokens and self.tokens[-1].sentence == self._sentence:
            self._sentence += 1
            self._clause += 1
            self._position += step
