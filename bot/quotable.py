"""What of a document may be quoted: nothing that addresses the machine, and no claim that a health brand must not make.

Every text is judged once and remembered, for that takes about a millisecond; selection then passes over what is unfit,
and the last stage looks again.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.guard.claims import claims
from bot.guard.documents import suspicious
from corpus.document import Document, Lang

# Texts remembered: those of some hundred articles with their sources, 10 MB.
_REMEMBERED = 1 << 16

# Sentences judged when a server starts: two seconds. Those of a greater corpus are judged when they are first found.
_AT_ONCE = 2_000


def quotable(document: Document, text: str, path: Sequence[str] = ()) -> bool:
    """Whether a piece of a document may be shown with its citation. Raises nothing.

    Args:
        document: what it stands in; its title and publisher are named beside the quotation.
        text: the words.
        path: the headings above, which are named as well.
    """
    return not any(map(addresses_machine, (text, *named_with(document, path)))) and not makes_claim(document, text)


def named_with(document: Document, path: Sequence[str]) -> tuple[str, ...]:
    """What a citation names besides its quotation."""
    return (document.title, document.publisher, *path)


def makes_claim(document: Document, text: str, products: Iterable[str] = ()) -> bool:
    """Whether a text praises a cure or a product; an article's brand and the `products` count as such."""
    brand = (document.brand,) if document.kind == "article" and document.brand else ()
    return _claims(text, document.lang, (*brand, *products))


@lru_cache(_REMEMBERED)
def addresses_machine(text: str) -> bool:
    """Whether a text speaks to the machine that reads it, or hides letters."""
    return suspicious(text) is not None


@lru_cache(_REMEMBERED)
def _claims(text: str, lang: Lang, products: tuple[str, ...]) -> bool:
    return bool(claims(text, lang, products))


def judge_ahead(documents: Iterable[Document]) -> None:
    """Judge the first sentences of these documents in advance, so that no visitor waits for it."""
    left = _AT_ONCE
    for document in documents:
        for section in document.sections:
            for sentence in section.sentences[:left]:
                quotable(document, sentence.text, section.path)
            left = max(0, left - len(section.sentences))
