"""Lists of phrases, found in tokens: the little language in which triage and guard keep their words.

A phrase is a row of slots between blanks:

    taub            that word, also with one wrong letter if it has six letters or more
    taub* · *schmerz · *blase*    a word that begins with, ends in, contains it
    =schritt        that word, no wrong letter allowed
    kann|konnte     either word
    (gar nichts|nix)    either, also of several words
    #1-17           a number in that range; #12-17jahrig* with something behind it
    _3              up to three words of any kind, within the sentence

Everything is folded as the text is, so a phrase may be written as it is spelled.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.errors import BadWording
from bot.textfold import Token, fold

FUZZY_LETTERS = 6
"""Shortest word in which one wrong letter is forgiven; in shorter ones it too often makes another word."""

LONGEST = 64
"""Of longer words only the beginning is compared: no phrase is longer, and letters cost time by their square."""

_GAP = re.compile(r"_(\d)")
_GROUP = re.compile(r"\(([^()]+)\)")
_NUMBER = re.compile(r"#(\d+)-(\d+)(\w*)(\*?)")
_LEADING_NUMBER = re.compile(r"(\d{1,9})(\D*)")


@dataclass(frozen=True, slots=True)
class Span:
    """Where a phrase was found: the indices of its first and last token, both inclusive."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Slot:
    atoms: frozenset[int]
    gap: int = 0


@dataclass(frozen=True, slots=True)
class _Phrase:
    list_name: str
    slots: tuple[_Slot, ...]


@dataclass(slots=True)
class _Atoms:
    """All words of all phrases, by the way they are compared. An atom is the number of one such word."""

    numbers: dict[str, int] = field(default_factory=dict)
    exact: dict[str, int] = field(default_factory=dict)
    strict: dict[str, int] = field(default_factory=dict)
    prefixes: dict[str, int] = field(default_factory=dict)
    suffixes: dict[str, int] = field(default_factory=dict)
    infixes: dict[str, int] = field(default_factory=dict)
    ranges: list[tuple[int, int, str, bool, int]] = field(default_factory=list)
    near: dict[str, list[tuple[str, bool, int]]] = field(default_factory=lambda: defaultdict(list))
    widths: tuple[int, ...] = ()

    def add(self, written: str) -> int:
        """The number of the atom, new or known. Raises `BadWording` when nothing of the word is left."""
        if written in self.numbers:
            return self.numbers[written]
        atom = len(self.numbers)
        self.numbers[written] = atom
        number = _NUMBER.fullmatch(written)
        if number:
            low, high, rest, star = number.groups()
            self.ranges.append((int(low), int(high), fold(rest), bool(star), atom))
            return atom
        word = fold(written.strip("*=").replace(" ", ""))
        if not word or " " in word:
            raise BadWording(f"{written!r} is not one word")
        if written.startswith("="):
            atom = self.numbers[written] = self.strict.setdefault(word, atom)
            return atom
        begins, ends = written.endswith("*"), written.startswith("*")
        table = self.infixes if begins and ends else self.prefixes if begins else self.suffixes if ends else self.exact
        atom = self.numbers[written] = table.setdefault(word, atom)
        if len(word) >= FUZZY_LETTERS and not ends:
            for key in _deletions(word):
                self.near[key].append((word, begins, atom))
        return atom

    def seal(self) -> None:
        """Note how long the prefixes are that may be compared with tolerance."""
        self.widths = tuple(sorted({len(w) for entries in self.near.values() for w, begins, _ in entries if begins}))

    def of(self, word: str) -> frozenset[int]:
        """The atoms a folded word stands for."""
        word = word[:LONGEST]
        found = {table[word] for table in (self.exact, self.strict) if word in table}
        for cut in range(1, len(word) + 1):
            if (atom := self.prefixes.get(word[:cut])) is not None:
                found.add(atom)
            if (atom := self.suffixes.get(word[-cut:])) is not None:
                found.add(atom)
        found.update(atom for part, atom in self.infixes.items() if part in word)
        if word[0].isdigit():
            found.update(self._in_range(word))
        if len(word) >= FUZZY_LETTERS and word not in self.exact and word not in self.strict:
            found.update(self._nearly(word))
        return frozenset(found)

    def _in_range(self, word: str) -> Iterable[int]:
        match = _LEADING_NUMBER.fullmatch(word)
        if match:
            number, rest = int(match[1]), match[2]
            for low, high, tail, star, atom in self.ranges:
                if low <= number <= high and (rest.startswith(tail) if star else rest == tail):
                    yield atom

    def _nearly(self, word: str) -> Iterable[int]:
        seen: set[tuple[str, bool, int]] = set()
        pieces = {word} | {word[: w + d] for w in self.widths for d in (-1, 0, 1) if w + d <= len(word)}
        for piece in pieces:
            for key in _deletions(piece):
                for entry in self.near.get(key, ()):
                    known, begins, atom = entry
                    if entry not in seen and (begins or piece == word) and _one_apart(piece, known):
                        seen.add(entry)
                        yield atom


