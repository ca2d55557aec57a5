from pathlib import Path

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from bot.library import Library
from bot.retrieve import ArticleRetriever, Retriever
from bot.turn import Query, Question, Turn
from index.manifest import Recipe
from index.open import Index


@pytest.fixture(scope="module")
def retriever(index: Index) -> ArticleRetriever:
    return ArticleRetriever(search=index.searcher.search, count=3)


def test_other_peoples_chains_get_passages_with_where_they_stand(retriever: ArticleRetriever, index: Index) -> None:
    found = retriever.invoke("Welche Laufschuhe schonen den Rücken?")
    assert len(found) == 3
    for document in found:
        place = document.metadata
        text = index.corpus.documents[place["document"]].text
        assert text[place["start"] : place["end"]] == document.page_content
        assert index.corpus.documents[place["document"]].version == place["version"]


def test_it_can_stand_in_a_chain_of_somebody_else(retriever: ArticleRetriever) -> None:
    def publishers(documents: list[Document]) -> list[str]:
        return [document.metadata["publisher"] for document in documents]

    chain = retriever | RunnableLambda(publishers)
    assert "Anodyne" in chain.invoke("Welche Laufschuhe schonen den Rücken?")


def test_the_stage_searches_for_the_query_and_keeps_the_documents_it_comes_from(data: Path) -> None:
    stage = Retriever(Library(data / "index", Recipe()))
    turn = Turn(question=Question(text="egal"), lang="en", query=Query("Laufschuhe", "de"))
    found = stage(turn)
    assert any("Laufschuhe" in hit.passage.text for hit in found.hits[:2])
    assert {hit.passage.source.document for hit in found.hits} <= set(found.documents)
