"""What visitors ask that is not what the articles are about: typical questions on other subjects, as vectors.

A question that lies nearer to one of them than to the articles is probably not answered there, however many words it
shares with them. Subjects that a document says it covers are left out.
"""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from corpus.document import Lang
from index.e5s1 import Array
from index.errors import BUILD, IndexDamaged

FILE = Path(__file__).with_name("subjects.toml")

Embed = Callable[[Sequence[str]], Array]
"""From questions to vectors of length 1, shape (questions, dimensions)."""


def known_subjects() -> frozenset[str]:
    """The names of all subjects of subjects.toml."""
    return frozenset(_tables())


def questions(covered: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The questions of all languages on the subjects that are not covered, in the order of the file."""
    return tuple(
        text for name, texts in _tables().items() if name not in covered for asked in texts.values() for text in asked
    )


def spoken() -> Iterator[tuple[str, Lang]]:
    """All questions with their languages."""
    return ((text, lang) for texts in _tables().values() for lang, asked in texts.items() for text in asked)


def _tables() -> dict[str, dict[str, list[str]]]:
    tables: dict[str, dict[str, list[str]]] = tomllib.loads(FILE.read_text("utf-8"))
    return tables


class Subjects:
    """The vectors of questions on other subjects; there may be none."""

    def __init__(self, vectors: Array | None = None) -> None:
        self._vectors = vectors if vectors is not None else np.zeros((0, 0), dtype=np.float32)

    @classmethod
    def build(cls, embed: Embed, covered: frozenset[str] = frozenset()) -> "Subjects":
        """Embed the questions on all subjects that are not covered."""
        asked = questions(covered)
        return cls(embed(asked) if asked else None)

    def nearest(self, vector: Array) -> float:
        """The cosine of the question that is nearest to a vector of length 1; 0 where there is none."""
        return float((self._vectors @ vector).max()) if len(self._vectors) else 0.0

    def save(self, path: Path) -> None:
        """Write the vectors as they are compared."""
        np.save(path, self._vectors, allow_pickle=False)

    @classmethod
    def load(cls, path: Path) -> "Subjects":
        """Open what `save` wrote.

        Raises:
            IndexDamaged: the file is missing or unreadable.
        """
        try:
            return cls(np.load(path, allow_pickle=False))
        except (OSError, EOFError, ValueError) as error:
            raise IndexDamaged(f"{path} is missing or unreadable ({error}); run: {BUILD} --force") from error
