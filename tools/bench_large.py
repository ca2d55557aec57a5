"""How long a question takes among 10,000 passages, and what of it takes how long.

The passages are made up: German sentences of the corpus with many of their words replaced by invented ones, which are
as unevenly frequent as words are (Zipf's law), so that the lexical index has the vocabulary of a real one of this size.
Their vectors are those of the sentences with noise, so that nothing has to be embedded. Searched are they by the
product's own code, in a real Chroma.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from bench_build import joined

from index.build import fill
from index.e5s1 import Array
from index.encode import FourBitEncoder
from index.lexical import LexicalIndex
from index.passage import Passage
from index.search import AskedBefore, Searcher
from index.spelling import Spelling
from index.store import ChromaStore
from index.subjects import Subjects
from index.variants import Variants
from index.words import Words

PASSAGES_MADE, SENTENCES_EACH = 10_000, 5
_SEED = 1
_INVENTED = 200_000
# The share of a sentence's words that are replaced, and how far its vector is moved: to a cosine of about 0.94.
_REPLACED, _NOISE = 0.5, 0.35
Sounds = tuple[str, ...]
_ONSETS: Sounds = (*"bdfghklmnprstvwz", "bl", "br", "dr", "fl", "gr", "kn", "pf", "sch", "schw", "st", "str", "tr")
_VOWELS: Sounds = (*"aeiouäöü", "au", "ei", "eu", "ie")
_ENDS: Sounds = ("", *"nrstl", "ch", "ck", "ng", "nd", "rt", "st")


@dataclass(frozen=True, slots=True)
class Large:
    """Passages, and the vectors of their texts by text."""

    passages: tuple[Passage, ...]
    vectors: Mapping[str, Array]

    def embed(self, texts: Sequence[str]) -> Array:
        """The vectors of texts, as a `ChromaStore` asks for them."""
        return np.stack([self.vectors[text] for text in texts])

    @property
    def words(self) -> int:
        """How many different words the passages have."""
        return len({word for passage in self.passages for word in passage.text.split()})


@dataclass(slots=True)
class Parts:
    """Milliseconds by the name of a part, one figure a call."""

    milliseconds: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def timing(self, *methods: tuple[type, str, str]) -> Iterator[None]:
        """Time calls of methods, given as class, name and the name of the part, inside the context."""
        kept = [(owner, name, getattr(owner, name)) for owner, name, _ in methods]
        for (owner, name, part), (_, _, method) in zip(methods, kept, strict=True):
            setattr(owner, name, self._timed(method, part))
        try:
            yield
        finally:
            for owner, name, method in kept:
                setattr(owner, name, method)

    def _timed(self, method: Callable[..., object], part: str) -> Callable[..., object]:
        def timed(*arguments: object, **named: object) -> object:
            began = time.perf_counter()
            try:
                return method(*arguments, **named)
            finally:
                self.milliseconds.setdefault(part, []).append((time.perf_counter() - began) * 1000)

        return timed


def invented(count: int, chance: random.Random) -> list[str]:
    """So many words that could be German, of two to four syllables; few of them twice."""

    def syllable() -> str:
        return chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_ENDS)

    return ["".join(syllable() for _ in range(chance.randint(2, 4))) for _ in range(count)]


def made_up(found: Sequence[Passage], sentences: Mapping[str, Array], count: int = PASSAGES_MADE) -> Large:
    """So many different passages under the headings of those found, made of sentences that come with their vectors."""
    chance = random.Random(_SEED)  # noqa: S311 - for texts, not for secrets
    noise = np.random.default_rng(_SEED)
    words = invented(_INVENTED, chance)
    frequencies = np.cumsum(1 / np.arange(1, len(words) + 1))
    known = [(text.split(), vector) for text, vector in sentences.items()]
    passages, vectors = [], {}
    for number in range(count):
        texts = []
        for _ in range(SENTENCES_EACH):
            split, vector = chance.choice(known)
            places = chance.sample(range(len(split)), max(1, int(len(split) * _REPLACED)))
            drawn = np.searchsorted(frequencies, noise.random(len(places)) * frequencies[-1])
            new = dict(zip(places, (words[word] for word in drawn), strict=True))
            texts.append(" ".join(new.get(place, word) for place, word in enumerate(split)))
            vectors[texts[-1]] = _near(vector, noise)
        passage = joined(found[number % len(found)], f"{number:024x}", texts)
        passages.append(passage)
        vectors[passage.embedded_text] = _near(np.mean([vectors[text] for text in texts], axis=0), noise)
    return Large(tuple(passages), vectors)


def _near(vector: Array, noise: np.random.Generator) -> Array:
    moved = vector + noise.normal(0, _NOISE / np.sqrt(len(vector)), len(vector)).astype(np.float32)
    near: Array = moved / np.linalg.norm(moved)
    return near


@dataclass(frozen=True, slots=True)
class Found:
    """How the questions went.

    Attributes:
        first: milliseconds of the first question, which reads the vectors from Chroma.
        questions: milliseconds of each of the others.
        parts: milliseconds of a question by part, on average.
        writing: seconds that it took to write the vectors to Chroma.
    """

    first: float
    questions: tuple[float, ...]
    parts: Mapping[str, float]
    writing: float


def searched(large: Large, questions: Sequence[str], subjects: Subjects, folder: Path) -> Found:
    """Index the passages in an empty folder and ask the questions of them one after the other."""
    began = time.perf_counter()
    store = ChromaStore(folder, large.embed)
    fill(store, large.passages)
    store.close()
    writing = time.perf_counter() - began
    store = ChromaStore(folder)
    sentences = sum(len(passage.sentences) for passage in large.passages)
    spelling = Spelling((passage.embedded_text, passage.source.lang) for passage in large.passages)
    searcher = Searcher(
        large.passages,
        store,
        Words.build(large.passages),
        FourBitEncoder(),
        asked=AskedBefore(subjects, Variants.none(sentences), spelling),
    )
    parts = Parts()
    first = _milliseconds(searcher, questions[0])
    with parts.timing(
        (FourBitEncoder, "encode_question", "encoder"),
        (ChromaStore, "nearest", "nearest vectors"),
        (ChromaStore, "vectors", "vectors of the candidates"),
        (LexicalIndex, "ask", "words"),
    ):
        rest = [_milliseconds(searcher, question) for question in questions]
    store.close()
    known = {part: sum(times) / len(rest) for part, times in parts.milliseconds.items()}
    return Found(first, tuple(rest), {**known, "the rest": statistics.mean(rest) - sum(known.values())}, writing)


def _milliseconds(searcher: Searcher, question: str) -> float:
    began = time.perf_counter()
    searcher.search(question)
    return (time.perf_counter() - began) * 1000
