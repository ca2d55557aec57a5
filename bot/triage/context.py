"""What stands around a sign and lifts it: a negation, a question about signs in general, the past.

The words that do so are data (the cues of the language files); how far each reaches is decided here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.phrases import Span
from bot.textfold import Token

_REACH = 4
"""How many words a negation covers: "keine wirklich starke Taubheit"."""

_LIST_REACH = 8
"""The same for words that open a list: "ohne Fieber, Taubheit und Schwäche"."""

_LIST_ITEM = 3
"""How many words an item of a negated list may have."""

_SHORT_SENTENCE = 7
"""A sentence of at most so many words may say of the one before that it is over."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a concept was found, and what lifts it there."""

    span: Span
    lifted: frozenset[str]


class Context:
    """The cues of one conversation, and what they do to the concepts in it."""

    def __init__(self, tokens: Sequence[Token], found: Mapping[str, Sequence[Span]]) -> None:
        self._tokens = tokens
        self._found = found
        whole = [s for name, spans in found.items() if "." not in name for s in spans if s.last > s.first]
        self._owned = _covered(whole)
        self._openings = {span.first for span in whole}
        self._masked = _covered(self._cue("masks"))
        self._contrast = _covered(self._cue("contrast"))
        self._joins = _covered(self._cue("joins"))
        self._lists_on = _covered(self._cue("lists_on"))
        pseudo = _covered(self._cue("pseudo_negations"))
        self._denials = [
            s for name in ("negates", "negates_lists") for s in self._cue(name) if not pseudo & {s.first, s.last}
        ]
        self._lists = frozenset(s.first for s in self._cue("negates_lists"))
        self._denied = self._forward() | self._backward(pseudo)
        self._starts = frozenset(s.first for s in self._denials)
        self._asked, self._past, self._animals = self._frames()
        self._over = self._resolved()
        self.cleared = self._clearing()
        """Before which message a doctor has seen to everything, and before which place all was a misunderstanding."""

    def place(self, span: Span, *, lasting: bool) -> Place | None:
        """What is left of a find: None where its words mean something else or were taken back."""
        first, last = self._tokens[span.first], self._tokens[span.last]
        if any(i in self._masked for i in range(span.first, span.last + 1)) or first.sentence in self._animals:
            return None
        if first.message < self.cleared[0] or (first.message, first.start) < self.cleared[1]:
            return None
        inside = any(span.first <= i <= span.last for i in self._starts)
        if span.first in self._denied and not inside:
            return None
        lifted = set()
        if first.sentence in self._asked:
            lifted.add("asked")
        if first.sentence in self._past and not lasting:
            lifted.add("past")
        if not lasting and any(span.last < over and sentence == last.sentence for over, sentence in self._over):
            lifted.add("resolved")
        return Place(span, frozenset(lifted))

    def _cue(self, name: str) -> Sequence[Span]:
        return self._found.get(f"cue.{name}", ())

    def _forward(self) -> set[int]:
        """The tokens that a negation before them covers."""
        covered: set[int] = set()
        for cue in self._denials:
            if cue.last > cue.first or cue.first not in self._owned:
                covered |= self._scope(cue)
        return covered

    def _scope(self, cue: Span) -> set[int]:
        opens_list = cue.first in self._lists
        budget, index, covered = (_LIST_REACH if opens_list else _REACH), cue.last + 1, set[int]()
        if self._tokens[cue.last].stop:
            return covered
        while index < len(self._tokens) and self._tokens[index].sentence == self._tokens[cue.last].sentence and budget:
            if index in self._contrast or (index in self._joins and not opens_list):
                break
            covered.add(index)
            budget = _LIST_ITEM if index in self._lists_on else budget - 1
            if self._tokens[index].stop and not self._goes_on(index, joins_too=opens_list):
                break
            index += 1
        return covered

    def _goes_on(self, comma: int, *, joins_too: bool) -> bool:
        """Whether a list goes on behind a comma: an "oder" follows soon, with nothing but short items before it."""
        if self._tokens[comma].stop != ",":
            return False
        for index in range(comma + 1, min(comma + 2 + _LIST_ITEM, len(self._tokens))):
            token = self._tokens[index]
            if token.sentence != self._tokens[comma].sentence or index in self._contrast:
                return False
            if index in self._lists_on or (joins_too and index in self._joins):
                return True
        return False

    def _backward(self, pseudo: set[int]) -> set[int]:
        """The tokens that a negation behind them covers: "Fieber habe ich nicht", "Fieber: nein"."""
        covered: set[int] = set()
        for cue in self._cue("negates_back"):
            last = self._tokens[cue.last]
            following = cue.last + 1
            ends = (
                bool(last.stop)
                or following >= len(self._tokens)
                or self._tokens[following].message != last.message
                or following in self._joins | self._contrast
            )
            if not ends or {cue.first, cue.last} & (pseudo | self._owned):
                continue
            index = cue.first - 1
            while index >= max(0, cue.first - _REACH) and self._tokens[index].message == last.message:
                if self._tokens[index].stop not in {"", ":", "?"} or index in self._contrast:
                    break
                covered.add(index)
                index -= 1
        return covered

    def _sentences(self, name: str, outside: Iterable[Span] = ()) -> set[int]:
        """The sentences that hold a cue, leaving out cues that lie within the spans given."""
        taken = _covered(outside)
        return {self._tokens[s.first].sentence for s in self._cue(name) if s.first not in taken}

    def _frames(self) -> tuple[set[int], set[int], set[int]]:
        present = self._sentences("present")
        # "kann ich nicht ..." may open a question and a sign; then it is the sign.
        asking = [s for s in self._cue("questions") if s.first not in self._openings]
        asked = {self._tokens[s.first].sentence for s in asking} - self._sentences("personal", asking)
        supposed = self._sentences("hypothetical") - present
        past = self._sentences("past") - self._sentences("present", self._cue("past"))
        animals = self._sentences("animals") - self._sentences("personal", self._cue("animals"))
        return asked | supposed, past, animals

    def _resolved(self) -> set[tuple[int, int]]:
        """Pairs of a token from which on something is over, and the sentence of which that is said."""
        still = self._sentences("unresolved")
        lengths: dict[int, int] = {}
        for token in self._tokens:
            lengths[token.sentence] = lengths.get(token.sentence, 0) + 1
        over = set()
        for cue in self._cue("resolved"):
            sentence = self._tokens[cue.first].sentence
            if sentence in still or cue.first in self._denied:
                continue
            over.add((cue.first, sentence))
            opening = next(i for i in range(cue.first, -1, -1) if i == 0 or self._tokens[i - 1].sentence != sentence)
            same_message = opening > 0 and self._tokens[opening - 1].message == self._tokens[cue.first].message
            if lengths[sentence] <= _SHORT_SENTENCE and same_message:
                over.add((cue.first, self._tokens[opening - 1].sentence))
        return over

    def _clearing(self) -> tuple[int, tuple[int, int]]:
        """What is taken back.

        Returns:
            The message before which a doctor has seen to everything, and the place (message, offset) before which
            everything was a misunderstanding.
        """
        before, place = 0, (0, 0)
        doubts = self._sentences("unassessed") | self._sentences("hypothetical")
        for cue in self._cue("assessed"):
            token = self._tokens[cue.first]
            if token.sentence not in doubts and cue.first not in self._denied:
                before = max(before, token.message)
        for cue in self._cue("misunderstanding"):
            token = self._tokens[cue.first]
            if cue.first not in self._denied and token.sentence not in self._sentences("hypothetical"):
                place = max(place, (token.message, token.start))
        return before, place


def _covered(spans: Iterable[Span]) -> set[int]:
    return {index for span in spans for index in range(span.first, span.last + 1)}
