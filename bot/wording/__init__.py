"""What the bot says, by language, from the TOML files of this folder."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import BadWording
from bot.turn import Reason
from corpus.document import Interest, Lang, Sense

_SENSES = frozenset(get_args(Sense))
_FOLDER = Path(__file__).parent
FALLBACK: Lang = "en"
"""The language for readers whose own has no wording yet."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AnswerTexts(_Table):
    """Lines that frame quotations."""

    sources: str
    only_sources: str
    original: str
    further: str
    only_further: str


class AboutTexts(_Table):
    """Lines before what an article says of itself; `summary` has a place for `{title}`."""

    summary: str
    byline: str
    reviewer: str
    sources: str
    title: str
    which: str
    as_written: str


class OfferTexts(_Table):
    """Lines around products that an article advertises; `heading` says that it is advertising."""

    heading: str
    aids: str
    note: str


class DisagreeTexts(_Table):
    """Lines before statements that do not agree, with a place for `{topic}`; `article` stands before the article's."""

    article: str
    other: Mapping[Sense, str]
    both: Mapping[Sense, str]


class ErrorTexts(_Table):
    """Why a message cannot be taken; `too_long` has a place for `{limit}`."""

    empty: str
    too_long: str


class SmallTalk(_Table):
    """Messages that ask for nothing the articles hold, and the reply to them."""

    patterns: tuple[str, ...]
    text: str


class Wording(_Table):
    """All texts of one language."""

    lang: Lang
    examples: tuple[str, ...]
    errors: ErrorTexts
    answer: AnswerTexts
    about: AboutTexts
    offers: OfferTexts
    disagree: DisagreeTexts
    interest: Mapping[Interest, str]
    topics: Mapping[str, str]
    refusal: Mapping[str, str]
    smalltalk: Mapping[str, SmallTalk]

    def refusal_for(self, reason: Reason, code: str) -> str:
        """The text for a finding; the one for its code where there is one, else the one for the reason."""
        return self.refusal.get(code, self.refusal[reason.value])


@cache
def wordings() -> Mapping[Lang, Wording]:
    """The wording of every language that has a file.

    Raises:
        BadWording: a file is unreadable or misses an entry.
    """
    found = {}
    for path in sorted(_FOLDER.glob("??.toml")):
        try:
            wording = Wording.model_validate({"lang": path.stem, **tomllib.loads(path.read_text("utf-8"))})
        except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
            raise BadWording(f"{path.name}: {error}") from error
        if missing := _missing(wording):
            raise BadWording(f"{path.name}: no text for {', '.join(sorted(missing))}")
        found[path.stem] = wording
    return MappingProxyType(found)


def _missing(wording: Wording) -> set[str]:
    """What may be looked up and has no entry; topics are held to the corpus by a test."""
    wanted = {*Reason, "topics", "too_long", "unclear", "not_stated"} - set(wording.refusal)
    wanted |= set(get_args(Interest)) - set(wording.interest)
    return wanted | {sense for t in (wording.disagree.other, wording.disagree.both) for sense in _SENSES - set(t)}


def wording_for(lang: Lang) -> Wording:
    """The wording of a language, or of `FALLBACK` when it has none."""
    known = wordings()
    return known.get(lang, known[FALLBACK])
