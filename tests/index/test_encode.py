"""The two ways to the same vectors, and models from a folder."""

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from corpus.document import Document
from index.e5s1 import Array, bundled_path, read_model
from index.encode import FourBitEncoder, PassageEncoder, model_name, passage_encoder, question_encoder
from index.errors import ModelUnavailable
from index.open import Index

ODD_TEXTS = ("", "ﬁ  Ａ", "Ä" * 300, "\x00", "\ud800 allein", "🏃" * 2000, "Wort " * 900)
TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture(scope="module")
def encoder() -> PassageEncoder:
    return passage_encoder()


def cosines(some: Array, others: Array) -> Array:
    found: Array = (some * others).sum(axis=1)
    return found


def test_torch_and_the_4_bit_engine_give_the_same_vectors(article: Document, encoder: PassageEncoder) -> None:
    texts = [*(s.text for section in article.sections[:8] for s in section.sentences), *ODD_TEXTS[:3]]
    slow, fast = encoder.encode_passages(texts), FourBitEncoder().encode_passages(texts)
    assert slow.shape == fast.shape == (len(texts), 384)
    assert np.linalg.norm(slow, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert cosines(slow, fast).min() > 0.995


def test_the_whole_corpus_gets_the_vectors_of_sentence_transformers_in_fp32(
    index: Index, encoder: PassageEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(TOOLS))
    importlib.import_module("export_model").write_model(tmp_path)
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - takes 9 s

    texts = [text for p in index.passages for text in (p.embedded_text, *(s.text for s in p.sentences))]
    reference = SentenceTransformer(str(tmp_path)).encode(texts, prompt="passage: ", normalize_embeddings=True)
    assert cosines(encoder.encode_passages(texts), np.asarray(reference)).min() > 0.995


def test_a_text_gets_the_same_vector_alone_and_among_others(article: Document, encoder: PassageEncoder) -> None:
    texts = [*(s.text for section in article.sections for s in section.sentences), *ODD_TEXTS]
    together = encoder.encode_passages(texts)
    alone = np.concatenate([encoder.encode_passages([text]) for text in texts[::9]])
    assert cosines(together[::9], alone).min() > 0.9995


def test_processors_without_instructions_for_bf16_give_the_same_vectors(
    article: Document, encoder: PassageEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.bundled._multiplies_bf16", lambda: False)
    texts = [s.text for s in article.sections[1].sentences]
    assert cosines(passage_encoder().encode_passages(texts), encoder.encode_passages(texts)).min() > 0.995


def test_no_texts_give_no_vectors(encoder: PassageEncoder) -> None:
    assert encoder.encode_passages([]).shape == (0, 384)


def test_torch_keeps_its_number_of_threads(encoder: PassageEncoder) -> None:
    before = torch.get_num_threads()
    encoder.encode_passages(["der Rücken"])
    assert torch.get_num_threads() == before


def test_questions_get_the_same_vectors_one_by_one_and_in_bulk(encoder: PassageEncoder) -> None:
    asked = ["Hilft Wärme?", "Does heat help?"]
    one_by_one = np.stack([FourBitEncoder().encode_question(question) for question in asked])
    assert cosines(encoder.encode_questions(asked), one_by_one).min() > 0.995


def test_questions_and_passages_are_embedded_differently() -> None:
    encoder = FourBitEncoder()
    assert float(encoder.encode_question("Rücken") @ encoder.encode_passages(["Rücken"])[0]) < 0.999


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_any_text_gets_a_vector(text: str) -> None:
    assert np.linalg.norm(FourBitEncoder().encode_question(text)) == pytest.approx(1.0, abs=1e-3)


def test_asking_questions_does_not_import_torch() -> None:
    ask = "from index.encode import question_encoder as q; q().encode_question('x')"
    code = f"{ask}; import sys; print('torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_the_file_of_the_bundled_model_is_understood() -> None:
    model = read_model(bundled_path())
    assert (model.shape.hidden, model.shape.layers, model.shape.positions) == (384, 12, 512)
    assert model.weights["emb.word"].size == model.shape.vocabulary * 384
    assert model.vocabulary.pieces[model.vocabulary.bos][0] == "<s>"


@pytest.mark.parametrize("content", [b"", b"E5S1", b"GGUF" + bytes(100), b"E5S1" + bytes(60)])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    with pytest.raises(ModelUnavailable, match="make install"):
        read_model(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny BERT in the format of a model hub, with random weights."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - imports torch
    from sentence_transformers.base.modules import Transformer  # noqa: PLC0415 - imports torch
    from sentence_transformers.sentence_transformer.modules import Pooling  # noqa: PLC0415 - imports torch
    from transformers import BertConfig, BertModel, BertTokenizer  # noqa: PLC0415 - imports torch

    path = tmp_path_factory.mktemp("tiny")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "der", "rucken", "schmerzt", "nicht"]
    (path / "vocab.txt").write_text("\n".join(words), "utf-8")
    BertTokenizer(vocab=str(path / "vocab.txt")).save_pretrained(path)
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    BertModel(config).save_pretrained(path)
    model = SentenceTransformer(modules=[Transformer(str(path)), Pooling(16, "mean")], device="cpu")
    saved = path / "saved"
    model.save(str(saved))
    return saved


def test_a_model_from_a_folder_embeds_passages_and_questions(folder: Path) -> None:
    passages, questions = passage_encoder(str(folder)), question_encoder(str(folder))
    assert passages.encode_passages(["der Rücken", "schmerzt nicht"]).shape == (2, 16)
    assert np.linalg.norm(questions.encode_question("der Rücken")) == pytest.approx(1.0, abs=1e-5)
    assert passages.name == questions.name == model_name(str(folder)) == str(folder)


def test_a_model_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="RW_EMBEDDING_MODEL"):
        passage_encoder(str(tmp_path / "nothing")).encode_passages(["x"])
