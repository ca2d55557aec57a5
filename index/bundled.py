"""The bundled model for embedding in bulk, its encoder written out for speed.

Same weights and same tokens as the 4-bit engine; the vectors of the two agree to a cosine of 0.999. Three things make
it faster than the general implementation: processors with bf16 instructions multiply in bf16, every thread works on
batches of its own, and no operation is spent on padding but attention itself.

Importing this module imports torch; only index/encode.py does, and only for a build.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from index.e5s1 import Array, Shape, bundled_path, read_model
from index.tokens import bundled_tokenizer

# Tokens of a batch. From 512 to 3072 the speed differs by less than a tenth; with larger ones threads wait longer for
# the last one at the end.
_BATCH = 2048
# Attention over a number of keys that is no multiple of the vector length takes about twice as long.
_ALIGNED = 16
_MASKED = -1e4

Ids = npt.NDArray[np.int64]
_Norm = tuple[Tensor, Tensor]


class BundledModel:
    """multilingual-e5-small with the weights of the package, ready to encode.

    Raises:
        ModelUnavailable: the package that carries it is missing or damaged.
    """

    def __init__(self) -> None:
        model = read_model(bundled_path())
        self._hidden = model.shape.hidden
        self._normalisation = dict(model.vocabulary.normalisation)
        self._tokenizer = bundled_tokenizer(model.vocabulary, model.shape.positions)
        self._encoder = _Encoder(model.shape, {name: torch.from_numpy(w) for name, w in model.weights.items()})

    def encode(self, texts: Sequence[str]) -> Array:
        """Vectors of length 1, shape (texts, dimensions); texts come with their prompts."""
        encoded = self._tokenizer.encode_batch_fast([text.translate(self._normalisation) for text in texts])
        tokens = [np.array(e.ids, dtype=np.int64) for e in encoded]
        vectors = np.empty((len(texts), self._hidden), dtype=np.float32)

        def encode(rows: Sequence[int]) -> None:
            vectors[rows] = self._encoder([tokens[row] for row in rows])

        threads = torch.get_num_threads()
        # Threads that share the work of every operation wait for one another, for long when others use the cores.
        torch.set_num_threads(1)
        try:
            with ThreadPoolExecutor(threads) as pool:
                for _ in pool.map(encode, _batches([len(ids) for ids in tokens])):
                    pass
        finally:
            torch.set_num_threads(threads)
        return vectors


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """The numbers of the texts in batches of similar length, the longest texts first."""
    batch: list[int] = []
    tokens = 0
    for row in sorted(range(len(lengths)), key=lambda row: -lengths[row]):
        if batch and tokens + lengths[row] > _BATCH:
            yield batch
            batch, tokens = [], 0
        batch.append(row)
        tokens += lengths[row]
    if batch:
        yield batch


@dataclass(frozen=True, slots=True)
class _Packed:
    """Texts one after another without padding, and how attention spreads them out.

    Attributes:
        ids: token ids; shape (tokens,).
        positions: of the tokens in their texts; shape (tokens,).
        starts: where each text begins; shape (texts,).
        spread: for every place of the padded texts the number of its token, 0 in the padding; shape (texts × width,).
        back: for every token its place there; shape (tokens,).
        mask: what is added to the weight of each place; shape (texts, 1, 1, width).
    """

    ids: Tensor
    positions: Tensor
    starts: Ids
    spread: Tensor
    back: Tensor
    mask: Tensor

    @classmethod
    def of(cls, texts: Sequence[Ids], kind: torch.dtype) -> "_Packed":
        lengths = np.array([len(text) for text in texts])
        starts = np.cumsum(lengths) - lengths
        places = np.arange(-(-lengths.max() // _ALIGNED) * _ALIGNED)
        real = places < lengths[:, None]
        spread = np.where(real, starts[:, None] + places, 0)
        return cls(
            ids=torch.from_numpy(np.concatenate(texts)),
            positions=torch.from_numpy(np.broadcast_to(places, real.shape)[real]),
            starts=starts,
            spread=torch.from_numpy(spread.ravel()),
            back=torch.from_numpy(np.flatnonzero(real)),
            mask=torch.where(torch.from_numpy(real), 0.0, _MASKED)[:, None, None].to(kind),
        )


class _Encoder:
    """The layers of BERT over packed texts, and the mean over the tokens of each."""

    def __init__(self, shape: Shape, weights: Mapping[str, Tensor]) -> None:
        self._fused = _multiplies_bf16()
        self._kind = torch.bfloat16 if self._fused else torch.float32
        self._shape = shape
        self._head = shape.hidden // shape.heads
        self._words = self._matrix(weights["emb.word"])
        self._places = self._matrix(weights["emb.pos"]) + self._matrix(weights["emb.type"])[0]
        self._norm = (self._vector(weights["emb.ln.w"]), self._vector(weights["emb.ln.b"]))
        self._layers = [self._layer(weights, f"l{number}.") for number in range(shape.layers)]

    def _matrix(self, weights: Tensor) -> Tensor:
        return weights.reshape(-1, self._shape.hidden).to(self._kind)

    def _vector(self, weights: Tensor) -> Tensor:
        return weights.to(self._kind)

    def _layer(self, weights: Mapping[str, Tensor], of: str) -> "_Layer":
        def linear(*names: str) -> _Linear:
            bias = self._vector(torch.cat([weights[f"{of}{name}.b"] for name in names]))
            weight = self._vector(torch.cat([weights[f"{of}{name}.w"] for name in names]))
            return _Linear(weight.reshape(len(bias), -1), bias, fused=self._fused)

        def norm(name: str) -> _Norm:
            return self._vector(weights[f"{of}{name}.w"]), self._vector(weights[f"{of}{name}.b"])

        return _Layer(linear("q", "k", "v"), linear("ao"), norm("aln"), linear("fi"), linear("fo"), norm("oln"))

    @torch.inference_mode()
    def __call__(self, texts: Sequence[Ids]) -> Array:
        """Vectors of length 1, shape (texts, dimensions)."""
        packed = _Packed.of(texts, self._kind)
        words = functional.embedding(packed.ids, self._words) + functional.embedding(packed.positions, self._places)
        states = self._normal(words, self._norm)
        for layer in self._layers:
            attended = layer.attended(self._attend(layer.projected(states), packed), added=states)
            states = self._normal(attended, layer.attended_norm)
            states = self._normal(layer.narrow(layer.wide(states, gelu=True), added=states), layer.norm)
        sums = np.add.reduceat(states.float().numpy(), packed.starts, axis=0)
        vectors: Array = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return vectors

    def _normal(self, states: Tensor, norm: _Norm) -> Tensor:
        weight, bias = norm
        return functional.layer_norm(states, (self._shape.hidden,), weight, bias, self._shape.epsilon)

    def _attend(self, projected: Tensor, packed: _Packed) -> Tensor:
        """From queries, keys and values, shape (tokens, 3 × hidden), to (tokens, hidden)."""
        spread = projected.index_select(0, packed.spread).view(len(packed.starts), -1, 3, self._shape.heads, self._head)
        queries, keys, values = spread.permute(2, 0, 3, 1, 4)
        found = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=packed.mask)
        return found.transpose(1, 2).reshape(-1, self._shape.hidden).index_select(0, packed.back)


@dataclass(frozen=True, slots=True)
class _Layer:
    projected: "_Linear"
    attended: "_Linear"
    attended_norm: _Norm
    wide: "_Linear"
    narrow: "_Linear"
    norm: _Norm


class _Linear:
    """A matrix and a bias. Fused, what follows the product is done on the way; that saves about an eighth of the time.

    The fused operation is oneDNN's, which torch.compile uses, too; it is not part of torch's documented interface, so
    that pyproject.toml names the version of torch.
    """

    def __init__(self, weight: Tensor, bias: Tensor, *, fused: bool) -> None:
        self._bias = bias
        self._fused = fused
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight) if fused else weight  # noqa: SLF001 - see above

    def __call__(self, states: Tensor, *, added: Tensor | None = None, gelu: bool = False) -> Tensor:
        """The product with the bias; then GELU, or the sum with `added`."""
        if self._fused:
            pointwise = torch.ops.mkldnn._linear_pointwise  # noqa: SLF001 - see above
            result: Tensor = (
                pointwise(states, self._weight, self._bias, *(("gelu", [], "none") if gelu else ("none", [], "")))
                if added is None
                else pointwise.binary(states, added, self._weight, self._bias, "add")
            )
            return result
        product = functional.linear(states, self._weight, self._bias)
        if gelu:
            return functional.gelu(product)
        return product if added is None else product + added


def _multiplies_bf16() -> bool:
    """Whether the processor has instructions for it; without them bf16 is slower than fp32."""
    return bool(torch.cpu.get_capabilities().get("avx512_bf16"))
