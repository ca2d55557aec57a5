"""The bodies that the API takes. Unknown fields are refused, and nothing is converted."""

import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from bot.turn import Question

_EXAMPLES: Final = Path(__file__).parent / "examples.json"


def _proper(text: str) -> str:
    """Text that every later stage can store and print: JSON lets lone surrogates and U+0000 through."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        message = "must not contain U+0000 or half of a surrogate pair"
        raise ValueError(message)
    return text


Message = Annotated[str, AfterValidator(_proper)]
LangCode = Annotated[str, Field(pattern="^[a-z]{2}$", description="ISO 639-1.")]
CountryCode = Annotated[str, Field(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2.")]


def _boolean(value: object) -> object:
    """Only `true` is a yes: to `Literal` the number 1 is the same."""
    if not isinstance(value, bool):
        message = "must be true"
        raise ValueError(message)  # noqa: TRY004 - pydantic reports only this kind
    return value


def _whole(value: object) -> object:
    """JSON knows no difference between 2 and 2.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Number = Annotated[int, Field(ge=1, le=1000), BeforeValidator(_whole)]


class Strict(BaseModel):
    """Base of every body."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Nothing(Strict):
    """An empty object."""


class ChatRequest(Strict):
    """A visitor's message, and what is known around it."""

    text: Message = Field(description="The message itself.")
    earlier: list[Message] = Field(
        default=[], max_length=50, description="The visitor's earlier messages of this conversation, oldest first."
    )
    lang: LangCode | None = Field(default=None, description="When the visitor chose a language.")
    country: CountryCode | None = Field(default=None, description="For the numbers to call.")
    conversation: Message | None = Field(
        default=None, description="A conversation to keep this in; needs X-Conversation-Key, and `earlier` empty."
    )

    def question(self) -> Question:
        """The same as the bot's own value."""
        return Question(text=self.text, earlier=tuple(self.earlier), lang=self.lang, country=self.country)


class ConsentRequest(Strict):
    """The visitor agrees that the conversation is kept, redacted, for the time that `GET /api/v1/config` tells."""

    consent: Annotated[Literal[True], BeforeValidator(_boolean)]
    lang: LangCode | None = None


class FeedbackRequest(Strict):
    """What a visitor thinks of a reply, or of one of its citations."""

    reply_id: Message = Field(max_length=100)
    verdict: Literal["helpful", "not_helpful", "wrong_source"]
    citation: Number | None = Field(default=None, description="Number of the citation that is meant.")
    conversation: Message | None = Field(default=None, description="Where the reply is kept, if it is.")


def examples() -> dict[str, Any]:
    """What the description of the API shows, by name. Read from `examples.json`."""
    found: dict[str, Any] = json.loads(_EXAMPLES.read_text(encoding="utf-8"))
    return found
