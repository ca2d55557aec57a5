"""The words of the web side, read from `texts.<lang>.toml`; a missing or unknown key stops the app at its start."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from bot.errors import BadWording
from bot.turn import Kind, Level
from corpus.document import Lang, Match

LANGS: Final[tuple[Lang, ...]] = ("de", "en")
_HERE: Final = Path(__file__).parent
_STRICT: Final = ConfigDict(extra="forbid")


@with_config(_STRICT)
@dataclass(frozen=True, slots=True, kw_only=True)
class PageTexts:
    """The words of the chat page."""

    title: str
    description: str
    brand: str
    name: str
    switch: str
    switch_label: str
    switch_path: str
    switch_lang: Lang
    restart: str
    heading: str
    intro: str
    notice: str
    emergency: str
    emergency_number: str
    log: str
    examples: str
    follow_ups: str
    input: str
    placeholder: str
    send: str
    small_print: str
    question_from: str
    reply_from: str
    waiting: str
    crashed: str
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
class Texts:
    """All words in one language."""

    page: PageTexts
    reply: ReplyTexts
    reader: ReaderTexts


def load_texts(lang: Lang) -> Texts:
    """The words for that language; English for one that we have no words in.

    Raises:
        BadWording: the data file is incomplete or holds something unknown.
    """
    path = _HERE / f"texts.{lang if lang in LANGS else 'en'}.toml"
    try:
        texts = TypeAdapter(Texts).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        message = f"{path.name}: {error}"
        raise BadWording(message) from error
    if set(texts.reply.kinds) != set(Kind) or set(texts.reply.levels) != set(Level):
        message = f"{path.name}: [reply] needs a word for every kind and level"
        raise BadWording(message)
    return texts
