"""The values of a kept conversation."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from corpus.document import Lang


class Verdict(StrEnum):
    """What a visitor says of a reply."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"
    WRONG_SOURCE = "wrong_source"


@dataclass(frozen=True, slots=True)
class Feedback:
    """A verdict on a reply, or on one of its citations by its number."""

    verdict: Verdict
    citation: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """A new conversation. The key is told once and never again; only its hash is kept."""

    id: str
    key: str
    expires: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message, with the time in UTC.

    `text` is the visitor's words after redaction, `reply` the bot's reply as plain values; the other is None.
    """

    role: Literal["visitor", "bot"]
    at: datetime
    text: str | None = None
    reply_id: str | None = None
    reply: dict[str, Any] | None = None
    feedback: Feedback | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A kept conversation, its messages oldest first. `wants_person`: since when a person is asked for, in UTC."""

    id: str
    lang: Lang | None
    created: datetime
    expires: date
    wants_person: datetime | None
    messages: tuple[Said, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        """What the visitor said, oldest first."""
        return tuple(message.text for message in self.messages if message.text is not None)
