"""The words of an index: one lexical index over its passages, one over its sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.lexical import LexicalIndex
from index.passage import Passage

_PASSAGES, _SENTENCES = "passages", "sentences"


@dataclass(frozen=True, slots=True)
class Words:
    """The lexical indexes of passages with their headings, and of their sentences, numbered throughout."""

    passages: LexicalIndex
    sentences: LexicalIndex

    @classmethod
    def build(cls, found: Sequence[Passage]) -> "Words":
        """Index the words of passages."""
        return cls(
            LexicalIndex.build((p.embedded_text, p.source.lang) for p in found),
            LexicalIndex.build((s.text, p.source.lang) for p in found for s in p.sentences),
        )

    def save(self, folder: Path) -> None:
        """Write a folder each."""
        self.passages.save(folder / _PASSAGES)
        self.sentences.save(folder / _SENTENCES)

    @classmethod
    def load(cls, folder: Path) -> "Words":
        """Open what `save` wrote.

        Raises:
            IndexDamaged: a file is missing or unreadable.
        """
        return cls(LexicalIndex.load(folder / _PASSAGES), LexicalIndex.load(folder / _SENTENCES))
