"""What a visitor is told who asks for a person, and how the shop can be reached."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.errors import BadWording
from bot.turn import Contact, Kind, Reply
from bot.wording import FALLBACK
from corpus.document import Lang

_FILE: Final = Path(__file__).parent / "handoff.toml"
_EVERYWHERE: Final = "EU"
"""The country of a shop that does not say where it is, as `Contact` has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How to reach the shop's people: a web address, a mail address, a telephone number, as far as they are known."""

    url: str | None = None
    email: str | None = None
    phone: str | None = None
    country: str | None = None
    """ISO 3166-1 alpha-2, of the telephone."""

    @property
    def ways(self) -> tuple[str, ...]:
        """What is known, the most direct first."""
        return tuple(way for way in (self.phone, self.email, self.url) if way)


class _Texts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    noted: str
    contact: str
    urgent: str


@cache
def _texts() -> Mapping[Lang, _Texts]:
    try:
        return TypeAdapter(dict[str, _Texts]).validate_python(tomllib.loads(_FILE.read_text("utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadWording(f"{_FILE.name}: {error}") from error


def _for(lang: Lang | None) -> tuple[Lang, _Texts]:
    known = _texts()
    spoken = lang if lang is not None and lang in known else FALLBACK
    return spoken, known[spoken]


def label(lang: Lang | None) -> str:
    """What the way to a person is called. Raises `BadWording` when the data file is broken."""
    return _for(lang)[1].label


def handoff(lang: Lang | None, reach: Reach) -> Reply:
    """The reply to the wish for a person. Raises `BadWording` when the data file is broken."""
    spoken, texts = _for(lang)
    lines = [texts.noted]
    lines += [texts.contact.format(ways=", ".join(reach.ways))] if reach.ways else []
    country = reach.country or _EVERYWHERE
    return Reply(
        kind=Kind.HANDOFF,
        lang=spoken,
        text="\n\n".join([*lines, texts.urgent]),
        confidence=1.0,
        contact=(Contact(texts.label, reach.phone, country),) if reach.phone else (),
    )
