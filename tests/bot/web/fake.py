"""A service with small real documents and canned replies, faithful to the contract."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.errors import BadQuestion
from bot.turn import (
    Citation,
    CitedSentence,
    Contact,
    Kind,
    Level,
    Question,
    Reason,
    Reply,
    Triage,
    Turn,
    Watch,
)
from corpus.document import (
    Document,
    Paragraph,
    Promotion,
    Provenance,
    Reference,
    Reviewer,
    Section,
    SectionKind,
    Slice,
)
from index.passage import Hit, Passage, Scores, Source

ARTICLE_TEXT = """Viele Läufer leiden nach dem Training an Rückenschmerzen im unteren Rücken.

ursachen von rückenschmerzen

Rückenschmerzen können viele Ursachen haben. Zu den biomechanischen Faktoren gehört ein Hohlkreuz.

SPAR OP TIL 25%
Lendengurt

Stützgürtel stabilisiert und entlastet den unteren Rücken.

50.15 €

Ein weiterer Grund ist die falsche Lauftechnik. <b>Fett</b> & „Zitat“ sind nur Text.

sofortmaßnahmen bei akuten rückenschmerzen

Sanfte Dehnübungen, wie die Katze-Kuh-Bewegung oder die Kindhaltung, helfen, Verspannungen zu lösen und \
die Beweglichkeit zu verbessern. Wärme entspannt.

Ein Spaziergang hält in Bewegung.

langfristige lösungen

Anodyne-Produkte fördern eine gesunde Körperhaltung.

häufige fragen

welche übungen helfen?

Übungen wie Planks und Seitstütz können helfen, Rückenschmerzen zu lindern.

1. Nike. Rückenschmerzen nach dem Laufen.
2. Balance7. Rückenschmerzen beim Joggen.
"""

DIGEST_TEXT = """Übungen

