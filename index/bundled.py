"""The bundled model as a sentence-transformers model, for embedding in bulk.

Same weights and same tokens as the 4-bit engine, in fp32: the vectors of the two agree to a cosine of 0.999.
Importing this module imports torch; only index/encode.py does, and only for a build.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule, Normalize
from sentence_transformers.sentence_transformer.modules import Pooling
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

from index.e5s1 import E5Model, Shape, Vocabulary, bundled_path, read_model

# The names of the file's tensors beside those of transformers; `{}` is the layer.
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


def load_bundled() -> SentenceTransformer:
    """The bundled model, ready to encode; the fp32 weights take 470 MB.

    Raises:
        ModelUnavailable: the package that carries it is missing or damaged.
    """
    model = read_model(bundled_path())
    pooling = Pooling(model.shape.hidden, "mean")
    return SentenceTransformer(modules=[_E5Encoder(model), pooling, Normalize()], device=_device())


def _device() -> str:
    return "cuda" if torch.cuda.is_available() else "cpu"


class _E5Encoder(InputModule):
    """Tokens and BERT encoder of the bundled model."""

    def __init__(self, model: E5Model) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # torch.nn.Module
        self.tokenizer = _tokenizer(model.vocabulary, model.shape.positions)
        self.normalisation = dict(model.vocabulary.normalisation)
        self.max_seq_length = model.shape.positions
        self.bert = _bert(model.shape, model.weights)

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: object) -> dict[str, torch.Tensor]:
        """Token ids and mask of the texts, padded to the longest."""
        texts = [(prompt or "") + str(text) for text in inputs]
        encoded = self.tokenizer.encode_batch([text.translate(self.normalisation) for text in texts])
        return {
            "input_ids": torch.tensor([e.ids for e in encoded]),
            "attention_mask": torch.tensor([e.attention_mask for e in encoded]),
        }

    def forward(self, features: dict[str, torch.Tensor], **_: object) -> dict[str, torch.Tensor]:
        """Add the token vectors that pooling expects."""
        output = self.bert(input_ids=features["input_ids"], attention_mask=features["attention_mask"])
        features["token_embeddings"] = output.last_hidden_state
        return features

    def save(self, output_path: str, *_: object, **__: object) -> None:
        """Refused: the model lies in the package already."""
        raise NotImplementedError(f"the bundled model is not saved again (asked for {output_path})")


def _tokenizer(vocabulary: Vocabulary, longest: int) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram(list(vocabulary.pieces), unk_id=vocabulary.unknown))
    tokenizer.normalizer = normalizers.Replace(Regex(" {2,}"), " ")
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    bos, eos = vocabulary.pieces[vocabulary.bos][0], vocabulary.pieces[vocabulary.eos][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)]
    )
    tokenizer.enable_padding(pad_id=vocabulary.pad, pad_token=vocabulary.pieces[vocabulary.pad][0])
    tokenizer.enable_truncation(longest)
    return tokenizer


def _bert(shape: Shape, weights: Mapping[str, Any]) -> BertModel:
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
    with torch.device("meta"):  # no time spent on random weights that are replaced at once
        bert = BertModel(config, add_pooling_layer=False)
    names = dict(_EMBEDDINGS)
    for layer in range(shape.layers):
        for short, long in _LAYER.items():
            names[f"l{layer}.{short}.w"] = f"encoder.layer.{layer}.{long}.weight"
            names[f"l{layer}.{short}.b"] = f"encoder.layer.{layer}.{long}.bias"
    expected = bert.state_dict()
    state = {full: torch.from_numpy(weights[name]).reshape(expected[full].shape) for name, full in names.items()}
    bert.load_state_dict(state, strict=True, assign=True)
    # Buffers are not in the state; the meta device left them without values.
    bert.embeddings.register_buffer("position_ids", torch.arange(shape.positions).expand((1, -1)))
    bert.embeddings.register_buffer("token_type_ids", torch.zeros((1, shape.positions), dtype=torch.long))
    bert.train(mode=False)
    return bert
