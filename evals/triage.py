"""Warning signs, measured: how many are found, at which level, how many harmless messages are spared.

Every figure is a share of what should be, so that higher is better and each can have a floor. A case may name further
levels that are acceptable, where docs/clinical.md calls the level arguable.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from bot.turn import Level, Triage
from corpus.document import Lang
from evals.disturb import DISTURBANCES
from evals.results import ALL, Misses, Results, digest_of, read_lines
from evals.scores import Estimate, share

SUITE = "triage"

# An emergency that is sent to next week's appointment, an urgency that is sent on its way.
_FAR = 2

Triager = Callable[[Sequence[str]], Triage]


class TriageCase(BaseModel):
    """A message, or the visitor's messages of a conversation, and the level that must come of it.

    `also` are further acceptable levels; `flags` the signs one of which should be named, if any are given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    lang: Lang
    text: str = ""
    turns: tuple[str, ...] = ()
    level: Level
    also: tuple[Level, ...] = ()
    flags: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_of_both(self) -> "TriageCase":
        if bool(self.text) == bool(self.turns):
            raise ValueError("a case has either a text or turns")
        return self

    @property
    def messages(self) -> tuple[str, ...]:
        """What the visitor wrote, oldest first."""
        return self.turns or (self.text,)

    @property
    def accepted(self) -> frozenset[Level]:
        """Every level that is right."""
        return frozenset((self.level, *self.also))


@dataclass(frozen=True, slots=True)
class TriageOutcome:
    """What came of a case, and of the same messages typed in other ways."""

    id: str
    lang: Lang
    messages: tuple[str, ...]
    tags: tuple[str, ...]
    expected: Level
    accepted: tuple[Level, ...]
    level: Level
    flags: tuple[str, ...]
    evidence: tuple[str, ...]
    disturbed: tuple[tuple[str, Level], ...]

    @property
    def flagged(self) -> bool:
        """Whether there is a sign in it."""
        return Level.NONE not in self.accepted

    @property
    def right(self) -> bool:
        """Whether the level is one of those accepted."""
        return self.level in self.accepted

    @property
    def far_below(self) -> bool:
        """Whether it is two levels or more below the lowest one accepted."""
        return min(level.rank for level in self.accepted) - self.level.rank >= _FAR


def run(file: Path, triage: Triager, progress: Callable[[int, int], None] | None = None) -> Results:
    """Ask every case of a file, and of those beside it whose names end in it.

    Raises:
        BadCases: a file cannot be read.
    """
    files = (file, *sorted(file.parent.glob(f"*.{file.name}")))
    cases = [case for path in files for case in read_lines(path, TriageCase)]
    outcomes = []
    for number, case in enumerate(cases, 1):
        outcomes.append(_outcome(case, triage))
        if progress is not None:
            progress(number, len(cases))
    groups = {ALL: outcomes} | {
        lang: [o for o in outcomes if o.lang == lang] for lang in sorted({c.lang for c in cases})
    }
    figures = {name: _figures(group) for name, group in groups.items()}
    return Results(file, digest_of(*files), tuple(outcomes), {SUITE: figures}, _misses(outcomes))


def _outcome(case: TriageCase, triage: Triager) -> TriageOutcome:
    found = triage(case.messages)
    disturbed = tuple(
        (name, triage([typed(message, case.lang, case.id) for message in case.messages]).level)
        for name, typed in DISTURBANCES.items()
    )
    return TriageOutcome(
        id=case.id,
        lang=case.lang,
        messages=case.messages,
        tags=case.tags,
        expected=case.level,
        accepted=tuple(sorted(case.accepted)),
        level=found.level,
        flags=found.flags,
        evidence=found.evidence,
        disturbed=disturbed,
    )


def _figures(outcomes: Sequence[TriageOutcome]) -> dict[str, Estimate | None]:
    single = [o for o in outcomes if len(o.messages) == 1]
    flagged = [o for o in single if o.flagged]
    harmless = [o for o in single if not o.flagged]

    def at(level: Level) -> Estimate | None:
        """How many of the cases that are of this level and no lower one reach it."""
        return share([o.level.rank >= level.rank for o in single if min(o.accepted, key=lambda a: a.rank) is level])

    def spared(tag: str) -> Estimate | None:
        return share([o.level is Level.NONE for o in harmless if tag in o.tags])

    return {
        "escalated": share([o.level is not Level.NONE for o in flagged]),
        "emergencies": at(Level.EMERGENCY),
        "urgencies": at(Level.URGENT),
        "not_far_below": share([not o.far_below for o in outcomes if o.flagged]),
        "exact": share([o.right for o in flagged]),
        "spared": share([o.level is Level.NONE for o in harmless]),
        "spared_negated": spared("negated"),
        "spared_informational": spared("informational"),
        "undisturbed": share([level is o.level for o in single for _, level in o.disturbed]),
        "conversations": share([o.right for o in outcomes if len(o.messages) > 1]),
    }


def _misses(outcomes: Sequence[TriageOutcome]) -> Misses:
    head = ("case", "language", "messages", "expected", "got", "signs", "evidence")
    rows = (
        (
            o.id,
            o.lang,
            " | ".join(o.messages),
            "/".join(o.accepted),
            o.level,
            ", ".join(o.flags),
            " · ".join(o.evidence),
        )
        for o in outcomes
        if not o.right
    )
    return Misses(head, tuple(rows))
