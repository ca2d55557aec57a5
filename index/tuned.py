"""A shallower, tuned copy of the bundled model that judges texts: which label of each head is how likely.

Only the tuned layers are stored (`index/tune.py` makes them), with eight bits; the embeddings and the layer below come
from the package. The engine of the package reads four bits only, which is too coarse for what tuning changes, so the
few layers are written out here in numpy: some ten milliseconds for a message, no torch. Texts longer than a few
sentences are judged in windows; which of them are worth the time is told by the pieces of their words alone.
"""

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
from threadpoolctl import ThreadpoolController

from index.e5s1 import Array, bundled_path, read_part
from index.errors import ModelUnavailable
from index.pieces import pieces
from index.tokens import bundled_tokenizer

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.int8]

LONGEST = 128
"""Tokens of a text that are looked at: about twice as many as the longest window has."""

PROMPT = "query: "
"""e5 was trained with it in front of what is asked."""

BLOCK = 32
"""So many weights share a scale."""

# Judgements that are remembered: several stages ask for the same text, and a conversation brings its earlier messages
# along each time. They are kept under a keyed hash, so that no text is kept.
_REMEMBERED = 512
_TENSOR, _HEAD = "tensor:", "head:"


@dataclass(frozen=True, slots=True)
class Head:
    """A linear layer over the hidden units; weights of shape (units, labels)."""

    labels: tuple[str, ...]
    weights: Array
    bias: Array

    def chances(self, units: Array) -> dict[str, float]:
        """How likely each label is, of sum 1."""
        scores = units @ self.weights + self.bias
        raised = np.exp(scores - scores.max())
        return dict(zip(self.labels, (raised / raised.sum()).tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class Tuned:
    """What is stored.

    Attributes:
        layers: how many there are, the untouched ones below included.
        frozen: how many of them are untouched.
        tokens: numbers of the tokens that are told apart, ascending; the others are read in smaller pieces.
        weights: by the names of the model file, matrices of shape (outputs, inputs).
        hidden: weights, shape (dimensions, units), and bias of the units between the vector and the heads.
        heads: by name.
        pieces: how suspicious each piece of a word is; shape (BUCKETS,).
    """

    layers: int
    frozen: int
    tokens: Ints
    weights: Mapping[str, Array]
    hidden: tuple[Array, Array]
    heads: Mapping[str, Head]
    pieces: Array

    def save(self, path: Path) -> None:
        """Write everything into one file, matrices with eight bits."""
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "sizes": np.array([self.layers, self.frozen]),
            "tokens": self.tokens.astype(np.int32),
            "pieces": self.pieces.astype(np.float16),
            "hidden:weights": self.hidden[0],
            "hidden:bias": self.hidden[1],
        }
        for name, values in self.weights.items():
            if values.ndim == 1:
                arrays[f"{_TENSOR}{name}"] = values.astype(np.float32)
            else:
                arrays[f"{_TENSOR}{name}"], arrays[f"scale:{name}"] = quantised(values)
        for name, head in self.heads.items():
            arrays[f"{_HEAD}{name}:labels"] = np.array(head.labels)
            arrays[f"{_HEAD}{name}:weights"] = head.weights.astype(np.float32)
            arrays[f"{_HEAD}{name}:bias"] = head.bias.astype(np.float32)
        with path.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)

    @classmethod
    def load(cls, path: Path) -> "Tuned":
        """Open what `save` wrote.

        Raises:
            ModelUnavailable: the file is missing or damaged.
        """
        try:
            with np.load(path, allow_pickle=False) as held:
                names = [name.removeprefix(_TENSOR) for name in held.files if name.startswith(_TENSOR)]
                heads = {name.split(":")[1] for name in held.files if name.startswith(_HEAD)}
                layers, frozen = (int(value) for value in held["sizes"])
                return cls(
                    layers=layers,
                    frozen=frozen,
                    tokens=held["tokens"].astype(np.int64),
                    weights={name: _stored(held, name) for name in names},
                    hidden=(held["hidden:weights"].astype(np.float32), held["hidden:bias"].astype(np.float32)),
                    heads={name: _head(held, name) for name in sorted(heads)},
                    pieces=held["pieces"].astype(np.float32),
                )
        except (OSError, ValueError, KeyError, IndexError, EOFError, BadZipFile) as error:
            raise ModelUnavailable(
                f"{path.name} is missing or damaged ({error}); run: python -m evals train"
            ) from error


