"""What the bot answers and what it leaves alone, measured on cases, and held to floors.

Two suites: `answers` asks what share of the answerable questions is answered, and with a section that holds the
answer; `abstention` asks whether refusals fall on the questions they should. A reply that says the bot failed counts
as neither answer nor refusal; such replies are counted apart, and the gate lets none through.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import BadQuestion
from bot.turn import Kind, Question, Reason, Reply
from corpus.document import Disagreement, Lang, Statement
from evals.case import CASES, Case
from evals.errors import BadCases
from evals.scores import Estimate, share

Suite = Literal["answers", "abstention"]
SUITES: tuple[Suite, ...] = ("answers", "abstention")
METRICS: Mapping[Suite, tuple[str, ...]] = {
    "answers": ("answered", "cited", "followups", "contradictions"),
    "abstention": ("refusal_precision", "refusal_recall"),
}
"""Shares of the answerable questions: answered at all; answered with one of the expected sections; the latter of those
that follow up on an earlier one; and, of those about a point on which documents disagree, answered with both sides."""

ALL = "all"
"""The group of all languages together."""

BASELINE = Path(__file__).with_name("baseline.json")

# A floor lies this far below what was measured: one case in fifty may turn over for reasons that are no defect.
_MARGIN = 0.02
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


@dataclass(frozen=True, slots=True)
class Results:
    """All outcomes of a file of cases, and the figures of each suite by language and metric."""

    file: Path
    digest: str
    outcomes: tuple[Outcome, ...]
    suites: Mapping[Suite, Mapping[str, Mapping[str, Estimate | None]]]

    @property
    def failed(self) -> int:
        """How many replies say that the bot broke."""
        return sum(outcome.failed for outcome in self.outcomes)

    @property
    def overall(self) -> dict[str, Estimate]:
        """The figures over all languages by metric, those that exist."""
        return {m: e for groups in self.suites.values() for m, e in groups[ALL].items() if e is not None}

    def as_json(self) -> dict[str, Any]:
        """Everything, for results.json."""
        suites = {
            suite: {
                group: {name: None if e is None else asdict(e) for name, e in figures.items()}
                for group, figures in groups.items()
            }
            for suite, groups in self.suites.items()
        }
        return {
            "cases": self.file.name,
            "digest": self.digest,
            "failed": self.failed,
            "suites": suites,
            "outcomes": [asdict(outcome) for outcome in self.outcomes],
        }


def read_file(path: Path) -> tuple[Case, ...]:
    """The cases of a file, one JSON object a line; empty lines are passed over.

    Raises:
        BadCases: it is missing, a line is no case, two cases have one id, or there is none.
    """
    try:
        lines = path.read_text("utf-8").split("\n")
    except OSError as error:
        raise BadCases(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadCases(f"{path}: not UTF-8") from error
    cases: dict[str, Case] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = Case.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            where = "".join(f"{part}: " for part in first["loc"])
            raise BadCases(f"{path}: line {number}: {where}{first['msg']}") from error
        if case.id in cases:
            raise BadCases(f"{path}: line {number}: the id {case.id!r} is there already")
        cases[case.id] = case
    if not cases:
        raise BadCases(f"{path}: holds no cases")
    return tuple(cases.values())


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
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return Results(file, f"sha256:{digest}", tuple(outcomes), {suite: _figures(suite, outcomes) for suite in suites})


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


class Floors(BaseModel):
    """What a file of cases must at least give, by metric; the digest says which cases the floors were set on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    digest: str
    floors: Mapping[str, float]


def read_floors(results: Results, baseline: Path) -> Floors | None:
    """The floors for the cases of these results; None for files outside evals/cases, and where none were set.

    Raises:
        BadCases: the file of floors is damaged.
    """
    if results.file.resolve().parent != CASES.resolve():
        return None
    return _baseline(baseline).get(results.file.name)


def _baseline(path: Path) -> dict[str, Floors]:
    try:
        held = json.loads(path.read_text("utf-8"))
        return {name: Floors.model_validate(floors) for name, floors in held.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:  # ValidationError is a ValueError
        raise BadCases(f"{path}: no floors can be read from it: {error}") from error


def below(results: Results, floors: Floors | None) -> tuple[str, ...]:
    """Why the gate is shut, a line each; nothing when it is open."""
    reasons = [f"{results.failed} replies say that the bot failed"] if results.failed else []
    if floors is None:
        return tuple(reasons)
    if floors.digest != results.digest:
        reasons.append(f"{results.file.name} has changed since its floors were set; run: python -m evals run --update")
    measured = results.overall
    for metric in (metric for suite in results.suites for metric in METRICS[suite]):
        if metric not in floors.floors:
            continue
        if metric not in measured:
            reasons.append(f"{metric} could not be measured, its floor is {floors.floors[metric]:.2f}")
        elif measured[metric].value < floors.floors[metric]:
            reasons.append(f"{metric} is {measured[metric].value:.3f}, its floor is {floors.floors[metric]:.2f}")
    return tuple(reasons)


def update(results: Results, baseline: Path, *, force: bool = False) -> Floors:
    """Set the floors to a little below what was measured; one that is higher stays, unless forced.

    Raises:
        BadCases: the cases do not lie in evals/cases, or the file of floors is damaged.
    """
    if results.file.resolve().parent != CASES.resolve():
        raise BadCases(f"{results.file}: floors are kept for the files in evals/cases only")
    held = _baseline(baseline)
    old = held[results.file.name].floors if results.file.name in held else {}
    new = {metric: _floor(estimate.value) for metric, estimate in results.overall.items()}
    if not force:
        new = {metric: max(value, old.get(metric, 0.0)) for metric, value in new.items()}
    floors = Floors(digest=results.digest, floors={**old, **new})
    held[results.file.name] = floors
    written = {name: f.model_dump() for name, f in sorted(held.items())}
    baseline.write_text(json.dumps(written, indent=1) + "\n", "utf-8")
    return floors


def _floor(measured: float) -> float:
    return max(0.0, math.floor((measured - _MARGIN) * 100) / 100)
