"""How much a message leans on those before it, and what it takes over from them: by its words alone.

"Warum?" can only be searched for with the words of before, "und im Winter?" goes on, "Welche Schuhe sind gut?" may be
a new topic or not. What is not clear from the words is settled by what is found (bot/readings.py); here the readings
are made. Which words tell is data, by language: followup.toml.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.errors import BadWording
from bot.turn import Query
from corpus.document import Lang
from corpus.language import detect
from index.terms import terms

_FILE = Path(__file__).with_name("followup.toml")
_FALLBACK: Lang = "en"
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
# "Und im Winter bei Regen?" is a remark; with a third word of its own a message names a topic that can be searched. On
# evals/cases/retrieval such questions gain nothing when the words of before count as much as for a remark.
_REMARK = 2
# What is carried over is a search and no story: as many words as a long question has. The newest are kept.
_CARRIED = 8
# Older messages are not read: nobody refers that far back without naming it, and the time is bounded.
_REMEMBERED = 6


class Lean(IntEnum):
    """How strongly the words of a message ask for those before it, in ascending order."""

    NOT = 0
    """It names its topic."""
    MAYBE = 1
    """It names hardly one, or refers to something that may well be in itself."""
    LIKELY = 2
    """A remark: few words, and one that ties them to what was said before."""
    WHOLLY = 3
    """It names no topic at all."""


class _Cues(BaseModel):
    """A language's table in followup.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    openings: tuple[str, ...]
    refers: frozenset[str]
    may_refer: frozenset[str]
    articles: frozenset[str]
    fragment: frozenset[str]
    fillers: frozenset[str]

    def topical(self, word: str, lang: Lang) -> bool:
        """Whether a word in small letters says something of a topic."""
        cues = (self.fillers, self.fragment, self.refers, self.may_refer, self.articles)
        return not any(word in group for group in cues) and bool(terms(word, lang))


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it reads without the others: the words that name its topic, in order, and how it leans."""

    topic: tuple[str, ...]
    lean: Lean


@dataclass(frozen=True, slots=True)
class Thread:
    """What a conversation is about: the words that name it, oldest first, and the language of the newest."""

    words: tuple[str, ...]
    lang: Lang


@cache
def _tables() -> Mapping[Lang, _Cues]:
    try:
        return TypeAdapter(dict[str, _Cues]).validate_python(tomllib.loads(_FILE.read_text("utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadWording(f"{_FILE.name}: {error}") from error


def spoken(text: str, earlier: Iterable[str] = ()) -> Lang:
    """The language of a message; where it does not tell, as "ok?" does not, that of the messages before it."""
    lang: Lang | None = None
    for message in (*tuple(earlier)[-_REMEMBERED:], text):
        lang = detect(message, lang)
    return lang or detect(text)


def understood(text: str, lang: Lang, earlier: Sequence[str] = ()) -> Query:
    """What to search for when `text`, in `lang`, is said after `earlier` (oldest first, without small talk).

    Without earlier messages that name anything the query is the text. The text itself is always kept whole: carried
    words stand before it.

    Raises:
        BadWording: the file of cues is incomplete.
    """
    thread = _thread(earlier[-_REMEMBERED:])
    message = read(text, lang)
    known = {word.lower() for word in message.topic}
    words = tuple(word for word in thread.words if word.lower() not in known) if thread else ()
    if thread is None or not words:
        return Query(text, lang)
    context = " ".join((*words, text))
    if message.lean is Lean.WHOLLY:
        return Query(context, thread.lang)  # the words to look up are those carried over
    return Query(text, lang, context=context, leans=message.lean is Lean.LIKELY)


def read(text: str, lang: Lang) -> Message:
    """A message in `lang` by its words; in a language without cues, by those of English.

    Raises:
        BadWording: the file of cues is incomplete.
    """
    lang = lang if lang in _tables() else _FALLBACK
    cues = _tables()[lang]
    spans = [match.span() for match in _WORD.finditer(text)]
    words = [text[start:end] for start, end in spans]
    small = [word.lower() for word in words]
    topical = [cues.topical(word, lang) for word in small]
    topic = tuple(word for word, counts in zip(words, topical, strict=True) if counts)
    if not topic:
        return Message((), Lean.WHOLLY)
    tied = (
        any(small[: len(opening)] == opening for opening in map(str.split, cues.openings))
        or any(word in cues.refers for word in small)
        or any(_stands_alone(text, spans, n, topical, cues) for n, word in enumerate(small) if word in cues.articles)
        or (not all(topical) and all(t or word in cues.fragment for t, word in zip(topical, small, strict=True)))
    )
    if tied and len(topic) <= _REMARK:
        return Message(topic, Lean.LIKELY)
    # Capitals inside a sentence address somebody: "Haben Sie Tipps?" refers to nothing.
    refers = any(
        low in cues.may_refer and (n == 0 or word == low)
        for n, (word, low) in enumerate(zip(words, small, strict=True))
    )
    return Message(topic, Lean.MAYBE if tied or refers or len(topic) == 1 else Lean.NOT)


def _stands_alone(
    text: str, spans: Sequence[tuple[int, int]], number: int, topical: Sequence[bool], cues: _Cues
) -> bool:
    """Whether an article stands for a thing ("hilft das auch?") and neither before one nor behind a comma."""
    if text[: spans[number][0]].rstrip().endswith(","):
        return False  # a relative pronoun: "Schuhe, die gut sind"
    if number + 1 == len(spans):
        return True
    start, end = spans[number + 1]
    return not topical[number + 1] and text[start:end].lower() not in cues.fillers


def _thread(earlier: Iterable[str]) -> Thread | None:
    """What these messages are about; None when none of them names anything."""
    held: Thread | None = None
    lang: Lang | None = None
    for text in earlier:
        lang = detect(text, lang)
        message = read(text, lang)
        if not message.topic:
            continue
        kept = held.words if held and message.lean >= Lean.MAYBE else ()
        new = {word.lower() for word in message.topic}
        words = (*(word for word in kept if word.lower() not in new), *message.topic)
        held = Thread(words[-_CARRIED:], lang)
    return held
