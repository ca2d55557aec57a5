"""`python tools/export_model.py FOLDER`: write the bundled model as a folder that sentence-transformers opens.

In fp32, 470 MB. It is what our own implementation is compared with, and what LangChain's `HuggingFaceEmbeddings` takes.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Transformer
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import Regex, normalizers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from index.e5s1 import Array, Shape, Vocabulary, bundled_path, read_model
from index.tokens import bundled_tokenizer

# The names of the file's tensors beside those of transformers.
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def main() -> int:
    """Write the folder."""
    write_model(Path(sys.argv[1]))
    return 0


def write_model(folder: Path) -> None:
    """Write the model; the folder is made.

    Raises:
        ModelUnavailable: the package that carries it is missing or damaged.
    """
    model = read_model(bundled_path())
    parts = folder / "parts"
    _bert(model.shape, model.weights).save_pretrained(parts)
    _tokenizer(model.vocabulary, model.shape.positions).save_pretrained(parts)
    modules = [Transformer(str(parts)), Pooling(model.shape.hidden, "mean")]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder))


def _bert(shape: Shape, weights: Mapping[str, Array]) -> BertModel:
    config = BertConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.token_types,
        layer_norm_eps=shape.epsilon,
    )
    bert = BertModel(config, add_pooling_layer=False)
    names = dict(_EMBEDDINGS)
    for layer in range(shape.layers):
        for short, long in _LAYER.items():
            names[f"l{layer}.{short}.w"] = f"encoder.layer.{layer}.{long}.weight"
            names[f"l{layer}.{short}.b"] = f"encoder.layer.{layer}.{long}.bias"
    expected = bert.state_dict()
    state = {full: torch.from_numpy(weights[name]).reshape(expected[full].shape) for name, full in names.items()}
    bert.load_state_dict(state, strict=True)
    return bert


def _tokenizer(vocabulary: Vocabulary, longest: int) -> PreTrainedTokenizerFast:
    """The tokenizer with NFKC, which differs from the model's own map in rare characters alone."""
    tokenizer = bundled_tokenizer(vocabulary, longest)
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Replace(Regex(r"\s"), " "),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.no_truncation()
    first, last, padding, unknown = (
        vocabulary.pieces[number][0] for number in (vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unknown)
    )
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]  # transformers
        tokenizer_object=tokenizer,
        model_max_length=longest,
        bos_token=first,
        cls_token=first,
        eos_token=last,
        sep_token=last,
        pad_token=padding,
        unk_token=unknown,
    )


if __name__ == "__main__":
    sys.exit(main())
