"""One contract for every vector store; the fake has to keep it too."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from langchain_chroma import Chroma

from index.e5s1 import Array
from index.errors import IndexDamaged
from index.search import SENTENCES
from index.store import ChromaStore, VectorStore
from tests.fakes import HashEncoder, ListStore

ROWS = {"a": "der Rücken schmerzt", "b": "die Schuhe sind gedämpft", "c": "Wärme hilft dem Rücken"}
METADATA: list[dict[str, str | int]] = [{"document": "d", "start": n} for n in range(3)]


@pytest.fixture(params=["chroma", "list"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> VectorStore:
    embed = HashEncoder().encode_passages
    made: dict[str, Callable[[], VectorStore]] = {
        "chroma": lambda: ChromaStore(tmp_path / "chroma", embed),
        "list": lambda: ListStore(embed),
    }
    filled = made[request.param]()
    filled.add("texts", ROWS, METADATA)
    return filled


def vector(text: str) -> Array:
    return HashEncoder().encode_question(text)


def test_the_nearest_text_comes_first_with_its_cosine(store: VectorStore) -> None:
    found = store.nearest("texts", vector("der Rücken schmerzt"), 3)
    assert found[0][0] == "a"
    assert found[0][1] == pytest.approx(1.0, abs=1e-4)
    assert [cosine for _, cosine in found] == sorted((cosine for _, cosine in found), reverse=True)


def test_cosines_are_the_dot_products_of_the_vectors(store: VectorStore) -> None:
    asked = vector("Rücken und Wärme")
    held = store.vectors("texts", list(ROWS))
    for name, cosine in store.nearest("texts", asked, 3):
        assert cosine == pytest.approx(float(held[list(ROWS).index(name)] @ asked), abs=1e-4)


def test_asking_for_more_than_there_is_gives_what_there_is(store: VectorStore) -> None:
    assert len(store.nearest("texts", vector("egal"), 50)) == 3


def test_vectors_come_in_the_order_asked_for_and_have_length_one(store: VectorStore) -> None:
    held = store.vectors("texts", ["c", "a"])
    assert np.linalg.norm(held, axis=1) == pytest.approx(1.0, abs=1e-4)
    assert held[1] @ vector(ROWS["a"]) == pytest.approx(1.0, abs=1e-4)


def test_texts_come_back_with_their_vectors(store: VectorStore) -> None:
    texts = store.texts("texts")
    assert {name: text for name, (text, _) in texts.items()} == ROWS
    assert np.allclose(texts["b"][1], vector(ROWS["b"]), atol=1e-4)


def test_chroma_keeps_what_was_written(tmp_path: Path) -> None:
    written = ChromaStore(tmp_path, HashEncoder().encode_passages)
    written.add("texts", ROWS, METADATA)
    written.close()
    read = ChromaStore(tmp_path)
    read.require({"texts": 3})
    assert read.nearest("texts", vector(ROWS["b"]), 1)[0][0] == "b"


def test_vectors_are_the_same_read_page_by_page_and_in_one_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.store._PAGE", 2)
    store = ChromaStore(tmp_path, HashEncoder().encode_passages)
    store.add("texts", ROWS, METADATA)
    assert np.allclose(store.vectors("texts", list(ROWS)), [vector(text) for text in ROWS.values()], atol=1e-4)


def test_langchain_opens_what_was_written(tmp_path: Path) -> None:
    store = ChromaStore(tmp_path, HashEncoder().encode_passages)
    store.add("texts", ROWS, METADATA)
    store.close()
    opened = Chroma("texts", persist_directory=str(tmp_path), create_collection_if_not_exists=False)
    (found,) = opened.similarity_search_by_vector(vector(ROWS["c"]).tolist(), k=1)
    assert (found.id, found.page_content, found.metadata) == ("c", ROWS["c"], METADATA[2])


def test_what_is_added_later_is_found(tmp_path: Path) -> None:
    store = ChromaStore(tmp_path, HashEncoder().encode_passages)
    store.add("texts", {"a": ROWS["a"]}, METADATA[:1])
    assert len(store.nearest("texts", vector("egal"), 5)) == 1
    store.add("texts", {"b": ROWS["b"]}, METADATA[1:2])
    assert store.nearest("texts", vector(ROWS["b"]), 1)[0][0] == "b"


def test_a_store_opened_for_reading_is_not_written_to(tmp_path: Path) -> None:
    ChromaStore(tmp_path, HashEncoder().encode_passages).add("texts", ROWS, METADATA)
    with pytest.raises(TypeError, match="for reading"):
        ChromaStore(tmp_path).add("texts", ROWS, METADATA)


def test_a_collection_that_is_missing_or_short_is_told_with_the_command(tmp_path: Path) -> None:
    store = ChromaStore(tmp_path, HashEncoder().encode_passages)
    store.add("texts", ROWS, METADATA)
    for sizes in ({"texts": 4}, {"others": 1}):
        with pytest.raises(IndexDamaged, match="python -m index build"):
            store.require(sizes)


def test_a_damaged_database_is_told_with_the_command(tmp_path: Path) -> None:
    (tmp_path / "chroma.sqlite3").write_bytes(b"no database at all" * 100)
    with pytest.raises(IndexDamaged, match="python -m index build"):
        ChromaStore(tmp_path).nearest("texts", vector("x"), 1)


def test_an_id_that_is_missing_is_told_with_the_command(tmp_path: Path) -> None:
    store = ChromaStore(tmp_path, HashEncoder().encode_passages)
    store.add("texts", ROWS, METADATA)
    with pytest.raises(IndexDamaged, match="python -m index build"):
        store.vectors("texts", ["nowhere"])


@pytest.mark.parametrize("exact", [0, 100_000], ids=["approximate", "exact"])
def test_both_ways_of_searching_agree_with_comparing_all_on_real_sentences(
    data: Path, monkeypatch: pytest.MonkeyPatch, exact: int
) -> None:
    monkeypatch.setattr("index.store._EXACT", exact)
    store = ChromaStore(data.joinpath("index", "current", "chroma").resolve())
    rows = {name: v for name, (_, v) in store.texts(SENTENCES).items()}
    names, matrix = list(rows), np.stack(list(rows.values()))
    for asked in matrix[::7]:
        nearest = {names[i] for i in np.argsort(-(matrix @ asked))[:20]}
        found = {name for name, _ in store.nearest(SENTENCES, asked, 20)}
        assert len(nearest & found) >= 19
