"""Retrieval as a stage, and as a LangChain retriever for other people's chains."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever

from bot.library import Library
from bot.readings import find
from bot.turn import Query, Turn
from index.passage import Hit

Search = Callable[[str, int], tuple[Hit, ...]]
"""From a question and a count to hits, best first."""

# The answer is made from the first five; the rest feeds the nearest topics.
_COUNT = 10


@dataclass(frozen=True, slots=True)
class Retriever:
    """The stage: hits for the turn's query, with the documents they come from."""

    library: Library

    def __call__(self, turn: Turn) -> Turn:
        """The turn with its hits, and the query in the reading that they were found with.

        Raises:
            IndexProblem: there is no index, or it cannot be read.
        """
        index = self.library.current()
        query = turn.query or Query(turn.question.text, turn.question.lang or turn.lang)
        query, hits = find(query, index.searcher.search, _COUNT)
        return replace(turn, query=query, hits=hits, documents=index.corpus.documents)


class ArticleRetriever(BaseRetriever):
    """The same search for LangChain code: passages with their provenance and score as metadata."""

    search: Search
    count: int = 5

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        del run_manager  # nothing to report on the way
        return [_as_langchain(hit) for hit in self.search(query, self.count)]


def _as_langchain(hit: Hit) -> LangChainDocument:
    source = hit.passage.source
    return LangChainDocument(
        id=hit.passage.id,
        page_content=hit.passage.text,
        metadata={
            "document": source.document,
            "version": source.version,
            "title": source.title,
            "publisher": source.publisher,
            "section": list(source.section),
            "start": hit.passage.start,
            "end": hit.passage.end,
            "score": hit.score,
        },
    )
