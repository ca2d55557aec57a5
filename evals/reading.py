"""How answers read, checked by rules: nothing is missing, nothing is said twice, nothing is torn off.

The rules are written apart from those by which the bot chooses sentences (bot/answer/reading.toml): a rule that checks
itself finds nothing.
"""

import random
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from bot.turn import Citation, Kind, Question, Reply
from corpus.document import Document, Lang
from evals.case import Case
from evals.scores import Estimate, share

_SEED = 20260101
LONGEST = 5
"""Sentences of an answer, disagreements included."""

_FILE = Path(__file__).with_name("reading.toml")
_CLOSING = (".", "!", "?", "…", "“", '"', ")")
_WORD = re.compile(r"\w{4,}")
# Two sentences that share so much of the shorter one's longer words say the same.
_SAME = 0.8


@dataclass(frozen=True, slots=True)
class Read:
    """What is wrong with an answer; nothing where it reads well."""

    question: str
    lang: Lang
    faults: tuple[str, ...]


def questions(cases: Iterable[Case], documents: Iterable[Document], count: int) -> tuple[Question, ...]:
    """So many questions, of the cases and of those that visitors are known to ask; the same ones every time."""
    asked = [case.question for case in cases if case.kind == "answer"]
    asked += [Question(text=v.question) for document in documents for v in document.variants]
    chosen = random.Random(_SEED).sample(asked, min(count, len(asked)))  # noqa: S311 - a sample, no secret
    return tuple(chosen)


def read(
    asked: Sequence[Question], reply: Callable[[Question], Reply], progress: Callable[[int, int], None] | None = None
) -> tuple[Read, ...]:
    """Ask the questions and check those that are answered."""
    found = []
    for number, question in enumerate(asked, 1):
        got = reply(question)
        if got.kind is Kind.ANSWER:
            found.append(Read(question.text, got.lang, faults(got)))
        if progress is not None:
            progress(number, len(asked))
    return tuple(found)


def summary(answers: Sequence[Read]) -> tuple[Estimate | None, Counter[str]]:
    """The share of answers with a fault, and how often each fault comes."""
    return share([bool(a.faults) for a in answers]), Counter(fault for a in answers for fault in a.faults)


def faults(reply: Reply) -> tuple[str, ...]:
    """The faults of an answer: dangling, repeated, torn, question, long."""
    # Lines of the masthead and of the list of sources are no sentences; they stand in no section or are named so.
    quoted = [c for c in reply.citations if _is_sentence(c)]
    found = set()
    for before, citation in pairwise([None, *quoted]):
        assert citation is not None  # noqa: S101 - only the first of all is None
        if _points_back().match(citation.quote) and not _follows(before, citation):
            found.add("dangling")
        if not _whole(citation.quote):
            found.add("torn")
        if citation.quote.rstrip('“")').endswith("?"):
            found.add("question")
    if any(_same(a, b) for number, a in enumerate(quoted) for b in quoted[:number]):
        found.add("repeated")
    if len(quoted) > LONGEST:
        found.add("long")
    return tuple(sorted(found))


@cache
def _points_back() -> re.Pattern[str]:
    """What points back, in any language that texts are quoted in."""
    words = [word for listed in tomllib.loads(_FILE.read_text("utf-8")).values() for word in listed]
    return re.compile(rf"(?:{'|'.join(words)})\b")


def _is_sentence(citation: Citation) -> bool:
    return citation.quote.rstrip().endswith((".", "!", "?", "“", '"')) or bool(citation.section)


def _whole(quote: str) -> bool:
    """Whether it begins as a sentence does and ends as one."""
    opening = quote.lstrip('„"(')[:1]
    return (opening.isupper() or opening.isdigit()) and quote.endswith(_CLOSING)


def _follows(before: Citation | None, citation: Citation) -> bool:
    """Whether it stands directly behind the quotation before it, in the document as in the answer."""
    return before is not None and before.document == citation.document and 0 <= citation.start - before.end <= 1


def _same(one: Citation, other: Citation) -> bool:
    words, others = (frozenset(_WORD.findall(c.quote.lower())) for c in (one, other))
    return len(words & others) > _SAME * min(len(words), len(others))
