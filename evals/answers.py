"""What the bot answers and what it leaves alone, measured on cases, and held to floors.

Two suites: `answers` asks what share of the answerable questions is answered, and with a section that holds the
answer; `abstention` asks whether refusals fall on the questions they should. A reply that says the bot failed counts
as neither answer nor refusal; such replies are counted apart, and the gate lets none through.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.errors import BadQuestion
from bot.turn import Kind, Question, Reason, Reply
from corpus.document import Disagreement, Lang, Statement
from evals.case import Case
from evals.errors import BadCases
from evals.results import ALL, Misses, Results, digest_of, read_lines
from evals.scores import Estimate, share

Suite = Literal["answers", "abstention"]
SUITES: tuple[Suite, ...] = ("answers", "abstention")

_CONTRADICTION = "contradiction:"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a case. `cited` is None where no sections are known, `reason` where nothing was refused."""

    id: str
    lang: Lang
    text: str
    expected: str
    kind: str
    reason: str | None
    confidence: float
    cited: bool | None
    places: tuple[str, ...]
    tags: tuple[str, ...] = ()
    surfaced: bool | None = None
    """Whether both sides of the disagreement are cited that the question is about; None where it is about none."""

    @property
    def answerable(self) -> bool:
        """Whether the question should be answered."""
        return self.expected == "answer"

    @property
    def failed(self) -> bool:
        """Whether the bot broke: neither an answer nor a decision not to give one."""
        return self.reason == Reason.FAILED

    @property
    def answered(self) -> bool:
        """Whether it was answered."""
        return self.kind == Kind.ANSWER

    @property
    def refused(self) -> bool:
        """Whether the bot decided not to answer."""
        return self.kind == Kind.REFUSAL and not self.failed


def read_file(path: Path) -> tuple[Case, ...]:
    """The cases of a file; see `read_lines`."""
    return read_lines(path, Case)


def run(
    file: Path,
    reply: Callable[[Question], Reply],
    suites: Sequence[Suite] = SUITES,
    disagreements: Sequence[Disagreement] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Results:
    """Ask every case of a file, without telling the bot its language, and take the figures of the suites.

    Raises:
        BadCases: the file cannot be read.
    """
    cases = read_file(file)
    outcomes = []
    for number, case in enumerate(cases, 1):
        outcomes.append(_outcome(case, reply, disagreements))
        if progress is not None:
            progress(number, len(cases))
    return Results(
        file,
        digest_of(file),
        tuple(outcomes),
        {suite: _figures(suite, outcomes) for suite in suites},
        _misses(outcomes),
        failed=sum(outcome.failed for outcome in outcomes),
    )


def as_expected(outcome: Outcome) -> bool:
    """Whether a question was answered with a section that holds the answer, or refused, as its case asks."""
    if outcome.answerable:
        return outcome.answered and outcome.cited is not False
    return outcome.refused


def _misses(outcomes: Sequence[Outcome]) -> Misses:
    head = ("case", "language", "question", "expected", "got", "reason", "confidence", "cited")
    rows = (
        (o.id, o.lang, o.text, o.expected, o.kind, o.reason or "", f"{o.confidence:.2f}", ", ".join(o.places))
        for o in outcomes
        if not as_expected(o)
    )
    return Misses(head, tuple(rows))


def _outcome(case: Case, reply: Callable[[Question], Reply], disagreements: Sequence[Disagreement]) -> Outcome:
    try:
        got = reply(case.question)
    except BadQuestion as error:
        raise BadCases(f"case {case.id}: the bot does not take the question: {error}") from error
    return Outcome(
        id=case.id,
        lang=case.lang,
        text=case.text,
        expected=case.kind,
        kind=got.kind.value,
        reason=None if got.reason is None else got.reason.value,
        confidence=round(got.confidence, 4),
        cited=case.cited(got) if case.sections else None,
        places=tuple(dict.fromkeys("/".join((c.document, *c.section[-1:])) for c in got.citations)),
        tags=case.tags,
        surfaced=_surfaced(case, got, disagreements),
    )


def _surfaced(case: Case, reply: Reply, disagreements: Sequence[Disagreement]) -> bool | None:
    """Whether the reply cites both sides of a disagreement on the case's topic, or of its source."""
    named = [tag.removeprefix(_CONTRADICTION).split(":") for tag in case.tags if tag.startswith(_CONTRADICTION)]
    if not named:
        return None
    quoted = {(c.document, c.quote) for c in reply.citations}

    def cited(side: Statement) -> bool:
        return any((side.document, sentence.text) in quoted for sentence in side.sentences)

    return any(
        cited(d.first) and cited(d.second)
        for source, topic in named
        for d in disagreements
        if d.topic == topic or source in (d.first.document, d.second.document)
    )


def _figures(suite: Suite, outcomes: Sequence[Outcome]) -> dict[str, dict[str, Estimate | None]]:
    langs = sorted({outcome.lang for outcome in outcomes})
    groups = {ALL: list(outcomes)} | {lang: [o for o in outcomes if o.lang == lang] for lang in langs}
    of = _answers if suite == "answers" else _abstention
    return {name: of(group) for name, group in groups.items()}


def _answers(outcomes: Iterable[Outcome]) -> dict[str, Estimate | None]:
    """Shares of the answerable questions.

    Answered at all; answered with one of the expected sections; the latter of those that follow up on an earlier one;
    and, of those about a point on which documents disagree, answered with both sides.
    """
    asked = [o for o in outcomes if o.answerable]
    return {
        "answered": share([o.answered for o in asked]),
        "cited": share([o.answered and o.cited for o in asked if o.cited is not None]),
        "followups": share([o.answered and bool(o.cited) for o in asked if "followup" in o.tags]),
        "contradictions": share([o.surfaced for o in asked if o.surfaced is not None]),
    }


def _abstention(outcomes: Sequence[Outcome]) -> dict[str, Estimate | None]:
    return {
        "refusal_precision": share([not o.answerable for o in outcomes if o.refused]),
        "refusal_recall": share([o.refused for o in outcomes if not o.answerable]),
    }
