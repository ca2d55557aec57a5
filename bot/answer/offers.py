"""Questions about products: what the articles advertise, called advertising, with nothing said of its effect.

Shown are the name, the kind and the price as the product box has them, quoted. What such a question looks like is data
(offers.toml); what asks for an effect ("Hilft ein Gürtel?") is left to the search, and so is what is not surely one.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.answer.compose import refusal
from bot.answer.draft import Draft
from bot.answer.topics import nearest
from bot.errors import BadWording
from bot.library import Library
from bot.phrases import Lexicon
from bot.quotable import makes_claim, quotable
from bot.textfold import tokenize
from bot.turn import Reason, Reply, Turn
from bot.wording import wording_for, wordings
from corpus.document import Document, Lang, Promotion, Sentence, Slice

FILE: Final = Path(__file__).with_name("offers.toml")

ANY: Final = "range"
"""What is asked for when it is no certain kind."""

MOST: Final = 4
"""Products of one reply."""

# Longer messages tell a story.
_LONGEST = 24
# A message without a word of buying or selling has at most so many words: "Ein Gürtel?"
_BARE = 3
_FOLLOW_UPS = 2

_PRICE = re.compile(r"(?P<amount>\d+(?:[.,]\d{1,2})?)\s*\S{1,4}")


class _Words(BaseModel):
    """A language's table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    general: tuple[str, ...]
    range: tuple[str, ...]
    sell: tuple[str, ...]
    light: tuple[str, ...]
    small: tuple[str, ...]
    kinds: Mapping[str, tuple[str, ...]]
    asks: Mapping[str, tuple[str, ...]]
    spares: tuple[str, ...]


class Words(BaseModel):
    """The contents of offers.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wares: frozenset[str]
    aids: frozenset[str]
    languages: Mapping[Lang, _Words]


@cache
def words() -> Words:
    """The tables of offers.toml.

    Raises:
        BadWording: the file is missing or has other fields.
    """
    try:
        content = tomllib.loads(FILE.read_text("utf-8"))
        lists = {name: content.pop(name) for name in ("wares", "aids")}
        return Words.model_validate({**lists, "languages": content})
    except (OSError, KeyError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadWording(f"{FILE.name}: {error!r}") from error


@cache
def _lexicon(lang: Lang) -> Lexicon:
    """The phrases of one language; of one that has no table, none."""
    table = words().languages.get(lang)
    if table is None:
        return Lexicon({})
    lists = {name: getattr(table, name) for name in ("general", "range", "sell", "light", "small")}
    return Lexicon({**lists, **{f"kind {kind}": phrases for kind, phrases in table.kinds.items()}})


@dataclass(frozen=True, slots=True)
class Asked:
    """Which kinds of products a message asks for, `ANY` or names of offers.toml, and in which language."""

    lang: Lang
    kinds: frozenset[str]


def understood(text: str, lang: Lang) -> Asked | None:
    """What a message wants to buy; None unless all of it asks for products.

    Args:
        text: the message.
        lang: the language to be preferred where words mean the same in several.
    """
    if len(text) > _LONGEST * 40 or len(tokenize((text,))) > _LONGEST:
        return None
    languages = sorted(words().languages, key=lambda known: known != lang)
    return next((Asked(known, kinds) for known in languages if (kinds := _asked_for(text, known))), None)


def _asked_for(text: str, lang: Lang) -> frozenset[str]:
    """What is asked for in this language; nothing if a word is left that does not belong to such a question."""
    tokens = tokenize((text,))
    found = _lexicon(lang).find(tokens)
    held = {name: {n for span in spans for n in range(span.first, span.last + 1)} for name, spans in found.items()}
    held.pop("general", None)
    if len(set().union(*held.values())) < len(tokens):
        return frozenset()
    named = {name.removeprefix("kind "): numbers for name, numbers in held.items() if name.startswith("kind ")}
    kinds = frozenset(named)
    told = set[int]().union(*named.values())
    bare = len(tokens) <= _BARE and held.get("light", set()) <= told and kinds <= words().wares
    if "sell" not in found and not bare:
        return frozenset()
    return kinds or frozenset({ANY} & found.keys())


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be shown of a product box: pieces of the text, the name first, the price last."""

    document: str
    pieces: tuple[Slice, ...]
    kinds: frozenset[str]