def _alternatives(written: str) -> Iterable[str]:
    """The phrase once for each choice of its groups in round brackets; single words stay together as one slot."""
    group = _GROUP.search(written)
    if group is None:
        yield written
        return
    before, after = written[: group.start()], written[group.end() :]
    choices = group[1].split("|")
    if (not before or before.endswith(" ")) and (not after or after.startswith(" ")):
        words = [choice for choice in choices if choice and " " not in choice and not _GAP.fullmatch(choice)]
        choices = [choice for choice in choices if choice not in words] + ["|".join(words)] * bool(words)
    for choice in choices:
        yield from _alternatives(before + choice + after)


def _deletions(word: str) -> set[str]:
    """The word and all that is left when one letter but the first goes."""
    return {word} | {word[:i] + word[i + 1 :] for i in range(1, len(word))}


def _one_apart(one: str, other: str) -> bool:
    """Whether one letter added, dropped, changed or two swapped make the words equal; the first must agree."""
    if one == other:
        return True
    if one[0] != other[0] or abs(len(one) - len(other)) > 1:
        return False
    i = 0
    while i < min(len(one), len(other)) and one[i] == other[i]:
        i += 1
    rest, tail = one[i:], other[i:]
    swapped = rest[:2] == tail[:2][::-1] and rest[2:] == tail[2:]
    return swapped or rest[1:] == tail[1:] or rest[1:] == tail or rest == tail[1:]


class Lexicon:
    """Named lists of phrases, compiled. Raises `BadWording` for a phrase that cannot be read."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self._atoms = _Atoms()
        self._slots: dict[str, _Slot] = {}  # the alternatives of a phrase share most of their parts
        self._by_first: dict[int, list[_Phrase]] = defaultdict(list)
        self.names = frozenset(lists)
        for name, phrases in lists.items():
            for written in (plain for phrase in phrases for plain in _alternatives(phrase)):
                phrase = self._compile(name, written)
                for atom in phrase.slots[0].atoms:
                    self._by_first[atom].append(phrase)
        self._atoms.seal()

    def _compile(self, name: str, written: str) -> _Phrase:
        slots = [self._slots.get(part) or self._slot(part) for part in written.split()]
        if not slots or not slots[0].atoms or not slots[-1].atoms:
            raise BadWording(f"{name}: {written!r} must begin and end with a word")
        return _Phrase(name, tuple(slots))

    def _slot(self, part: str) -> _Slot:
        gap = _GAP.fullmatch(part)
        atoms = frozenset[int]() if gap else frozenset(self._atoms.add(word) for word in part.split("|"))
        slot = self._slots[part] = _Slot(atoms, int(gap[1]) if gap else 0)
        return slot

    def _possible(self, first: int, present: frozenset[int]) -> list[_Phrase]:
        """The phrases that begin with an atom and whose other words occur at all; most fall out here."""
        return [
            phrase
            for phrase in self._by_first.get(first, ())
            if all(not slot.atoms or not slot.atoms.isdisjoint(present) for slot in phrase.slots)
        ]

    def find(self, tokens: Sequence[Token]) -> dict[str, list[Span]]:
        """Every place of every list, in the order of the text, each place once."""
        known: dict[str, frozenset[int]] = {}
        atoms: list[frozenset[int]] = []
        for token in tokens:
            if token.text not in known:
                known[token.text] = self._atoms.of(token.text)
            atoms.append(known[token.text])
        present = frozenset[int]().union(*atoms)
        possible = {atom: self._possible(atom, present) for atom in present}
        found: dict[str, dict[Span, None]] = defaultdict(dict)
        for index, here in enumerate(atoms):
            for atom in here:
                for phrase in possible[atom]:
                    last = _match(phrase.slots, 1, index + 1, tokens, atoms.__getitem__)
                    if last is not None:
                        found[phrase.list_name][Span(index, last)] = None
        return {name: sorted(spans, key=lambda s: (s.first, s.last)) for name, spans in found.items()}


def _match(
    slots: tuple[_Slot, ...], slot: int, index: int, tokens: Sequence[Token], atoms: Callable[[int], frozenset[int]]
) -> int | None:
    """The index of the last token when `slots[slot:]` fit from `index` on, with the shortest gaps; else None."""
    if slot == len(slots):
        return index - 1
    if index >= len(tokens) or tokens[index].sentence != tokens[index - 1].sentence:
        return None
    here = slots[slot]
    if here.atoms:
        return _match(slots, slot + 1, index + 1, tokens, atoms) if atoms(index) & here.atoms else None
    for skipped in range(here.gap + 1):
        if index + skipped >= len(tokens) or tokens[index + skipped].sentence != tokens[index - 1].sentence:
            return None
        last = _match(slots, slot + 1, index + skipped, tokens, atoms)
        if last is not None:
            return last
    return None
