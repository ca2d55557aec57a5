"""The vocabulary of a language's texts: which of its terms a question's term matches, and how much.

Germans, Danes and Swedes write in one word what others write in two: "Rumpf" finds "Rumpfmuskulatur", and
"Wirbelsäulenbelastung" finds "Belastung" and "Wirbelsäule". One wrong letter in a long word is forgiven.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA, Indel

from corpus.document import Lang

COMPOUNDING: frozenset[Lang] = frozenset(("de", "da", "sv"))
"""Languages that write compounds as one word; matching parts of words in English would find "back" in "background"."""

# A word shares a beginning or an end of at least four letters, and the rest is at least three letters long.
_SHORTEST, _REST = 4, 3
# A typing mistake is looked for in words of at least six letters: in shorter ones a letter makes another word.
_LONG = 6
_ALIKE = 0.8
_SPELT = (("ph", "f"), ("th", "t"), ("c", "k"), ("y", "i"), ("ä", "a"), ("æ", "a"), ("ö", "o"), ("ø", "o"), ("å", "a"))


@dataclass(frozen=True, slots=True)
class Degrees:
    """How much a match of each kind counts, against 1 for the word itself.

    `compound`: a longer word begins or ends with the term. `part`: the term begins or ends with a shorter word.
    `typo`: one letter differs. `cognate`: a word of another language that is written nearly the same.
    """

    compound: float = 0.8
    part: float = 0.4
    typo: float = 0.7
    cognate: float = 0.7


@dataclass(frozen=True, slots=True)
class Matches:
    """Terms with how much they count: those that stand for the whole word, and those that are its first or last part.

    A text that contains a first and a last part contains both halves of the word, so that their degrees add up.
    """

    whole: Mapping[str, float]
    first: Mapping[str, float]
    last: Mapping[str, float]


class Vocabulary:
    """The terms of the texts of one language, sorted forwards and backwards."""

    def __init__(self, terms: Iterable[str], lang: Lang, degrees: Degrees | None = None) -> None:
        self._known = frozenset(terms)
        self._compounding = lang in COMPOUNDING
        self._degrees = degrees or Degrees()
        longer = [term for term in self._known if len(term) >= _SHORTEST and not term.startswith("#")]
        self._forwards = sorted(longer)
        self._backwards = sorted(term[::-1] for term in longer)

    def __contains__(self, term: str) -> bool:
        return term in self._known

    def matches(self, term: str, *, foreign: bool = False) -> Matches:
        """The terms of the vocabulary that a question's term matches; `foreign`: it is a word of another language."""
        whole = {term: 1.0} if term in self._known else {}
        first: dict[str, float] = {}
        last: dict[str, float] = {}
        if self._compounding and len(term) >= _SHORTEST:
            whole |= dict.fromkeys(self._compounds(term), self._degrees.compound)
            cuts = range(_SHORTEST, len(term) - _REST + 1)
            first = {term[:n]: self._degrees.part for n in cuts if term[:n] in self._known}
            last = {term[-n:]: self._degrees.part for n in cuts if term[-n:] in self._known}
        if not (whole or first or last) and len(term) >= _LONG:
            whole = dict.fromkeys(self.near(term), self._degrees.typo)
            if foreign and not whole:
                whole = dict.fromkeys(self.cognates(term), self._degrees.cognate)
        return Matches(whole, first, last)

    def _compounds(self, term: str) -> Iterator[str]:
        """Longer words that begin or end with the term."""
        for word in _beginning(self._forwards, term):
            if len(word) >= len(term) + _REST:
                yield word
        for turned in _beginning(self._backwards, term[::-1]):
            if len(turned) >= len(term) + _REST:
                yield turned[::-1]

    def near(self, term: str) -> Iterator[str]:
        """Words that one letter makes of the term: left out, put in, replaced, or two neighbours swapped.

        One mistake leaves the first half or the second half of a word whole, so only words that share one are compared.
        """
        half = len(term) // 2
        candidates = {*_beginning(self._forwards, term[:half])}
        candidates |= {word[::-1] for word in _beginning(self._backwards, term[half + 1 :][::-1])}
        for word in sorted(candidates):
            if word != term and OSA.distance(term, word, score_cutoff=1) == 1:
                yield word

    def cognates(self, term: str) -> Iterator[str]:
        """Words of at least six letters that are written nearly as the term: "federation" finds "Föderation"."""
        plain = _plain(term)
        for word in _beginning(self._forwards, term[:1]):
            if len(word) >= _LONG and Indel.normalized_similarity(_plain(word), plain, score_cutoff=_ALIKE) >= _ALIKE:
                yield word


def _plain(word: str) -> str:
    """The word as it would be written if the languages wrote the same sounds alike."""
    for written, plain in _SPELT:
        word = word.replace(written, plain)
    return word


def _beginning(words: Sequence[str], start: str) -> Sequence[str]:
    """Those of the sorted words that begin so."""
    first = bisect_left(words, start)
    return words[first : bisect_left(words, start + "\U0010ffff", first)]
