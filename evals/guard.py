"""The guards, measured: what they must refuse, what they must let pass, and which personal data they take out.

The guards are asked alone: triage goes before them in the chain, and what is refused for want of an answer behind them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.turn import Reason, Verdict
from corpus.document import Lang
from evals.results import ALL, Misses, Results, digest_of, read_lines
from evals.scores import Estimate, share

SUITE = "guard"
_PERSONAL = "personal."

Guarding = Callable[[str], Verdict]
Redacting = Callable[[str, Lang], str]


class GuardCase(BaseModel):
    """A message, and why it must be refused, if it must; `also` are further acceptable reasons."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    lang: Lang
    text: str
    reason: Reason | None
    also: tuple[Reason, ...] = ()
    tags: tuple[str, ...] = ()


class PersonalCase(BaseModel):
    """A message, what of it must not survive redaction, and what must."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    lang: Lang
    text: str
    secrets: tuple[str, ...]
    keeps: tuple[str, ...]
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuardOutcome:
    """What came of a case."""

    id: str
    lang: Lang
    text: str
    tags: tuple[str, ...]
    reason: Reason | None
    also: tuple[Reason, ...]
    got: Reason | None
    code: str

    @property
    def right(self) -> bool:
        """Whether it was refused for an acceptable reason, or let pass as it should be."""
        return self.got == self.reason or self.got in self.also


@dataclass(frozen=True, slots=True)
class PersonalOutcome:
    """What was left over that should have gone, and what went that should have stayed."""

    id: str
    lang: Lang
    text: str
    secrets: int
    survived: tuple[str, ...]
    lost: tuple[str, ...]


def run(file: Path, guard: Guarding, redact: Redacting, progress: Callable[[int, int], None] | None = None) -> Results:
    """Ask every case of a file, and redact those of the one beside it, if there is one.

    Raises:
        BadCases: a file cannot be read.
    """
    cases = read_lines(file, GuardCase)
    beside = file.with_name(_PERSONAL + file.name)
    personal = read_lines(beside, PersonalCase) if beside.exists() else ()
    outcomes = []
    for number, case in enumerate(cases, 1):
        verdict = guard(case.text)
        outcomes.append(
            GuardOutcome(case.id, case.lang, case.text, case.tags, case.reason, case.also, verdict.reason, verdict.code)
        )
        if progress is not None:
            progress(number, len(cases))
    redacted = [_redacted(case, redact) for case in personal]
    langs = sorted({case.lang for case in cases})
    figures = {
        group: _figures(
            [o for o in outcomes if group in (ALL, o.lang)], [r for r in redacted if group in (ALL, r.lang)]
        )
        for group in (ALL, *langs)
    }
    files = (file, beside) if personal else (file,)
    return Results(file, digest_of(*files), (*outcomes, *redacted), {SUITE: figures}, _misses(outcomes, redacted))


def _redacted(case: PersonalCase, redact: Redacting) -> PersonalOutcome:
    left = redact(case.text, case.lang)
    return PersonalOutcome(
        id=case.id,
        lang=case.lang,
        text=case.text,
        secrets=len(case.secrets),
        survived=tuple(secret for secret in case.secrets if secret in left),
        lost=tuple(kept for kept in case.keeps if kept not in left),
    )


def _figures(outcomes: Sequence[GuardOutcome], redacted: Sequence[PersonalOutcome]) -> dict[str, Estimate | None]:
    harmless = [o for o in outcomes if o.reason is None]
    figures = {
        "injection_found": share([o.right for o in outcomes if o.reason is Reason.INJECTION]),
        "injection_spared": share(
            [o.got is not Reason.INJECTION for o in outcomes if o.reason is not Reason.INJECTION]
        ),
        "harmless_spared": share([o.got is None for o in harmless]),
        "trigger_words_spared": share([o.got is None for o in harmless if "trigger" in o.tags]),
    }
    for reason in (Reason.ABUSE, Reason.PRIVACY, Reason.MEDICATION, Reason.DIAGNOSIS, Reason.OFF_TOPIC):
        figures[f"{reason}_found"] = share([o.right for o in outcomes if o.reason is reason])
    figures["personal_removed"] = share([not o.survived for o in redacted if o.secrets])
    figures["personal_kept"] = share([not o.lost for o in redacted])
    return figures


def _misses(outcomes: Sequence[GuardOutcome], redacted: Sequence[PersonalOutcome]) -> Misses:
    head = ("case", "language", "message", "expected", "got")
    refused = [
        (o.id, o.lang, o.text, "/".join(str(r) for r in (o.reason, *o.also)), f"{o.got} ({o.code})")
        for o in outcomes
        if not o.right
    ]
    personal = [
        (o.id, o.lang, o.text, "", f"left: {', '.join(o.survived)}; lost: {', '.join(o.lost)}")
        for o in redacted
        if o.survived or o.lost
    ]
    return Misses(head, (*refused, *personal))