def quantised(weights: Array) -> tuple[Bytes, npt.NDArray[np.float16]]:
    """A matrix as whole steps, shape (outputs, inputs), and the size of a step for each block of `BLOCK` weights."""
    blocks = weights.reshape(-1, BLOCK)
    scales = (np.abs(blocks).max(axis=1) / 127).astype(np.float16)
    steps = np.maximum(scales.astype(np.float32), np.finfo(np.float16).tiny)
    return np.round(blocks / steps[:, None]).clip(-127, 127).astype(np.int8).reshape(weights.shape), scales


def _stored(held: Mapping[str, npt.NDArray[np.generic]], name: str) -> Array:
    values = held[_TENSOR + name]
    if values.ndim == 1:
        return values.astype(np.float32)
    scales = held[f"scale:{name}"].astype(np.float32)
    restored: Array = (values.reshape(-1, BLOCK).astype(np.float32) * scales[:, None]).reshape(values.shape)
    return restored


def _head(held: Mapping[str, npt.NDArray[np.generic]], name: str) -> Head:
    labels, weights, bias = (held[f"{_HEAD}{name}:{part}"] for part in ("labels", "weights", "bias"))
    return Head(tuple(str(v) for v in labels), weights.astype(np.float32), bias.astype(np.float32))


class Judge:
    """The tuned model, ready to judge; safe to use from several threads.

    Raises:
        ModelUnavailable: the package that carries the embeddings is missing or damaged, or does not fit.
    """

    def __init__(self, tuned: Tuned) -> None:
        self._hidden, self._heads, self._pieces = tuned.hidden, tuned.heads, tuned.pieces
        self._encoder = _Encoder(tuned)
        self._known: OrderedDict[bytes, Mapping[str, Mapping[str, float]]] = OrderedDict()
        self._key = os.urandom(16)
        self._lock = threading.Lock()

    def judge(self, text: str) -> Mapping[str, Mapping[str, float]]:
        """For each head how likely each of its labels is. What is behind the first `LONGEST` tokens does not count."""
        plain = _calm(text).replace("\x00", " ").encode("utf-8", "replace")
        key = hashlib.blake2b(plain, digest_size=16, key=self._key).digest()
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        weights, bias = self._hidden
        units: Array = np.maximum(self._encoder(plain.decode("utf-8")) @ weights + bias, 0.0)
        found = {name: head.chances(units) for name, head in self._heads.items()}
        with self._lock:
            self._known[key] = found
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return found

    def suspicion(self, words: Sequence[str]) -> float:
        """How much the pieces of folded words sound like something to be judged; only the order of values counts."""
        rows = pieces(words)
        return float(self._pieces[rows].mean()) if len(rows) else -np.inf


def _calm(text: str) -> str:
    """A text that is mostly in capitals in small letters: the model hardly knows the pieces of shouted words."""
    capitals, small = sum(map(str.isupper, text)), sum(map(str.islower, text))
    return text.lower() if capitals > small else text


