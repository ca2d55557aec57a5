"""A conversation as the page keeps it: what was asked, and the replies as they were shown.

It lives in the server's memory as long as the page is open; nothing of it is written anywhere.
"""

from dataclasses import dataclass
from typing import Final

from jinja2 import Environment

from bot.web.texts import PageTexts

# The API takes as many earlier messages; a page with more exchanges than that is slow to redraw as well.
LIMIT: Final = 50


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and the HTML of its reply."""

    question: str
    reply: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """The exchanges so far, oldest first."""

    exchanges: tuple[Exchange, ...] = ()

    @property
    def earlier(self) -> tuple[str, ...]:
        """The visitor's messages so far."""
        return tuple(exchange.question for exchange in self.exchanges)

    def with_exchange(self, question: str, reply: str) -> "Conversation":
        """The same conversation with one more exchange; the oldest falls out beyond the limit."""
        return Conversation((*self.exchanges, Exchange(question, reply))[-LIMIT:])


@dataclass(frozen=True, slots=True)
class Log:
    """Shows a conversation as HTML.

    A longer log begins like the shorter one, so the page appends what is new and a screen reader
    reads only that.
    """

    templates: Environment
    texts: PageTexts
    privacy_url: str | None = None

    def __call__(
        self, conversation: Conversation, *, pending: str | None = None, begun: str = "", trouble: str | None = None
    ) -> str:
        """The whole log; `pending` is a question still being answered and `begun` the HTML that there is of its reply.

        `trouble` is a notice at the end.
        """
        return self.templates.get_template("log.html").render(
            exchanges=conversation.exchanges,
            pending=pending,
            begun=begun,
            trouble=trouble,
            privacy_url=self.privacy_url,
            texts=self.texts,
        )