def offers(document: Document) -> Iterator[Offer]:
    """The product boxes of a document that can be shown: those with a name and a price that stand in the text."""
    for promotion in document.promotions:
        lines = tuple(_lines(promotion))
        name = next((line for line in lines if line.text == promotion.product), None)
        price = next((line for line in lines if _amount(line.text) == promotion.price), None)
        if name is None or price is None or not quotable(document, name.text):
            continue
        kind = _kind(document, promotion, lines)
        pieces = (name, *((kind,) if kind is not None else ()), price)
        yield Offer(
            document.id, pieces, _kinds(name.text, document.lang) or _kinds(promotion.description, document.lang)
        )


def _lines(promotion: Promotion) -> Iterator[Slice]:
    for match in re.finditer(r"[^\r\n]*\S[^\r\n]*", promotion.place.text):
        stripped = match.group().strip()
        start = promotion.place.start + match.start() + match.group().index(stripped)
        yield Slice(start, start + len(stripped), stripped)


def _amount(line: str) -> Decimal | None:
    match = _PRICE.fullmatch(line)
    return Decimal(match["amount"].replace(",", ".")) if match is not None else None


def _kind(document: Document, promotion: Promotion, lines: Sequence[Slice]) -> Slice | None:
    """The description if it praises nothing, else the word for the kind that it begins with, if it does."""
    line = next((line for line in lines if promotion.description.startswith(line.text)), None)
    if line is None:
        return None
    praises = makes_claim(document, f"{promotion.product} {line.text}", (promotion.product,))
    if not praises and quotable(document, line.text):
        return line
    first = next(iter(tokenize((line.text,))), None)
    if first is None or not _kinds(line.text[: first.end], document.lang):
        return None
    return Slice(line.start + first.start, line.start + first.end, line.text[first.start : first.end])


def _kinds(text: str, lang: Lang) -> frozenset[str]:
    found = _lexicon(lang).find(tokenize((text,)))
    return frozenset(name.removeprefix("kind ") for name in found if name.startswith("kind "))


@dataclass(frozen=True, slots=True)
class Offers:
    """The stage: a reply to a question about products."""

    library: Library

    def __post_init__(self) -> None:
        """Read the phrases: a broken file is found at the start, and the first visitor does not wait for them."""
        for lang in words().languages:
            _lexicon(lang)

    def __call__(self, turn: Turn) -> Turn:
        """The turn with a reply if the message asks for products and nothing else, otherwise unchanged.

        Raises:
            IndexProblem: there is no index, or it cannot be read.
        """
        asked = understood(turn.question.text, turn.lang)
        if asked is None:
            return turn
        documents = self.library.current().corpus.documents
        found = [offer for document in documents.values() for offer in offers(document)]
        fitting = [offer for offer in found if ANY in asked.kinds or offer.kinds & asked.kinds][:MOST]
        if not fitting and not asked.kinds <= {ANY, *words().wares}:
            return turn
        lang = turn.lang if turn.question.lang in wordings() else asked.lang
        turn = replace(turn, lang=lang, documents=documents, confidence=1.0 if fitting else 0.0)
        topics = nearest(documents, (), lang)
        reply = _shown(turn, fitting, topics) if fitting else refusal(turn, Reason.NO_EVIDENCE, topics)
        return replace(turn, reply=reply)


def _shown(turn: Turn, found: Sequence[Offer], topics: Sequence[str]) -> Reply:
    """The products as a list below the word for advertising."""
    wording, draft = wording_for(turn.lang), Draft(turn.documents)
    draft.add(wording.offers.heading)
    if any(turn.documents[offer.document].lang != turn.lang for offer in found):
        draft.add(wording.about.as_written)
    shown = [" – ".join(draft.advertised(offer.document, piece) for piece in offer.pieces) for offer in found]
    draft.add("\n".join(f"– {line}" for line in shown))
    if any(offer.kinds & words().aids for offer in found):
        for document, sentence in _on_aids([turn.documents[offer.document] for offer in found]):
            draft.add(f"{wording.offers.aids} {draft.quoted(document, sentence)}")
    draft.add(wording.offers.note)
    return draft.reply(turn, 1.0, topics[:_FOLLOW_UPS])


def _on_aids(documents: Sequence[Document]) -> Iterator[tuple[str, Sentence]]:
    """The first sentence on aids in general that may be quoted, with the id of its document; at most one."""
    for document in documents:
        for section in document.sections:
            for sentence in (s for p in section.paragraphs if not p.advertising for s in p.sentences):
                told = "general" in _lexicon(document.lang).find(tokenize((sentence.text,)))
                if told and quotable(document, sentence.text, section.path):
                    yield document.id, sentence
                    return
