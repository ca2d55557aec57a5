"""What the bot does not answer, found by phrases: deliberately only the obvious; a later stage finds the rest.

The phrases are data in the folder `patterns/` beside this file, one file a language; a language is added by adding
its file. All languages count at once, in every reading of the message (bot/guard/decode.py).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.guard.decode import Decoder, load_decoder
from bot.guard.pattern import FOLDER, Pattern, literally, read_patterns, words_of
from bot.phrases import Lexicon
from bot.textfold import Token, tokenize
from bot.turn import Reason, Verdict

MAX_CHARACTERS = 4000
"""Longest message that is still one question: about 600 words, more than a long story with its question needs."""

_LONGEST_WORD = 64
"""Letters of a word that are compared: longer words are no language, and looking for near ones costs their square."""


@dataclass(frozen=True, slots=True)
class Guard:
    """All patterns, ordered by the reason that goes first, and what takes disguises off.

    Pattern number n reads the list `any.n` of the lexicon and, shared by all languages, `unless.` and its code.
    """

    patterns: tuple[Pattern, ...]
    lexicon: Lexicon
    decoder: Decoder

    def find(self, text: str) -> Pattern | None:
        """The pattern that goes first of those which any reading of the text holds. Raises nothing."""
        numbers = (number for reading in self.decoder.readings(text) for number in self._in(reading))
        first = min(numbers, default=None)
        return None if first is None else self.patterns[first]

    def _in(self, reading: str) -> list[int]:
        """The numbers of the patterns that one reading holds."""
        tokens = [token if len(token.text) <= _LONGEST_WORD else _cut(token) for token in tokenize((reading,))]
        found = self.lexicon.find(tokens)
        plain = literally(reading)
        numbers: list[int] = []
        for number, pattern in enumerate(self.patterns):
            if any(piece in plain for piece in pattern.literal):
                numbers.append(number)
            elif spans := found.get(f"any.{number}"):
                spared = {tokens[span.first].sentence for span in found.get(f"unless.{pattern.code}", ())}
                if any(tokens[span.first].sentence not in spared for span in spans):
                    numbers.append(number)
        return numbers


def _cut(token: Token) -> Token:
    return replace(token, text=token.text[:_LONGEST_WORD])


def load_guard() -> Guard:
    """The patterns of this package, all languages. Raises `BadWording` when a file is incomplete."""
    return read_guard(FOLDER)


def read_guard(folder: Path) -> Guard:
    """The patterns in a folder. Raises `BadWording` as `load_guard` does."""
    return guard_of(read_patterns(folder))


def guard_of(patterns: Sequence[Pattern]) -> Guard:
    """A guard of these patterns alone. Raises `BadWording` when a phrase cannot be read."""
    lists: dict[str, list[str]] = defaultdict(list)
    for number, pattern in enumerate(patterns):
        lists[f"any.{number}"] += pattern.any
        lists[f"unless.{pattern.code}"] += pattern.unless
    return Guard(tuple(patterns), Lexicon(lists), load_decoder(words_of(patterns)))


def check(guard: Guard, text: str) -> Verdict:
    """Whether a message may be answered, and if not, why. Raises nothing.

    Args:
        guard: What to look for.
        text: The visitor's current message.

    Returns:
        `Verdict()` when it may be answered; else the reason and the code of the pattern, or `too_long`.
    """
    if len(text) > MAX_CHARACTERS:
        return Verdict(Reason.FAILED, "too_long")
    pattern = guard.find(text)
    return Verdict() if pattern is None else Verdict(pattern.reason, pattern.code)
