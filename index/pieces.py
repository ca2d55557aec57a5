"""Pieces of words as numbers: two words with a slip between them share most of their pieces."""

import itertools
from collections.abc import Iterator, Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.intp]

BUCKETS = 1 << 15
"""Pieces are told apart by a hash of so many values."""

# Pieces of so many characters: shorter ones hardly tell words apart, longer ones are nearly whole words.
_SHORTEST, _LONGEST = 3, 5


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
