"""What is searched for, where that is not what was typed.

A question that an article's section lists in the visitor's language (examples, suggestions) is searched in the words
it has in the article's own language, where retrieval is at its best. Any other question is read in its conversation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from bot.followup import spoken, understood
from bot.library import Library
from bot.textfold import tokenize
from bot.turn import Query, Question, Turn
from bot.wording import wordings
from corpus.document import Document, Lang


@dataclass(frozen=True, slots=True)
class Rewriter:
    """The stage: the query for a turn's question."""

    library: Library

    def __call__(self, turn: Turn) -> Turn:
        """The turn with its query, and with the documents it is for.

        Raises:
            IndexProblem: there is no index, or it cannot be read.
        """
        documents = self.library.current().corpus.documents
        asked = _folded(turn.question.text)
        known = next((query for words, query in _listed(documents, turn.lang) if words == asked), None)
        return replace(turn, documents=documents, query=known or _in_conversation(turn.question))


def _in_conversation(question: Question) -> Query:
    earlier = tuple(message for message in question.earlier if _folded(message) not in _small_talk())
    return understood(question.text, question.lang or spoken(question.text, question.earlier), earlier)


@cache
def _small_talk() -> frozenset[tuple[str, ...]]:
    """Messages that name nothing to come back to, in every language."""
    entries = (entry for wording in wordings().values() for entry in wording.smalltalk.values())
    return frozenset(_folded(pattern) for entry in entries for pattern in entry.patterns)


def _listed(documents: Mapping[str, Document], lang: Lang) -> Iterator[tuple[tuple[str, ...], Query]]:
    for document in documents.values():
        for section in document.sections:
            questions = dict(section.questions)
            if lang in questions and document.lang in questions:
                yield _folded(questions[lang]), Query(questions[document.lang], document.lang)


def _folded(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokenize((text,)))
