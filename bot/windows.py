"""Messages cut into pieces that the tuned model can judge: whole short ones, else a few sentences each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.textfold import Token

_LONGEST = 45
"""Words of a message that is judged as a whole; more are seldom about one thing."""

_WINDOW = 26
"""Words of a window in a longer message: two or three sentences, so that a sign has what it refers to beside it."""

BETWEEN = " // "
"""Stands between the messages of a conversation that is judged as one text."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a message: where it stands, its folded words, and the numbers of its sentences."""

    message: int
    start: int
    end: int
    words: tuple[str, ...]
    sentences: frozenset[int]


def windows(tokens: Sequence[Token]) -> tuple[Window, ...]:
    """The windows of all messages, in order."""
    found: list[Window] = []
    for _, group in groupby(tokens, key=lambda token: token.message):
        message = tuple(group)
        parts = [message] if len(message) <= _LONGEST else _parts(message)
        found.extend(_window(part) for part in parts)
    return tuple(found)


def _parts(message: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """Sentences in groups; one that is longer than a window is cut where it is full."""
    part: list[Token] = []
    for _, group in groupby(message, key=lambda token: token.sentence):
        sentence = list(group)
        if part and len(part) + len(sentence) > _WINDOW:
            yield tuple(part)
            part = []
        part += sentence
        while len(part) > _LONGEST:
            yield tuple(part[:_WINDOW])
            part = part[_WINDOW:]
    if part:
        yield tuple(part)


def _window(part: Sequence[Token]) -> Window:
    return Window(
        message=part[0].message,
        start=part[0].start,
        end=part[-1].end,
        words=tuple(token.text for token in part),
        sentences=frozenset(token.sentence for token in part),
    )
