"""The last stage: nothing is shown that neither the corpus nor a template vouches for, or that may not be quoted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.cite import check
from bot.errors import Unverified
from bot.quotable import quotable
from bot.turn import Kind, Reply, Turn
from bot.wording.frames import frames
from corpus.document import Document

# The numbers behind a sentence.
_MARKERS = re.compile(r"(?: \[\d+\])+")


@dataclass(frozen=True, slots=True)
class Verifier:
    """Proves a turn's reply against the documents it quotes from and the fixed lines of the wording."""

    templates: frozenset[str]
    """Every line that may stand in a reply without a citation, besides those that name something of the documents."""

    def __call__(self, turn: Turn) -> Turn:
        """The turn unchanged, if its reply holds.

        Raises:
            UnknownCitation: a citation points at something else than it quotes.
            Unverified: there is no reply, part of its text has no source, or its source may not be repeated.
        """
        reply = turn.reply
        if reply is None:
            raise Unverified("no stage has written a reply")
        for citation in reply.citations:
            check(citation, turn.documents)
            if not quotable(turn.documents[citation.document], citation.quote, citation.section):
                raise Unverified(f"[{citation.n}] quotes what may not be repeated")
        _check_sentences(reply)
        allowed = self.templates | _topics(turn.documents) | frames(turn.documents)
        lines = framing(reply)
        # A referral is made of templates and numbers only, in bot/referral.py; it is proved by its own tests.
        if reply.kind is not Kind.REFERRAL and not allowed.issuperset(lines):
            raise Unverified("a line of the reply is no template")
        if not allowed.issuperset(reply.follow_ups):
            raise Unverified("a suggestion is no topic of the documents")
        return turn


def _check_sentences(reply: Reply) -> None:
    quotes = {citation.n: citation.quote for citation in reply.citations}
    for sentence in reply.sentences:
        if not sentence.citations:
            raise Unverified("a sentence has no citation")
        if any(quotes.get(number) != sentence.text for number in sentence.citations):
            raise Unverified(f"a sentence is not what {list(sentence.citations)} quote")
    if reply.kind is Kind.ANSWER and not reply.sentences:
        raise Unverified("an answer without sentences")


def _topics(documents: Mapping[str, Document]) -> frozenset[str]:
    return frozenset(q for document in documents.values() for s in document.sections for _, q in s.questions)


def framing(reply: Reply) -> tuple[str, ...]:
    """The lines of a reply's text that are no quotation, without bullets; quotations are cut out in their order.

    Raises:
        Unverified: a sentence of the reply does not stand in its text.
    """
    rest, lines = reply.text, []
    for sentence in reply.sentences:
        before, found, after = rest.partition(sentence.text)
        markers = _MARKERS.match(after)
        if not found or markers is None:
            raise Unverified("a sentence or its numbers are missing in the text")
        lines += before.split("\n")
        rest = after[markers.end() :]
    lines += rest.split("\n")
    stripped = (line.strip().removeprefix("–").strip() for line in lines)
    return tuple(line for line in stripped if line)
