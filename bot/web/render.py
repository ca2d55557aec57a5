"""A reply as an HTML fragment for the chat page: sentences with their numbers, sources, numbers to call."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jinja2 import Environment

from bot.turn import Citation, CitedSentence, Contact, Kind, Level, Reply, Triage
from bot.web.around import Around, around
from bot.web.service import ChatService
from bot.web.texts import ReplyTexts, load_texts

# What stands behind a sentence: " [1]", " [1][2]", " [1, 2]".
_MARKERS: Final = re.compile(r"(?:[^\S\n]?\[\d{1,3}(?:,[^\S\n]?\d{1,3})*\])+")


@dataclass(frozen=True, slots=True)
class Framing:
    """Text of ours around the sentences."""

    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence with its citations; `markers` is what the reply's text shows behind it."""

    sentence: str
    citations: tuple[int, ...]
    markers: str

    @property
    def text(self) -> str:
        """The piece of the reply's text."""
        return self.sentence + self.markers


_UNRATED: Final = {Kind.SMALLTALK, Kind.HANDOFF}

Segment = Framing | Cited


def segments(reply: Reply) -> tuple[Segment, ...]:
    """The reply's text in pieces, in order; joined, the pieces give the text back.

    A sentence that does not stand in the text is left out: the text is what the visitor was promised.
    """
    found: list[Segment] = []
    cursor = 0
    for sentence in reply.sentences:
        place = _find(reply.text, sentence, cursor)
        if place is None:
            continue
        start, end, markers_end = place
        if start > cursor:
            found.append(Framing(reply.text[cursor:start]))
        found.append(Cited(sentence.text, sentence.citations, reply.text[end:markers_end]))
        cursor = markers_end
    if cursor < len(reply.text):
        found.append(Framing(reply.text[cursor:]))
    return tuple(found)


def _find(text: str, sentence: CitedSentence, cursor: int) -> tuple[int, int, int] | None:
    """Start, end and end of the markers; an occurrence with the right numbers behind it is preferred."""
    first: tuple[int, int, int] | None = None
    start = text.find(sentence.text, cursor) if sentence.text else -1
    while start >= 0:
        end = start + len(sentence.text)
        markers = _MARKERS.match(text, end)
        shown = tuple(int(n) for n in re.findall(r"\d+", markers.group())) if markers else ()
        place = (start, end, markers.end() if markers and shown == sentence.citations else end)
        if shown == sentence.citations:
            return place
        first = first or place
        start = text.find(sentence.text, start + 1)
    return first


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a line as it is shown: text, and the numbers behind it."""

    text: str
    citations: tuple[int, ...] = ()
    quoted: bool = False


Line = tuple[Piece, ...]


def paragraphs(reply: Reply) -> tuple[tuple[Line, ...], ...]:
    """The text as paragraphs of lines; lines that only repeat a number to call are left to the buttons."""
    lines: list[list[Piece]] = [[]]
    for segment in segments(reply):
        quoted = isinstance(segment, Cited)
        shown = segment.sentence if isinstance(segment, Cited) else segment.text
        first, *more = shown.split("\n")
        lines[-1].append(Piece(first, quoted=quoted))
        lines += [[Piece(line, quoted=quoted)] for line in more]
        if isinstance(segment, Cited):
            lines[-1][-1] = Piece(lines[-1][-1].text, segment.citations, quoted=True)
    kept = [tuple(p for p in line if p.text) for line in lines if not _repeats_contact(line, reply.contact)]
    return tuple(_grouped(kept))


def _repeats_contact(line: list[Piece], contacts: tuple[Contact, ...]) -> bool:
    text = "".join(piece.text for piece in line)
    return any(
        re.fullmatch(rf"[\s•*–-]*{re.escape(c.label)}\W*{re.escape(c.number)}\W*(?:{re.escape(c.country)}\W*)?", text)
        for c in contacts
    )


def _grouped(lines: list[Line]) -> Iterator[tuple[Line, ...]]:
    group: list[Line] = []
    for line in (*lines, ()):
        if any(piece.text.strip() for piece in line):
            group.append(line)
        elif group:
            yield tuple(group)
            group = []


def dialled(number: str) -> str:
    """A number as a `tel:` address wants it: 116 117 becomes 116117."""
    return re.sub(r"[^\d+*#]", "", number)


@dataclass(frozen=True, slots=True)
class Renderer:
    """Turns replies into HTML in one language of the page."""

    templates: Environment
    texts: ReplyTexts
    service: ChatService
    lang: str

    def __call__(self, reply: Reply, name: str = "") -> str:
        """The fragment; everything from the reply is escaped. With its name a reply can be judged."""
        around = [(citation, self._around(citation)) for citation in reply.citations]
        return self._fragment(reply, name, quotations=around, rated=bool(name) and reply.kind not in _UNRATED)

    def begun(self, triage: Triage, text: str, sentences: tuple[Cited, ...], citations: tuple[Citation, ...]) -> str:
        """What there is of a reply that is still coming in; the whole one begins in the same way."""
        kind = Kind.ANSWER if triage.level is Level.NONE else Kind.REFERRAL
        cited = tuple(CitedSentence(s.sentence, s.citations) for s in sentences)
        reply = Reply(kind=kind, lang=self.lang, text=text, triage=triage, sentences=cited, citations=citations)
        return self._fragment(reply, "", quotations=[], rated=False)

    def _fragment(
        self, reply: Reply, name: str, *, quotations: Sequence[tuple[Citation, Around | None]], rated: bool
    ) -> str:
        documents = self.service.documents
        known = {c.n: documents[c.document] for c in reply.citations if c.document in documents}
        return self.templates.get_template("reply.html").render(
            reply=reply,
            name=name,
            lang=reply.lang if reply.lang != self.lang else None,
            page_lang=self.lang,
            label=self.label(reply),
            alarm=reply.kind is Kind.REFERRAL and reply.triage.level.rank >= Level.URGENT.rank,
            paragraphs=paragraphs(reply),
            cited={c.n: c for c in reply.citations},
            langs={n: document.lang for n, document in known.items()},
            digests={n for n, document in known.items() if document.kind == "digest"},
            quotations=quotations,
            rated=rated,
            dialled=dialled,
            texts=self.texts,
            said=self._said(reply),
        )

    def _around(self, citation: Citation) -> Around | None:
        """What stands around a quotation, as long as the document is still the one that was quoted."""
        document = self.service.documents.get(citation.document)
        if document is None or document.version != citation.version:
            return None
        return around(document, citation.start, citation.end)

    def label(self, reply: Reply) -> str:
        """What kind of reply this is, in words; a referral says how soon."""
        texts = self._said(reply)
        if reply.kind is Kind.REFERRAL and reply.triage.level is not Level.NONE:
            return texts.levels[reply.triage.level]
        return texts.kinds[reply.kind]

    def _said(self, reply: Reply) -> ReplyTexts:
        """The words of the reply's own language: a referral is one thing, heading and numbers with it."""
        return self.texts if reply.lang == self.lang else load_texts(reply.lang).reply