class _Encoder:
    """The layers of BERT over one text, and the mean over its tokens."""

    def __init__(self, tuned: Tuned) -> None:
        below = tuple(f"l{number}." for number in range(tuned.frozen))
        # A text has fewer words than tokens, and what is behind them is not looked at.
        part = read_part(
            bundled_path(), tuned.tokens.tolist(), lambda name: name.startswith("emb.") or name.startswith(below)
        )
        self._shape = part.shape
        self._rows, self._embeddings = tuned.tokens, part.embeddings
        self._normalisation = dict(part.vocabulary.normalisation)
        self._tokenizer = bundled_tokenizer(part.vocabulary, LONGEST)
        hidden = part.shape.hidden
        self._places = part.weights["emb.pos"].reshape(-1, hidden) + part.weights["emb.type"].reshape(-1, hidden)[0]
        self._norm = (part.weights["emb.ln.w"], part.weights["emb.ln.b"])
        held = {**part.weights, **tuned.weights}
        self._layers = [_Layer.of(held, f"l{number}.") for number in range(tuned.layers)]
        self._pool = ThreadpoolController()

    def __call__(self, text: str) -> Array:
        """A vector of length 1."""
        ids = np.array(self._tokenizer.encode((PROMPT + text).translate(self._normalisation)).ids, dtype=np.int64)
        states = self._embeddings.of(self._rows[ids]) + self._places[: len(ids)]
        states = _normal(states, *self._norm, self._shape.epsilon)
        # Threads that share the work of a product wait for one another, for long when others use the cores; and the
        # sum of a product must not hang on how many there are.
        with self._pool.limit(limits=1, user_api="blas"):
            for layer in self._layers:
                states = layer(states, self._shape.heads, self._shape.epsilon)
        vector = states.mean(axis=0)
        result: Array = vector / np.linalg.norm(vector)
        return result


@dataclass(frozen=True, slots=True)
class _Layer:
    """Weights of shape (inputs, outputs), biases and norms of one layer; the three of attention side by side."""

    projected: tuple[Array, Array]
    attended: tuple[Array, Array]
    attended_norm: tuple[Array, Array]
    wide: tuple[Array, Array]
    narrow: tuple[Array, Array]
    norm: tuple[Array, Array]

    @classmethod
    def of(cls, held: Mapping[str, Array], prefix: str) -> "_Layer":
        """The layer whose tensors begin so."""

        def linear(*names: str) -> tuple[Array, Array]:
            biases = [held[f"{prefix}{name}.b"] for name in names]
            weights = [held[f"{prefix}{n}.w"].reshape(len(b), -1) for n, b in zip(names, biases, strict=True)]
            return np.ascontiguousarray(np.concatenate(weights).T), np.concatenate(biases)

        def norm(name: str) -> tuple[Array, Array]:
            return held[f"{prefix}{name}.w"], held[f"{prefix}{name}.b"]

        return cls(linear("q", "k", "v"), linear("ao"), norm("aln"), linear("fi"), linear("fo"), norm("oln"))

    def __call__(self, states: Array, heads: int, epsilon: float) -> Array:
        """States of shape (tokens, hidden) to the same."""
        width, hidden = states.shape
        projected = states @ self.projected[0] + self.projected[1]
        queries, keys, values = projected.reshape(width, 3, heads, -1).transpose(1, 2, 0, 3)
        weights = queries @ keys.transpose(0, 2, 1) / np.float32(np.sqrt(queries.shape[-1]))
        weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        found = (weights @ values).transpose(1, 0, 2).reshape(width, hidden)
        states = _normal(states + found @ self.attended[0] + self.attended[1], *self.attended_norm, epsilon)
        wide = _gelu(states @ self.wide[0] + self.wide[1])
        return _normal(states + wide @ self.narrow[0] + self.narrow[1], *self.norm, epsilon)


def _normal(states: Array, weight: Array, bias: Array, epsilon: float) -> Array:
    moved = states - states.mean(axis=-1, keepdims=True)
    spread = np.sqrt((moved * moved).mean(axis=-1, keepdims=True) + np.float32(epsilon))
    result: Array = moved / spread * weight + bias
    return result


def _gelu(values: Array) -> Array:
    """GELU by tanh, with which the layers were tuned: D. Hendrycks and K. Gimpel, arXiv 1606.08415."""
    inner = np.float32(np.sqrt(2 / np.pi)) * (values + np.float32(0.044715) * values * values * values)
    result: Array = np.float32(0.5) * values * (1 + np.tanh(inner))
    return result
