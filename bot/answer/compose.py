"""From chosen sentences, or from none, to a reply.

The article's sentences go first, then those of its sources, then what others say against them, and last whose
interests are at play. Between them stand as few words as are needed to read them rightly.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.answer.disagree import LONGEST, Opposition, disagreements, opposing
from bot.answer.draft import Draft
from bot.answer.evidence import calibration, probability
from bot.answer.extractive import Quote, select
from bot.answer.topics import nearest
from bot.followup import read
from bot.quotable import quotable
from bot.turn import Kind, Query, Reason, Reply, Turn
from bot.wording import Wording, frames, wording_for
from corpus.document import Disagreement, Document, Statement

# Beside an answer two suggestions are enough; a refusal offers more.
_FOLLOW_UPS = 2


def answer(turn: Turn) -> Turn:
    """The stage: an answer from the hits of a turn, or why there is none and what is near."""
    topics = nearest(turn.documents, turn.hits, turn.lang)
    asked = turn.query or Query(turn.question.text, turn.lang)
    if not read(asked.text, asked.lang).topic:
        # "And why?", "Is that bad?" name nothing to search for; vectors alone would find something all the same.
        return replace(turn, reply=refusal(turn, Reason.NO_EVIDENCE, topics, code="unclear"))
    confidence = probability(turn.hits, asked.lang)
    quotes = select(turn.hits, turn.documents) if confidence >= calibration().answer else ()
    if quotes:
        reply = _answered(turn, quotes, confidence)
    else:
        near = confidence >= calibration().near
        reply = refusal(turn, Reason.NO_EVIDENCE if near else Reason.OFF_TOPIC, topics, confidence=confidence)
    return replace(turn, confidence=confidence, reply=reply)


def _answered(turn: Turn, quotes: Sequence[Quote], confidence: float) -> Reply:
    """The quotations and what stands against them, each with its citation."""
    body, found = _fitted(quotes, opposing(quotes, turn.hits, disagreements(turn.documents), _quotable(turn.documents)))
    writer = _Writer(Draft(turn.documents), wording_for(turn.lang))
    writer.article([q for q in body if q.passage.source.kind == "article"], turn.lang)
    said = [Statement(q.passage.source.document, q.sentence) for q in body if q.passage.source.kind == "digest"]
    writer.sources(said)
    writer.oppositions(found)
    writer.interests([*said, *(side for opposition in found for side in opposition.shown)])
    shown = frozenset(quote.passage.source.section for quote in quotes)
    follow_ups = nearest(turn.documents, turn.hits, turn.lang, without=shown)[:_FOLLOW_UPS]
    return writer.draft.reply(turn, confidence, follow_ups)


def _quotable(documents: Mapping[str, Document]) -> Callable[[Disagreement], bool]:
    """Whether every sentence of a disagreement may be shown."""
    return lambda found: all(
        quotable(documents[side.document], sentence.text)
        for side in (found.first, found.second)
        for sentence in side.sentences
    )


def _fitted(quotes: Sequence[Quote], oppositions: Sequence[Opposition]) -> tuple[list[Quote], tuple[Opposition, ...]]:
    """What of both fits into one answer: the last quotations give way, unless something is said against them."""
    found = tuple(oppositions)
    while True:
        moved = {side.sentence for opposition in found for side in opposition.shown}
        body = [quote for quote in quotes if quote.sentence not in moved]
        fitting = body[: LONGEST - len(moved)]
        answered = {s for o in found if not o.both for s in o.disagreement.first.sentences}
        if not any(quote.sentence in answered for quote in body[len(fitting) :]):
            return fitting, found
        found = found[:-1]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the parts of an answer in the reader's language."""

    draft: Draft
    words: Wording

    def article(self, quotes: Sequence[Quote], lang: str) -> None:
        """What the article says, a paragraph for each document."""
        if any(quote.passage.source.lang != lang for quote in quotes):
            self.draft.add(self.words.answer.original)
        for document in dict.fromkeys(quote.passage.source.document for quote in quotes):
            said = [quote.sentence for quote in quotes if quote.passage.source.document == document]
            self.draft.add(" ".join(self.draft.quoted(document, sentence) for sentence in said))

    def sources(self, statements: Sequence[Statement]) -> None:
        """What sources say: those that the article cites apart from the others, since it does not vouch for these."""
        words = self.words.answer
        for cited in dict.fromkeys(self._is_cited(statement) for statement in statements):
            alone = not self.draft.paragraphs
            if cited:
                self.draft.add(words.only_sources if alone else words.sources)
            else:
                self.draft.add(words.only_further if alone else words.further)
            self.draft.add_lines([self._said(s) for s in statements if self._is_cited(s) is cited])

    def oppositions(self, found: Sequence[Opposition]) -> None:
        """What stands against what was said; what has the same heading goes below one."""
        headings = [frames.disagreement(self.words, o.disagreement, both=o.both) for o in found]
        for heading in dict.fromkeys(headings):
            self.draft.add(heading)
            below = [o for o, own in zip(found, headings, strict=True) if own == heading]
            self.draft.add_lines([self._said(side) for opposition in below for side in opposition.shown])

    def interests(self, statements: Sequence[Statement]) -> None:
        """Which of the publishers quoted sell what they speak of."""
        documents = (self.draft.documents[s.document] for s in statements if self._is_interested(s))
        notes = dict.fromkeys(frames.interest(self.words, document) for document in documents)
        if notes:
            self.draft.add("\n".join(notes))

    def _said(self, statement: Statement) -> str:
        """A statement, with the name of who says it before it where it does not contain it."""
        document = self.draft.documents[statement.document]
        quoted = self.draft.quoted(statement.document, statement.sentence)
        if document.kind == "article":
            return f"{self.words.disagree.article} {quoted}"
        return quoted if _names(statement.sentence.text, document) else f"{frames.speaker(document)} {quoted}"

    def _is_cited(self, statement: Statement) -> bool:
        provenance = self.draft.documents[statement.document].provenance
        return provenance is None or provenance.role == "cited"

    def _is_interested(self, statement: Statement) -> bool:
        provenance = self.draft.documents[statement.document].provenance
        return provenance is not None and statement.sentence in provenance.interested


def _names(text: str, document: Document) -> bool:
    """Whether a statement says whose it is."""
    return document.provenance is None or any(name in text for name in document.provenance.names)


def refusal(
    turn: Turn, reason: Reason, topics: Sequence[str] = (), *, confidence: float = 0.0, code: str = "ok"
) -> Reply:
    """A refusal in the turn's language; with topics it ends with them."""
    words = wording_for(turn.lang)
    text = words.refusal_for(reason, code)
    if topics:
        text += f"\n\n{words.refusal['topics']}\n" + "\n".join(f"– {topic}" for topic in topics)
    return Reply(
        kind=Kind.REFUSAL,
        lang=turn.lang,
        text=text,
        triage=turn.triage,
        reason=reason,
        confidence=confidence,
        follow_ups=tuple(topics),
    )
