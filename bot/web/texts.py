"""The words of the web side, read from `texts.<lang>.toml`; a missing or unknown key stops the app at its start."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from starlette.datastructures import Headers

from bot.errors import BadWording
from bot.turn import Kind, Level
from corpus.document import Lang, Match

LANGS: Final[tuple[Lang, ...]] = ("de", "da", "sv", "en")
FALLBACK: Final[Lang] = "en"
_HERE: Final = Path(__file__).parent
_STRICT: Final = ConfigDict(extra="forbid")
_LONGEST: Final = 200
"""Characters of a header that are read; browsers send some thirty."""


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class PageTexts:
    """The words of the chat page."""

    title: str
    description: str
    brand: str
    name: str
    language: str
    own_name: str
    restart: str
    heading: str
    intro: str
    notice: str
    notice_data: str
    privacy: str
    emergency: str
    emergency_number: str
    log: str
    examples: str
    follow_ups: str
    input: str
    placeholder: str
    send: str
    small_print: str
    person: str
    person_text: str
    contact_page: str
    no_person: str
    close: str
    question_from: str
    reply_from: str
    waiting: str
    crashed: str
    busy: str
    no_script: str
    opening: str


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTexts:
    """The words around a reply."""

    sources: str
    citation: str
    digest: str
    opens: str
    call: str
    close: str
    open_reader: str
    feedback: str
    helpful: str
    not_helpful: str
    wrong_source: str
    which_source: str
    thanks: str
    feedback_failed: str
    kinds: dict[Kind, str]
    levels: dict[Level, str]


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderTexts:
    """The words of the reading page."""

    lang: Lang
    back: str
    article: str
    digest: str
    digest_notice: str
    digest_page: str
    digest_match: str
    digest_about: str
    digest_original: str
    cited_as: str
    published: str
    publisher: str
    reviewed: str
    promotion: str
    own_promotion: str
    references: str
    summary: str
    missing: str
    unknown_place: str
    jump: str
    months: tuple[str, ...]
    full_date: str
    month_date: str
    decimal_mark: str
    price: str
    matches: dict[Match, str]

    def date(self, iso: str) -> str:
        """A date of reduced precision (2025, 2025-12, 2025-12-16) as people write it."""
        year, *rest = iso.split("-")
        if not rest:
            return year
        month = self.months[int(rest[0]) - 1]
        form = self.full_date if len(rest) > 1 else self.month_date
        return form.format(day=int(rest[-1]), month=month, year=year)


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedTexts:
    """Why a request is turned away that could be taken at another time, and whom to call in an emergency."""

    busy: str
    too_often: str
    unkept: str


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """All words in one language."""

    refused: RefusedTexts
    page: PageTexts
    reply: ReplyTexts
    reader: ReaderTexts


@cache
def load_texts(lang: Lang) -> Texts:
    """The words for that language; English for one that we have no words in.

    Raises:
        BadWording: the data file is incomplete or holds something unknown.
    """
    path = _HERE / f"texts.{lang if lang in LANGS else FALLBACK}.toml"
    try:
        texts = TypeAdapter(Texts).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        message = f"{path.name}: {error}"
        raise BadWording(message) from error
    if set(texts.reply.kinds) != set(Kind) or set(texts.reply.levels) != set(Level):
        message = f"{path.name}: [reply] needs a word for every kind and level"
        raise BadWording(message)
    return texts


def refused(lang: Lang) -> RefusedTexts:
    """What a visitor reads whose request is turned away."""
    return load_texts(lang).refused


def accepted(headers: Headers) -> Lang:
    """The language that a browser asks for, as far as we have its words; English for programs and all others."""
    return asked_for(headers) or FALLBACK


def asked_for(headers: Headers) -> Lang | None:
    """The one of our languages that a browser asks for, if it names any."""
    wanted: list[tuple[float, Lang]] = []
    for entry in headers.get("accept-language", "")[:_LONGEST].split(","):
        tag, _, parameter = entry.strip().partition(";")
        lang = tag.partition("-")[0].lower()
        if lang in LANGS:
            wanted.append((_weight(parameter), lang))
    return max(wanted, key=lambda found: found[0])[1] if wanted else None


def _weight(parameter: str) -> float:
    weight = re.fullmatch(r"\s*q=([01](?:\.\d{1,3})?)\s*", parameter)
    return float(weight[1]) if weight else 1.0
