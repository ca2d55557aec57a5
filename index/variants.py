"""Questions that visitors ask, as vectors, with the sentences that answer them.

Two questions in different words, or in different languages, lie nearer to one another than a question to its answer.
Not every sentence has such questions; one without is found by its own wording alone.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from corpus.document import Document
from index.e5s1 import Array
from index.errors import BUILD, IndexDamaged
from index.lexical import Rows
from index.passage import Passage
from index.subjects import Embed


class Variants:
    """The vectors of the questions, and the number of the sentence that answers each; there may be none.

    Sentences are numbered throughout the passages, in order.
    """

    def __init__(self, vectors: Array, sentences: Rows, size: int) -> None:
        self._vectors = vectors
        self._sentences = sentences
        self._size = size

    @classmethod
    def none(cls, size: int) -> "Variants":
        """No question for any of `size` sentences."""
        return cls(np.zeros((0, 0), dtype=np.float32), np.zeros(0, dtype=np.intp), size)

    @classmethod
    def build(cls, documents: Mapping[str, Document], found: Sequence[Passage], embed: Embed) -> "Variants":
        """Embed the questions that the documents bring along."""
        places = [(p.source.document, s.start) for p in found for s in p.sentences]
        numbers = {place: number for number, place in enumerate(places)}
        held = [
            (variant.question, numbers[name, variant.sentence.start])
            for name, document in documents.items()
            for variant in document.variants
            if (name, variant.sentence.start) in numbers
        ]
        if not held:
            return cls.none(len(places))
        return cls(embed([text for text, _ in held]), np.array([row for _, row in held], dtype=np.intp), len(places))

    def cosines(self, vector: Array) -> Array:
        """For each sentence the cosine of its nearest question with a vector of length 1; 0 for one without."""
        best = np.zeros(self._size, dtype=np.float32)
        if len(self._vectors):
            np.maximum.at(best, self._sentences, self._vectors @ vector)
        return best

    def save(self, path: Path) -> None:
        """Write vectors and numbers into one file."""
        np.savez(path, vectors=self._vectors, sentences=self._sentences, size=np.array(self._size))

    @classmethod
    def load(cls, path: Path) -> "Variants":
        """Open what `save` wrote.

        Raises:
            IndexDamaged: the file is missing or unreadable.
        """
        try:
            with np.load(path, allow_pickle=False) as held:
                return cls(held["vectors"], held["sentences"], int(held["size"]))
        except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
            raise IndexDamaged(f"{path} is missing or unreadable ({error}); run: {BUILD} --force") from error
