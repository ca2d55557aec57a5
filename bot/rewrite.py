"""What is searched for, where that is not what was typed.

So far one case: a question that an article's section lists in the visitor's language (examples, suggestions) is
searched in the words it has in the article's own language, where retrieval is at its best.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.library import Library
from bot.textfold import tokenize
from bot.turn import Query, Turn
from corpus.document import Document, Lang
from corpus.language import detect


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
        if known is None:
            text = turn.question.text
            known = Query(text, turn.question.lang or detect(text))
        return replace(turn, documents=documents, query=known)


def _listed(documents: Mapping[str, Document], lang: Lang) -> Iterator[tuple[tuple[str, ...], Query]]:
    for document in documents.values():
        for section in document.sections:
            questions = dict(section.questions)
            if lang in questions and document.lang in questions:
                yield _folded(questions[lang]), Query(questions[document.lang], document.lang)


def _folded(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokenize((text,)))
