"""From documents to passages that follow their structure.

A passage never crosses a heading or a product box, never cuts a sentence, and never mixes advertising with the rest.
An FAQ pair is one passage, question included.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from corpus.document import Document, Paragraph, Section, Sentence
from index.passage import Passage, Source


@dataclass(frozen=True, slots=True)
class Chunking:
    """How long passages are, in characters; part of the manifest.

    Paragraphs are joined up to `target`; one that is longer than `longest` is cut between sentences.
    """

    # The article's paragraphs have 250 to 500 characters and one topic each, so that most stay alone; the facts of a
    # digest have about 120 and are joined.
    target: int = 480
    # Meant to keep a passage with its headings below the 450 tokens up to which the 4-bit engine reads it in one piece;
    # a test counts those of the corpus.
    longest: int = 1300


def passages(documents: Iterable[Document], chunking: Chunking) -> tuple[Passage, ...]:
    """All passages of the documents, in order."""
    return tuple(
        passage
        for document in documents
        for section in document.sections
        for passage in _of_section(document, section, chunking)
    )


def _of_section(document: Document, section: Section, chunking: Chunking) -> Iterator[Passage]:
    if section.kind == "faq":
        start = section.heading.start if section.heading else section.sentences[0].start
        yield _passage(document, section, section.sentences, start)
        return
    run: list[Sentence] = []
    before: Paragraph | None = None
    for paragraph in section.paragraphs:
        if before is not None and not _joins(document, run, before, paragraph, chunking):
            yield _passage(document, section, run, advertising=before.advertising)
            run = []
        for sentence in paragraph.sentences:
            if run and sentence.end - run[0].start > chunking.longest:
                yield _passage(document, section, run, advertising=paragraph.advertising)
                run = []
            run.append(sentence)
        before = paragraph
    if before is not None:
        yield _passage(document, section, run, advertising=before.advertising)


def _joins(document: Document, run: list[Sentence], last: Paragraph, new: Paragraph, chunking: Chunking) -> bool:
    between = document.text[last.end : new.start]
    fits = new.end - run[0].start <= chunking.target
    return fits and not between.strip() and last.advertising == new.advertising


def _passage(
    document: Document,
    section: Section,
    sentences: Iterable[Sentence],
    start: int | None = None,
    *,
    advertising: bool = False,
) -> Passage:
    held = tuple(sentences)
    first = held[0].start if start is None else start
    text = document.text[first : held[-1].end]
    source = Source(
        document=document.id,
        version=document.version,
        kind=document.kind,
        lang=document.lang,
        title=document.title,
        publisher=document.publisher,
        section=section.path,
        section_kind=section.kind,
        role=section.role,
        url=document.url,
    )
    name = hashlib.sha256(f"{document.id}\n{first}\n{text}".encode()).hexdigest()[:24]
    return Passage(name, source, first, held[-1].end, text, held, advertising)


def fingerprint(chunking: Chunking) -> str:
    """What a manifest records of the chunking."""
    return ", ".join(f"{name}={value}" for name, value in sorted(asdict(chunking).items()))
