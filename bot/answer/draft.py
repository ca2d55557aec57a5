"""An answer while it is written: paragraphs, and the quotations in them with their running numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.cite import cite_advertisement, cite_place
from bot.turn import Citation, CitedSentence, Kind, Reply, Turn
from corpus.document import Document, Slice


@dataclass(slots=True)
class Draft:
    """Every quotation must be used in the order in which it was made: the numbers follow the text."""

    documents: Mapping[str, Document]
    paragraphs: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)

    def quoted(self, document: str, place: Slice) -> str:
        """A place of a document with its new number behind it.

        Raises:
            UnknownCitation: there is nothing to be quoted.
        """
        return self._numbered(cite_place(len(self.citations) + 1, self.documents, document, place))

    def advertised(self, document: str, place: Slice) -> str:
        """A piece of a product box with its new number behind it.

        Raises:
            UnknownCitation: no box of the document holds it.
        """
        return self._numbered(cite_advertisement(len(self.citations) + 1, self.documents, document, place))

    def _numbered(self, citation: Citation) -> str:
        self.citations.append(citation)
        return f"{citation.quote} [{citation.n}]"

    def add(self, *paragraphs: str) -> None:
        """Append paragraphs."""
        self.paragraphs += paragraphs

    def add_lines(self, lines: Sequence[str]) -> None:
        """Append a list, or one plain paragraph where it has one line only."""
        self.add("\n".join(f"– {line}" for line in lines) if len(lines) > 1 else lines[0])

    def reply(self, turn: Turn, confidence: float, follow_ups: Sequence[str]) -> Reply:
        """The answer as it stands."""
        return Reply(
            kind=Kind.ANSWER,
            lang=turn.lang,
            text="\n\n".join(self.paragraphs),
            triage=turn.triage,
            sentences=tuple(CitedSentence(c.quote, (c.n,)) for c in self.citations),
            citations=tuple(self.citations),
            confidence=confidence,
            follow_ups=tuple(follow_ups),
        )
