"""From chosen sentences, or from none, to a reply."""

from collections.abc import Sequence
from dataclasses import replace

from bot.answer.evidence import calibration, probability
from bot.answer.extractive import Quote, select
from bot.answer.topics import nearest
from bot.cite import cite_place
from bot.turn import Citation, CitedSentence, Kind, Reason, Reply, Turn
from bot.wording import wording_for
from corpus.document import Lang
from index.terms import terms

# Beside an answer two suggestions are enough; a refusal offers more.
_FOLLOW_UPS = 2


def answer(turn: Turn) -> Turn:
    """The stage: an answer from the hits of a turn, or why there is none and what is near."""
    topics = nearest(turn.documents, turn.hits, turn.lang)
    if not terms(turn.question.text, turn.lang):
        # "And why?" has no word to search for; vectors alone would find something all the same.
        return replace(turn, reply=refusal(turn, Reason.NO_EVIDENCE, topics, code="unclear"))
    confidence = probability(turn.hits, turn.query.lang if turn.query else turn.lang)
    quotes = select(turn.hits) if confidence >= calibration().answer else ()
    if quotes:
        reply = _answered(turn, quotes, confidence)
    else:
        near = confidence >= calibration().near
        reply = refusal(turn, Reason.NO_EVIDENCE if near else Reason.OFF_TOPIC, topics, confidence=confidence)
    return replace(turn, confidence=confidence, reply=reply)


def _answered(turn: Turn, quotes: Sequence[Quote], confidence: float) -> Reply:
    """The quotations, each with its citation, framed by as few words as are needed to read them rightly."""
    citations = tuple(
        cite_place(number, turn.documents, quote.passage.source.document, quote.sentence)
        for number, quote in enumerate(quotes, 1)
    )
    shown = frozenset(quote.passage.source.section for quote in quotes)
    return Reply(
        kind=Kind.ANSWER,
        lang=turn.lang,
        text=_framed(quotes, citations, turn.lang),
        triage=turn.triage,
        sentences=tuple(CitedSentence(c.quote, (c.n,)) for c in citations),
        citations=citations,
        confidence=confidence,
        follow_ups=nearest(turn.documents, turn.hits, turn.lang, without=shown)[:_FOLLOW_UPS],
    )


def _framed(quotes: Sequence[Quote], citations: Sequence[Citation], lang: Lang) -> str:
    words = wording_for(lang).answer
    paragraphs: list[str] = []
    kinds = [quote.passage.source.kind for quote in quotes]
    if kinds[0] == "article" and any(quote.passage.source.lang != lang for quote in quotes):
        paragraphs.append(words.original)
    for number, (quote, citation) in enumerate(zip(quotes, citations, strict=True)):
        sentence = f"{citation.quote} [{citation.n}]"
        if quote.passage.source.kind == "digest" and "digest" not in kinds[:number]:
            paragraphs += [words.sources if number else words.only_sources, sentence]
        elif number and quote.passage.source.document == quotes[number - 1].passage.source.document:
            paragraphs[-1] += f" {sentence}"
        else:
            paragraphs.append(sentence)
    return "\n\n".join(paragraphs)


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
