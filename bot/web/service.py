"""What the web side needs of the bot, and nothing more."""

from collections.abc import Mapping
from typing import Protocol

from bot.turn import Question, Reply, Watch
from corpus.document import Document, Lang
from index.passage import Hit


class ChatService(Protocol):
    """Answers questions about a fixed set of documents. All methods may be called from several threads at once."""

    @property
    def documents(self) -> Mapping[str, Document]:
        """Every document that a citation can point at, by its id."""
        ...

    def reply(self, question: Question, watch: Watch | None = None) -> Reply:
        """The reply to one question; may block for seconds. `watch` hears of every stage, in the same thread.

        Raises:
            BadQuestion: the message cannot be taken; the error's text tells the visitor what to do.
        """
        ...

    def search(self, text: str, count: int) -> tuple[Hit, ...]:
        """Passages for a question, best first; none while nothing can be found."""
        ...

    def ready(self) -> str | None:
        """None when questions can be answered, else a sentence that tells the operator what to do."""
        ...

    def examples(self, lang: Lang) -> tuple[str, ...]:
        """Questions to begin with, in that language."""
        ...
