"""What one thing is called: by readers of other languages, by laymen, and by doctors.

lexicon.toml leads from the words of other languages to German ones, synonyms.toml holds German words for the same
thing. Both know phrases of several words. A phrase of a group is also marked in the texts, by a term of its own, so
that "unterer Rücken" can be found by one word.
"""

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from corpus.document import Lang
from index.terms import informs, stem, words

_LEXICON = Path(__file__).with_name("lexicon.toml")
_SYNONYMS = Path(__file__).with_name("synonyms.toml")
_LEXICON_INTO: Lang = "de"
_LONGEST_PHRASE = 5
# How Danish and Swedish letters are typed on other keyboards.
_TYPED = {"ø": ("o", "oe"), "å": ("a", "aa"), "æ": ("ae", "a"), "ö": ("o", "oe"), "ä": ("a", "ae"), "ü": ("u", "ue")}

Phrase = tuple[str, ...]
"""Stems of consecutive words."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A word of the question: the terms to look for that are the word itself, and those that mean the same.

    `foreign`: a word of another language that the lexicon does not know, looked for as it is.
    """

    own: tuple[str, ...]
    same: tuple[str, ...] = ()
    foreign: bool = False


def wanted(text: str, lang: Lang, into: Lang) -> tuple[Wanted, ...]:
    """What to look for among texts in `into` for each word of a text in `lang` that says something.

    A word that comes again is left out, so that the words are the same ones, in the same order, whatever `into` is.
    A word that the lexicon does not know is looked for as it is: names and many technical words stay the same.
    """
    tokens = words(text)
    stems = tuple(stem(word, lang) for word in tokens)
    if lang == into:
        found = [Wanted((s,)) for s in stems]
        phrases = _spans(stems, _phrases(lang))
    elif into == _LEXICON_INTO:
        found, phrases = _translated(tokens, stems, lang)
    else:
        found, phrases = [Wanted((stem(word, into),), foreign=True) for word in tokens], []
    groups = _groups(into)
    for start, end, names in phrases:
        meaning = [other for name in names for other in groups[name]]
        for at in range(start, end):
            same = dict.fromkeys((*found[at].same, *(term for term in meaning if term not in found[at].own)))
            found[at] = replace(found[at], same=tuple(same))
    said = _said(tokens, stems, lang)
    first = {word: found[at] for at, word in reversed(list(enumerate(tokens))) if at in said}
    return tuple(first[word] for word in dict.fromkeys(tokens) if word in first)


def _said(tokens: Sequence[str], stems: Phrase, lang: Lang) -> frozenset[int]:
    """Which words say something: those that are no stop words, and the first of a phrase that has only such."""
    said = {at for at, word in enumerate(tokens) if informs(word, lang)}
    known = _phrases(lang) if lang == _LEXICON_INTO else _lexicon(lang)
    for at in range(len(stems)):
        longest = min(_LONGEST_PHRASE, len(stems) - at)
        length = next((n for n in range(longest, 1, -1) if stems[at : at + n] in known), 0)
        if length and said.isdisjoint(range(at, at + length)):
            said.add(at)
    return frozenset(said)


def marks(text: str, lang: Lang) -> list[str]:
    """The terms that mark the phrases of several words which a text contains."""
    stems = tuple(stem(word, lang) for word in words(text))
    return [_mark(name) for start, end, names in _spans(stems, _phrases(lang)) if end - start > 1 for name in names]


def _mark(name: str) -> str:
    return f"#{name}"  # no word begins so


def _translated(
    tokens: Sequence[str], stems: Phrase, lang: Lang
) -> tuple[list[Wanted], list[tuple[int, int, tuple[str, ...]]]]:
    """For every word its German terms, and the groups that these belong to by place."""
    lexicon, groups = _lexicon(lang), _phrases(_LEXICON_INTO)
    found = [Wanted((stem(word, _LEXICON_INTO),), foreign=True) for word in tokens]
    phrases = []
    at = 0
    while at < len(stems):
        length = next(
            (n for n in range(min(_LONGEST_PHRASE, len(stems) - at), 0, -1) if stems[at : at + n] in lexicon), 0
        )
        meanings = lexicon[stems[at : at + length]] if length else _typed(stems[at], lang)
        length = max(1, length)
        if meanings:
            own = tuple(dict.fromkeys(part for meaning in meanings for part in meaning))
            names = tuple(dict.fromkeys(name for meaning in meanings for name in groups.get(meaning, ())))
            found[at : at + length] = [Wanted(own)] * length
            phrases.append((at, at + length, names))
        at += length
    return found, phrases


def _typed(word: str, lang: Lang) -> tuple[Phrase, ...]:
    """The meanings of a word that was typed without the letters of its language."""
    return _lexicon_without_accents(lang).get(word, ()) if len(word) > 3 else ()  # noqa: PLR2004


def _spans(stems: Phrase, phrases: Mapping[Phrase, tuple[str, ...]]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Where phrases stand, the longest at each place, as start, end, and the groups they belong to."""
    found = []
    for at in range(len(stems)):
        for length in range(min(_LONGEST_PHRASE, len(stems) - at), 0, -1):
            if names := phrases.get(stems[at : at + length]):
                found.append((at, at + length, names))
                break
    return found


@cache
def _members(lang: Lang) -> tuple[tuple[Phrase, ...], ...]:
    table: Mapping[str, list[list[str]]] = tomllib.loads(_SYNONYMS.read_text("utf-8")).get(lang, {})
    return tuple(tuple(dict.fromkeys(_stems(member, lang) for member in group)) for group in table.get("groups", ()))


def _name(group: Sequence[Phrase]) -> str:
    return " ".join(group[0])


@cache
def _phrases(lang: Lang) -> Mapping[Phrase, tuple[str, ...]]:
    """The groups, by their names, of every word and phrase."""
    found: dict[Phrase, tuple[str, ...]] = {}
    for group in _members(lang):
        for member in group:
            found[member] = (*found.get(member, ()), _name(group))
    return found


@cache
def _groups(lang: Lang) -> Mapping[str, tuple[str, ...]]:
    """The terms by which the members of a group are found in texts: single words, and the mark of its phrases."""
    return {_name(g): (*(member[0] for member in g if len(member) == 1), _mark(_name(g))) for g in _members(lang)}


@cache
def _lexicon(lang: Lang) -> Mapping[Phrase, tuple[Phrase, ...]]:
    tables: dict[Lang, dict[str, list[str]]] = tomllib.loads(_LEXICON.read_text("utf-8"))
    found: dict[Phrase, tuple[Phrase, ...]] = {}
    for word, meanings in tables.get(lang, {}).items():
        key = _stems(word, lang)
        new = (_stems(meaning, _LEXICON_INTO) for meaning in meanings)
        found[key] = tuple(dict.fromkeys((*found.get(key, ()), *new)))
    return found


@cache
def _lexicon_without_accents(lang: Lang) -> Mapping[str, tuple[Phrase, ...]]:
    found: dict[str, tuple[Phrase, ...]] = {}
    for key, meanings in _lexicon(lang).items():
        if len(key) == 1:
            for spelling in _spellings(key[0]):
                found.setdefault(spelling, meanings)
    return found


def _spellings(word: str) -> Iterator[str]:
    """The word as it is typed without its accents, one way throughout."""
    for way in (0, 1):
        yield "".join(_TYPED[c][way] if c in _TYPED else c for c in word)
    yield "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def _stems(text: str, lang: Lang) -> Phrase:
    return tuple(stem(word, lang) for word in words(text))
