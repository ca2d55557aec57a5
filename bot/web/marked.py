"""Cuts pieces of a text at the borders of one passage, so that exactly the passage can be marked."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text as it is shown. The first marked part of a page is where the address `#passage` leads."""

    text: str
    marked: bool = False
    first: bool = False


@dataclass(slots=True)
class Marker:
    """Knows the passage and whether a part of it has been shown yet."""

    text: str
    passage: tuple[int, int] | None
    used: bool = field(default=False, init=False)

    def touches(self, start: int, end: int) -> bool:
        """Whether the passage reaches into text[start:end]."""
        return self.passage is not None and self.passage[0] < end and start < self.passage[1]

    def cut(self, start: int, end: int) -> tuple[Part, ...]:
        """text[start:end] in one to three parts; joined, they give it back."""
        if self.passage is None or not self.touches(start, end):
            return (Part(self.text[start:end]),)
        first = max(start, self.passage[0])
        last = min(end, self.passage[1])
        marked = Part(self.text[first:last], marked=True, first=not self.used)
        self.used = True
        around = (Part(self.text[start:first]), marked, Part(self.text[last:end]))
        return tuple(part for part in around if part.text)
