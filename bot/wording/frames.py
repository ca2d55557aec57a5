"""Lines of the wording that name something of the documents: a publisher, a title, a topic.

Whoever writes a reply makes such lines here, and whoever proves one asks here which of them there can be.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from bot.wording import Wording, wordings
from corpus.document import Disagreement, Document


def publisher(document: Document) -> str:
    """The publisher's name without what stands in brackets behind it."""
    return document.publisher.partition(" (")[0]


def speaker(document: Document) -> str:
    """What stands before a statement that does not say whose it is."""
    return f"{publisher(document)}:"


def summary(words: Wording, document: Document) -> str:
    """The line before an article's lead."""
    return words.about.summary.format(title=document.title)


def interest(words: Wording, document: Document) -> str:
    """What the publisher sells; an empty string where that is not known to bear on what it says."""
    found = document.provenance.interest if document.provenance is not None else None
    return words.interest[found].format(publisher=publisher(document)) if found is not None else ""


def disagreement(words: Wording, found: Disagreement, *, both: bool) -> str:
    """The line before the other side, or before both."""
    lines = words.disagree.both if both else words.disagree.other
    return lines[found.sense].format(topic=words.topics[found.topic])


def frames(documents: Mapping[str, Document]) -> frozenset[str]:
    """Every such line that a reply which quotes these documents may hold, in any language."""
    return _fixed() | frozenset(line for document in documents.values() for line in _of(document) if line)


def _of(document: Document) -> Iterator[str]:
    yield speaker(document)
    for words in wordings().values():
        yield summary(words, document)
        yield interest(words, document)
        yield from (disagreement(words, d, both=both) for d in document.disagreements for both in (True, False))


@cache
def _fixed() -> frozenset[str]:
    return frozenset(
        line
        for words in wordings().values()
        for line in (*words.about.model_dump().values(), *words.offers.model_dump().values(), words.disagree.article)
        if "{" not in line
    )
