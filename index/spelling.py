"""A question as it would be spelt: accents that a keyboard lacks, and single mistakes in long words.

Vectors of a mistyped word lie apart from those of the word. What is known is what the texts say and what visitors are
known to ask; a word that is neither near to nor among these stays as it is, so that names survive.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from corpus.document import Lang
from index.terms import informs, stem
from index.vocabulary import Vocabulary

_WORD = re.compile(r"[^\W\d_]+")
# In shorter words a letter makes another word, and one that stands for another does so in longer ones, too.
_LONG, _REPLACED = 7, 8
_ACCENTED = 4
# How letters are typed on other keyboards, one way throughout a word.
_TYPED = (
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "å": "aa", "æ": "ae"},
    {"ß": "ss", "ø": "o", "æ": "a"},
)


class _Words:
    """The known words of a language with how often they come, and their spellings without accents."""

    def __init__(self, counted: Counter[str], lang: Lang) -> None:
        self.counted = counted
        self.stems = frozenset(stem(word, lang) for word in counted)
        self.vocabulary = Vocabulary((word for word in counted if len(word) >= _LONG - 1), lang)
        self.plain = {
            spelling: word
            for word, _ in reversed(counted.most_common())
            if len(word) >= _ACCENTED
            for spelling in _spellings(word)
            if spelling != word
        }


class Spelling:
    """Corrects questions, by language; one in a language without known words stays as it is."""

    def __init__(self, texts: Iterable[tuple[str, Lang]]) -> None:
        counted: dict[Lang, Counter[str]] = {}
        for text, lang in texts:
            counted.setdefault(lang, Counter()).update(_WORD.findall(text.lower()))
        self._words: Mapping[Lang, _Words] = {lang: _Words(words, lang) for lang, words in counted.items()}

    def correct(self, question: str, lang: Lang) -> str:
        """The question with those words replaced that are a known word but for accents or one letter."""
        words = self._words.get(lang)
        if words is None:
            return question
        return _WORD.sub(lambda match: _corrected(match.group(), words, lang), question)


def _corrected(written: str, words: _Words, lang: Lang) -> str:
    word = written.lower()
    if word in words.counted or not informs(word, lang):
        return written
    if word in words.plain:
        return words.plain[word]
    if len(word) < _LONG or stem(word, lang) in words.stems:
        return written
    near = [known for known in words.vocabulary.near(word) if _mistyped(word, known)]
    return min(near, key=lambda known: (-words.counted[known], known), default=written)


def _mistyped(word: str, known: str) -> bool:
    """Whether one letter less, more or elsewhere is likelier a mistake than another word; nobody mistypes the first."""
    replaced = len(word) == len(known) and sorted(word) != sorted(known)
    return word[0] == known[0] and (not replaced or len(word) >= _REPLACED)


def _spellings(word: str) -> Iterator[str]:
    for letters in _TYPED:
        typed = "".join(letters.get(letter, letter) for letter in word)
        yield "".join(letter for letter in unicodedata.normalize("NFD", typed) if not unicodedata.combining(letter))
