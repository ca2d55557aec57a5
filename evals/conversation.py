"""Whether a conversation is understood, measured on data in SQuAD format: follow-ups, and changes of topic.

A file in SQuAD format holds no conversations, so they are made of it, without a model and the same every time:

*Change of topic.* Before each question one or two questions of another article are asked (seeded). What is found
must stay what it is without them.

*Follow-up.* Before a question an earlier one of the same article is asked that names the same thing, and that name is
cut out of the question: "Wie lang ist die Brücke?", then "Wer hat die gebaut?" for "Wer hat die Brücke gebaut?".
The name is the longest run of words that both questions share (stems are compared, so that inflections are no
obstacle), that begins and ends with a content word, holds a capitalised word that does not merely begin the question,
and belongs to the article: at least half of the paragraphs that contain all of its words stand there ("Jahr" does not,
"Brücke" does). Of all earlier questions the one that shares most counts, of equals the last one. Nothing is put in the
name's place: a pronoun would tell that something is missing, and many who write leave it out.

How much the name matters is the gap between the whole question and the cut one, both asked without history. What is
reported is the share of that gap that the history closes, apart for earlier questions of the same paragraph, where
the history alone leads to the right place, and of another one, where it leads away from it.
"""

import math
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from bot.followup import spoken, understood
from bot.readings import find
from corpus.document import Lang
from corpus.language import detect
from evals.scores import Estimate, mean, share
from evals.squad import Asked, Dataset, Progress, indexed, silent
from index.encode import PassageEncoder, QuestionEncoder
from index.search import Searcher
from index.terms import terms

_WORD = re.compile(r"\w+")
_SEED = 20260101
_MOST_EARLIER = 2
_COUNT = 10
_OWN = 0.5
_KINDS = ("same_paragraph", "other_paragraph")
# What a name leaves behind when it is cut out: quotation marks, brackets, the rest of a compound, an English genitive.
_BEHIND = re.compile(r"^(?:['’]s\b|[\s\-“”\"')«»’])+")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question, the same without the name it shares with an earlier one, and that earlier question."""

    asked: Asked
    cut: str
    name: str
    earlier: str
    same_paragraph: bool


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a question: what it is compared by, where it stands, and what kind of word it is."""

    key: str
    start: int
    end: int
    content: bool
    names: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """What is found under each condition, in the same order of questions: ranks from 1, None where not found."""

    ranks: Mapping[str, tuple[int | None, ...]]

    def gains(self, condition: str) -> list[float]:
        """nDCG@10 of every question, in [0, 1]: with one right passage it is 1 / log2(1 + rank)."""
        return [0.0 if rank is None else 1 / math.log2(1 + rank) for rank in self.ranks[condition]]

    def change(self, condition: str, other: str) -> Estimate | None:
        """By how much nDCG@10 under `condition` is above that under `other`, in [-1, 1]."""
        return mean([a - b for a, b in zip(self.gains(condition), self.gains(other), strict=True)])

    def as_json(self) -> dict[str, Any]:
        """nDCG@10 and recall@1 by condition, each as value, low and high."""
        return {
            name: {
                f"ndcg@{_COUNT}": _numbers(mean(self.gains(name))),
                "recall@1": _numbers(share([rank == 1 for rank in ranks])),
            }
            for name, ranks in self.ranks.items()
        }


@dataclass(frozen=True, slots=True)
class Conversations:
    """What was measured on a data set: changes of topic, and follow-ups by where the earlier question belongs."""

    lang: Lang
    questions: int
    changes: Compared
    follow_ups: Mapping[str, Compared]

    def as_json(self) -> dict[str, Any]:
        """Figures with their intervals, how many questions qualified, and the shares of the gap that were closed."""
        return {
            "lang": self.lang,
            "questions": self.questions,
            "topic_change": {
                "questions": len(self.changes.ranks["alone"]),
                "change": _numbers(self.changes.change("with_history", "alone")),
                **self.changes.as_json(),
            },
            "follow_up": {
                name: {"questions": len(held.ranks["cut"]), "gap_closed": _closed(held), **held.as_json()}
                for name, held in self.follow_ups.items()
            },
        }


def _numbers(estimate: Estimate | None) -> list[float] | None:
    return None if estimate is None else [round(number, 4) for number in (estimate.value, estimate.low, estimate.high)]


def _closed(held: Compared) -> float | None:
    """The share of the gap between whole and cut questions that the history closes; None where there is no gap."""
    gap, closed = held.change("whole", "cut"), held.change("with_history", "cut")
    return round(closed.value / gap.value, 4) if gap and closed and gap.value > 0 else None


def measure(
    dataset: Dataset, folder: Path, by: PassageEncoder, asking: QuestionEncoder, progress: Progress = silent
) -> Conversations:
    """Index the paragraphs in an empty folder, make the conversations and ask their last questions.

    Raises:
        ModelUnavailable: a model cannot be loaded.
    """
    with indexed(dataset, folder, by, asking, progress) as data:
        return _asked(dataset, data.searcher(), progress)