Nike rät, Kraft und Beweglichkeit aufzubauen sowie Tempo und Laufumfang nur stufenweise zu erhöhen. \
Ein gut passendes Paar Laufschuhe zählt Nike zu den Bausteinen der Vorbeugung.
"""

_SENTENCE = re.compile(r"[^\s.][^.]*\.")


def place(text: str, words: str) -> Slice:
    start = text.index(words)
    return Slice(start, start + len(words), words)


def paragraph(text: str, words: str, *, advertising: bool = False) -> Paragraph:
    whole = place(text, words)
    sentences = tuple(
        Slice(whole.start + m.start(), whole.start + m.end(), m.group()) for m in _SENTENCE.finditer(words)
    )
    return Paragraph(sentences, advertising)


def section(text: str, path: tuple[str, ...], heading: str | None, *words: str, kind: SectionKind = "body") -> Section:
    found = place(text, heading) if heading else None
    paragraphs = tuple(paragraph(text, w, advertising=w.startswith("Anodyne")) for w in words)
    return Section(kind, path, found, paragraphs)


def article() -> Document:
    t = ARTICLE_TEXT
    lines = t.split("\n\n")
    return Document(
        id="laufen",
        kind="article",
        lang="de",
        title="Laufen ohne Schmerzen: Tipps gegen Rückenschmerzen im unteren Rücken",
        publisher="Anodyne",
        text=t,
        sections=(
            section(t, (), None, lines[0], kind="lead"),
            section(t, ("Ursachen von Rückenschmerzen",), lines[1], lines[2], lines[6]),
            section(t, ("Sofortmaßnahmen bei akuten Rückenschmerzen",), lines[7], lines[8], lines[9]),
            section(t, ("Langfristige Lösungen",), lines[10], lines[11]),
            section(t, ("Häufige Fragen", "Welche Übungen helfen?"), lines[13], lines[14], kind="faq"),
        ),
        references=(
            Reference(1, "Nike", "Rückenschmerzen nach dem Laufen", place(t, "Nike. Rück"), "nike"),
            Reference(2, "Balance7", "Rückenschmerzen beim Joggen", place(t, "Balance7. Rück")),
        ),
        promotions=(Promotion("Lendengurt", lines[4], Decimal("50.15"), "€", place(t, "\n\n".join(lines[3:6]))),),
        byline="Von Anodyne Team",
        published="2025-12-16",
        reviewer=Reviewer("Christian Vagn Uhre", "Physiotherapeut", "Er hat diesen Artikel durchgesehen."),
    )


def digest() -> Document:
    t = DIGEST_TEXT
    return Document(
        id="nike",
        kind="digest",
        lang="de",
        title="Rückenschmerzen nach dem Laufen: Wie es dazu kommt",
        publisher="Nike",
        text=t,
        sections=(section(t, ("Übungen",), "Übungen", t.split("\n\n")[1].strip(), kind="facts"),),
        published="2025-01",
        url="https://example.org/ruckenschmerzen?a=1&b=2",
        provenance=Provenance("exact", "Rückenschmerzen nach dem Laufen.", "Hersteller von Laufschuhen."),
    )


def cite(n: int, document: Document, quote: str) -> Citation:
    found = place(document.text, quote)
    holder = next(s for s in document.sections if any(p.start <= found.start < p.end for p in s.paragraphs))
    return Citation(
        n=n,
        document=document.id,
        version=document.version,
        title=document.title,
        publisher=document.publisher,
        section=holder.path,
        quote=quote,
        start=found.start,
        end=found.end,
        url=document.url,
        read=f"/read/{document.id}?start={found.start}&end={found.end}",
    )


QUOTE = (
    "Sanfte Dehnübungen, wie die Katze-Kuh-Bewegung oder die Kindhaltung, helfen, Verspannungen zu lösen und "
    "die Beweglichkeit zu verbessern."
)
_QUOTES = (
    QUOTE,
    "Übungen wie Planks und Seitstütz können helfen, Rückenschmerzen zu lindern.",
    "Nike rät, Kraft und Beweglichkeit aufzubauen sowie Tempo und Laufumfang nur stufenweise zu erhöhen.",
)


def answer(*, lang: str = "de") -> Reply:
    first, second, third = _QUOTES
    return Reply(
        kind=Kind.ANSWER,
        lang=lang,
        text=f"Dazu steht im Artikel:\n\n{first} [1] {second} [2]\n\nUnd in einer Quelle: {third} [3]\n\n"
        "Wird es nicht besser, lassen Sie es abklären.",
        sentences=tuple(CitedSentence(q, (n,)) for n, q in enumerate(_QUOTES, start=1)),
        citations=(cite(1, article(), first), cite(2, article(), second), cite(3, digest(), third)),
        confidence=0.87,
        follow_ups=("Wie wärme ich mich vor dem Laufen auf?", "Welche Schuhe entlasten den Rücken?"),
        timings_ms={"triage": 0.4, "total": 16.1},
    )


def referral() -> Reply:
    return Reply(
        kind=Kind.REFERRAL,
        lang="de",
        text="Das kann ein Notfall sein. Rufen Sie jetzt den Notruf 112 an oder lassen Sie sich in eine Notaufnahme "
        "bringen.\n\nGehen Sie nicht laufen und warten Sie nicht ab.\n\nNotruf: 112\nÄrztlicher Bereitschaftsdienst: "
        "116 117",
        triage=Triage(Level.EMERGENCY, ("cauda_equina",), ("taub zwischen den Beinen",)),
        contact=(Contact("Notruf", "112", "DE"), Contact("Ärztlicher Bereitschaftsdienst", "116 117", "DE")),
    )


def refusal() -> Reply:
    return Reply(
        kind=Kind.REFUSAL,
        lang="de",
        text="Dazu steht nichts in unserem Artikel.",
        reason=Reason.OFF_TOPIC,
        follow_ups=("Welche Übungen helfen?", "Wann sollte ich zum Arzt?"),
    )


def smalltalk() -> Reply:
    return Reply(kind=Kind.SMALLTALK, lang="de", text="Guten Tag! Fragen Sie mich etwas zum Laufen.")


def hits() -> tuple[Hit, ...]:
    """The passage that `QUOTE` stands in."""
    document = article()
    held = next(s for s in document.sections if s.path == ("Sofortmaßnahmen bei akuten Rückenschmerzen",))
    first = held.paragraphs[0]
    source = Source(
        document=document.id,
        version=document.version,
        kind=document.kind,
        lang=document.lang,
        title=document.title,
        publisher=document.publisher,
        section=held.path,
        section_kind=held.kind,
    )
    text = document.text[first.start : first.end]
    passage = Passage("p1", source, first.start, first.end, text, first.sentences)
    scores = Scores(0.8, 0.8, 0.8, 1.0, 0.5, 0.5, 0.1, 0.0, 0.1, 3, 0.0, 1.0)
    return (Hit(passage, 0.9, scores, ()),)


@dataclass
class FakeService:
    """Chooses a canned reply by a word of the question; `asked` holds what it was asked."""

    documents: Mapping[str, Document] = field(default_factory=lambda: {d.id: d for d in (article(), digest())})
    remedy: str | None = None
    seconds: float = 0.0
    asked: list[Question] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)

    def reply(self, question: Question, watch: Watch | None = None) -> Reply:
        self.asked.append(question)
        text = question.text.casefold()
        if not text.strip():
            message = "Bitte stellen Sie eine Frage."
            raise BadQuestion(message)
        if "absturz" in text:
            message = f"secret words of the visitor: {question.text}"
            raise RuntimeError(message)
        canned = (("taub", referral()), ("mallorca", refusal()), ("hallo", smalltalk()))
        reply = next((reply for word, reply in canned if word in text), answer())
        if watch is not None:
            watch("triage", Turn(question=question, lang="de", triage=reply.triage))
        time.sleep(self.seconds)
        return reply

    def search(self, text: str, count: int) -> tuple[Hit, ...]:
        self.searched.append(text)
        return hits()[:count]

    def ready(self) -> str | None:
        return self.remedy

    def examples(self, lang: str) -> tuple[str, ...]:
        if lang == "en":
            return ("Which exercises help?", "When should I see a doctor?")
        return (
            "Welche Übungen helfen bei Rückenschmerzen nach dem Laufen?",
            "Woher kommen die Schmerzen?",
            "Wann sollte ich zum Arzt?",
            "Darf ich mit Rückenschmerzen weiterlaufen?",
        )
