"""The values that pass between the stages, and the `Reply` that every surface shows.

A stage takes a `Turn` and returns a new one. A turn with a reply passes through the remaining stages unchanged.
The fields of `Reply` and of what it contains are the contract of docs/design.md, section 7, name by name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from corpus.document import Document, Lang
from index.passage import Hit


class Level(StrEnum):
    """How soon a person must be seen, in ascending order."""

    NONE = "none"
    DOCTOR = "doctor"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """0 for none up to 3 for emergency."""
        return list(Level).index(self)


class Kind(StrEnum):
    """What a reply is."""

    ANSWER = "answer"
    REFERRAL = "referral"
    REFUSAL = "refusal"
    SMALLTALK = "smalltalk"
    HANDOFF = "handoff"


class Reason(StrEnum):
    """Why a question was refused."""

    NO_EVIDENCE = "no_evidence"
    OFF_TOPIC = "off_topic"
    DIAGNOSIS = "diagnosis"
    MEDICATION = "medication"
    INJECTION = "injection"
    ABUSE = "abuse"
    PRIVACY = "privacy"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Triage:
    """The highest level found in the conversation, the signs that led there, and the user's words for them."""

    level: Level = Level.NONE
    flags: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard found: `reason` is None when the question may be answered.

    `code` names the finding more closely than the public reason; it selects the wording and is counted.
    """

    reason: Reason | None = None
    code: str = "ok"


@dataclass(frozen=True, slots=True)
class Contact:
    """A number to call. `country` is ISO 3166-1 alpha-2, or `EU`."""

    label: str
    number: str
    country: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a sentence stands: `document.text[start:end] == quote` at that version."""

    n: int
    document: str
    version: str
    title: str
    publisher: str
    section: tuple[str, ...]
    quote: str
    start: int
    end: int
    url: str | None
    read: str


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence of the reply and the numbers of its citations."""

    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the visitor gets. `text` is complete: framing, sentences with `[n]` behind them, numbers to call."""

    kind: Kind
    lang: Lang
    text: str
    triage: Triage = field(default_factory=Triage)
    sentences: tuple[CitedSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    reason: Reason | None = None
    confidence: float = 0.0
    follow_ups: tuple[str, ...] = ()
    contact: tuple[Contact, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A visitor's message with what is known around it.

    `earlier` holds the visitor's earlier messages of the conversation, oldest first; `lang` and `country`
    are None where the visitor or the shop did not say.
    """

    text: str
    earlier: tuple[str, ...] = ()
    lang: Lang | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for, and in which language.

    `context` is the same with the words that the conversation was about, where that is another reading; `leans`: the
    question sounds as if it needed them.
    """

    text: str
    lang: Lang
    context: str | None = None
    leans: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One question on its way to a reply: every stage's value, and its time in milliseconds."""

    question: Question
    lang: Lang
    triage: Triage = field(default_factory=Triage)
    verdict: Verdict = field(default_factory=Verdict)
    query: Query | None = None
    hits: tuple[Hit, ...] = ()
    documents: Mapping[str, Document] = field(default_factory=dict, repr=False)
    """The documents that this turn quotes from, by id: one snapshot from retrieval to verification."""
    confidence: float = 0.0
    reply: Reply | None = None
    timings_ms: tuple[tuple[str, float], ...] = ()

    def timed(self, stage: str, milliseconds: float) -> "Turn":
        """The same turn with one more time noted."""
        return replace(self, timings_ms=(*self.timings_ms, (stage, milliseconds)))


Stage = Callable[[Turn], Turn]

Watch = Callable[[str, Turn], None]
"""Hears the name of a stage and the turn as that stage left it."""