def _asked(dataset: Dataset, searcher: Searcher, tell: Progress) -> Conversations:
    def rank(asked: Asked, text: str, *earlier: str) -> int | None:
        query = understood(text, spoken(text, earlier), earlier)
        _, hits = find(query, searcher.search, _COUNT)
        return next((n for n, hit in enumerate(hits, 1) if hit.passage.source.document == asked.document), None)

    new = changes(dataset)
    changed: dict[str, list[int | None]] = {"alone": [], "with_history": []}
    for number, (asked, earlier) in enumerate(new, 1):
        changed["alone"].append(rank(asked, asked.text))
        changed["with_history"].append(rank(asked, asked.text, *earlier))
        tell("changes of topic", number, len(new))
    made = follow_ups(dataset)
    followed = {
        name: {condition: list[int | None]() for condition in ("whole", "cut", "with_history")} for name in _KINDS
    }
    for number, follow_up in enumerate(made, 1):
        held = followed[_KINDS[not follow_up.same_paragraph]]
        held["whole"].append(rank(follow_up.asked, follow_up.asked.text))
        held["cut"].append(rank(follow_up.asked, follow_up.cut))
        held["with_history"].append(rank(follow_up.asked, follow_up.cut, follow_up.earlier))
        tell("follow-ups", number, len(made))
    compared = {name: Compared({c: tuple(ranks) for c, ranks in held.items()}) for name, held in followed.items()}
    return Conversations(
        dataset.lang, len(dataset.questions), Compared({c: tuple(r) for c, r in changed.items()}), compared
    )


def changes(dataset: Dataset) -> tuple[tuple[Asked, tuple[str, ...]], ...]:
    """Every question with one or two earlier ones of another article; none where all is one article."""
    chance = random.Random(_SEED)  # noqa: S311 - a sample, no secret
    articles = _articles(dataset)
    made = []
    for asked in dataset.questions:
        others = [q for q in dataset.questions if articles[q.document] != articles[asked.document]]
        if others:
            count = chance.randint(1, _MOST_EARLIER)
            made.append((asked, tuple(q.text for q in chance.sample(others, min(count, len(others))))))
    return tuple(made)


def follow_ups(dataset: Dataset) -> tuple[FollowUp, ...]:
    """The questions that qualify, at most once with an earlier one of the same paragraph and once with another's."""
    articles = _articles(dataset)
    held = _Held(articles, {d.id: frozenset(terms(f"{d.title} {d.text}", dataset.lang)) for d in dataset.documents})
    words = {asked.text: _words(asked.text, detect(asked.text)) for asked in dataset.questions}
    made = []
    for place, asked in enumerate(dataset.questions):
        before = [q for q in dataset.questions[:place] if articles[q.document] == articles[asked.document]]
        for same in (True, False):
            pool = [q for q in before if (q.document == asked.document) == same]
            found = _named(words[asked.text], [(q, words[q.text]) for q in pool], articles[asked.document], held)
            if found is not None:
                earlier, start, end = found
                cut = _without(asked.text, start, end)
                made.append(FollowUp(asked, cut, asked.text[start:end], earlier.text, same))
    return tuple(made)


@dataclass(frozen=True, slots=True)
class _Held:
    """Which article a paragraph belongs to, and the stems in each."""

    articles: Mapping[str, str]
    stems: Mapping[str, frozenset[str]]

    def own(self, keys: frozenset[str], article: str) -> bool:
        """Whether at least half of the paragraphs that contain all of these stems stand in the article."""
        holders = [self.articles[document] == article for document, stems in self.stems.items() if keys <= stems]
        return bool(holders) and sum(holders) >= _OWN * len(holders)


def _articles(dataset: Dataset) -> Mapping[str, str]:
    """The article of each paragraph: paragraphs of one article carry its title."""
    return {document.id: document.title for document in dataset.documents}


def _words(text: str, lang: Lang) -> tuple[_Word, ...]:
    found = []
    for number, match in enumerate(_WORD.finditer(text)):
        stems = terms(match.group(), lang)
        key = stems[0] if stems else match.group().lower()
        found.append(_Word(key, *match.span(), bool(stems), number > 0 and match.group()[0].isupper()))
    return tuple(found)


def _named(
    words: Sequence[_Word], pool: Sequence[tuple[Asked, Sequence[_Word]]], article: str, held: _Held
) -> tuple[Asked, int, int] | None:
    """The earlier question that shares the longest name, and where the name stands; None where none shares one."""
    best: tuple[int, int] = (0, 0)
    found: tuple[Asked, int, int] | None = None
    for earlier, theirs in pool:
        for run in _runs(words, theirs):
            length = (sum(w.content for w in run), run[-1].end - run[0].start)
            if length >= best and held.own(frozenset(w.key for w in run if w.content), article):
                best, found = length, (earlier, run[0].start, run[-1].end)
    return found


def _runs(words: Sequence[_Word], theirs: Sequence[_Word]) -> Iterator[Sequence[_Word]]:
    """The runs of `words` that occur in `theirs`, from a content word to a content word, as long as they can be."""
    for first, other in product(range(len(words)), range(len(theirs))):
        length = 0
        while (
            first + length < len(words)
            and other + length < len(theirs)
            and words[first + length].key == theirs[other + length].key
        ):
            length += 1
        run = words[first : first + length]
        while run and not run[-1].content:
            run = run[:-1]
        if run and run[0].content and any(w.names and w.content for w in run):
            yield run


def _without(text: str, start: int, end: int) -> str:
    """The text without a part, and without the gap that it leaves; hyphens and quotation marks around it go as well."""
    left, right = text[:start].rstrip(" -„“\"'(«»"), _BEHIND.sub("", text[end:])
    joint = "" if right[:1] in "?.!,;:" else " "
    return f"{left}{joint}{right}".strip()
