"""Questions about the article itself: what it is about, whose it is, who checked it, what it is based on.

They are answered from what the article says of itself, word for word, and need no search. What such a question looks
like is data (about.toml); what is not surely one is left to the stages that follow.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.answer.compose import refusal
from bot.answer.draft import Draft
from bot.answer.topics import nearest
from bot.errors import BadWording
from bot.library import Library
from bot.phrases import Lexicon, Span
from bot.quotable import quotable
from bot.textfold import Token, tokenize
from bot.turn import Reason, Reply, Turn
from bot.wording import frames, wording_for, wordings
from corpus.document import Document, Lang, Slice

FILE: Final = Path(__file__).with_name("about.toml")

# In which they are answered when a message has several, and which goes first where words stand for two.
INTENTS: Final = ("title", "summary", "byline", "reviewer", "sources")

# Longer messages tell a story; none of the questions has more words than half of this.
_LONGEST = 24
_FOLLOW_UPS = 2

# Classes of words that point at the article; which of the intents is meant they do not tell.
_POINTING = frozenset({"noun", "text", "this"})


class _Phrases(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    any: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    light: tuple[str, ...] = ()


class Patterns(BaseModel):
    """A language's table in about.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    nouns: tuple[str, ...]
    article: tuple[str, ...]
    grammar: tuple[str, ...]
    title: _Phrases
    summary: _Phrases
    byline: _Phrases
    reviewer: _Phrases
    sources: _Phrases
    classes: Mapping[str, tuple[str, ...]]
    asks: Mapping[str, tuple[str, ...]]

    def lists(self, lang: Lang) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The lists of phrases with the names that they have in the lexicon."""
        yield f"{lang} nouns", self.nouns
        yield f"{lang} small", (*self.nouns, *self.article, *self.grammar)
        for intent in INTENTS:
            phrases: _Phrases = getattr(self, intent)
            yield f"{lang} any {intent}", phrases.any
            yield f"{lang} named {intent}", phrases.named
        for name, words in self.classes.items():
            yield f"{lang} class {name}", words


_TABLES = TypeAdapter(dict[Lang, Patterns])


@cache
def patterns() -> Mapping[Lang, Patterns]:
    """The tables of about.toml.

    Raises:
        BadWording: the file is missing or has other fields.
    """
    try:
        content = tomllib.loads(FILE.read_text("utf-8"))
        return _TABLES.validate_python({lang: table for lang, table in content.items() if lang != "spares"})
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadWording(f"{FILE.name}: {error}") from error


@cache
def _lexicon() -> Lexicon:
    return Lexicon({name: found for lang, table in patterns().items() for name, found in table.lists(lang)})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a message wants to know of an article, in the order in which it is told, and in which language it asks."""

    lang: Lang
    intents: tuple[str, ...]


def understood(text: str, lang: Lang, titles: Sequence[str] = ()) -> Asked | None:
    """What a message wants to know of an article; None unless all of it does.

    Args:
        text: the message.
        lang: the language to be preferred where words mean the same in several.
        titles: of the articles; a message may name one.
    """
    tokens = tokenize((text,))
    if not tokens or len(tokens) > _LONGEST:
        return None
    naming = frozenset(place for title in titles for place in _places(tokens, title))
    for language in sorted(patterns(), key=lambda known: known != lang):
        if intents := _intents(tokens, language, naming):
            return Asked(language, tuple(intent for intent in INTENTS if intent in intents))
    return None


@dataclass(frozen=True, slots=True)
class _Claim:
    """An intent that words stand for: those that prove it, and all that belong to it."""

    intent: str
    core: frozenset[int]
    held: frozenset[int]


def _places(tokens: Sequence[Token], title: str) -> Iterator[int]:
    """The tokens that spell a title, whole or up to its colon."""
    words = [token.text for token in tokens]
    for name in (title, title.partition(":")[0]):
        spelt = [token.text for token in tokenize((name,))]
        for first in range(len(words) - len(spelt) + 1):
            if spelt and words[first : first + len(spelt)] == spelt:
                yield from range(first, first + len(spelt))


def _intents(tokens: Sequence[Token], lang: Lang, naming: frozenset[int]) -> frozenset[str]:
    """What the message asks; nothing if a word is left that belongs neither to the question nor to its grammar."""
    found = _lexicon().find(tokens)
    small = naming | {span.first for span in found.get(f"{lang} small", ())}
    telling = [number for number in range(len(tokens)) if number not in small]
    named = bool(naming) or f"{lang} nouns" in found or f"{lang} class text" in found
    spans = list(_spans(found, lang, range(len(tokens)), named=named))
    spans += _spans(_lexicon().find([tokens[number] for number in telling]), lang, telling, named=named)
    claims = [_Claim(intent, held, held) for intent, held in spans] + list(_framed(found, lang))
    # "wer" names the author, but in "wer … geprüft" it is part of another question.
    widest = [claim for claim in claims if not any(claim.core < other.core for other in claims)]
    covered = {
        intent: frozenset(number for claim in widest if claim.intent == intent for number in claim.held)
        for intent in INTENTS
    }
    needed = frozenset(telling).difference(*(_held(found, lang, name) for name in (*_POINTING, "free")))
    if not widest or not needed.issubset(frozenset[int]().union(*covered.values())):
        return frozenset()
    alone = [claim for claim in widest if needed <= covered[claim.intent]]
    if alone:
        return frozenset({max(alone, key=lambda claim: (len(claim.core), -INTENTS.index(claim.intent))).intent})
    return frozenset(claim.intent for claim in widest if covered[claim.intent] & needed)


def _spans(
    found: Mapping[str, Sequence[Span]], lang: Lang, numbers: Sequence[int], *, named: bool
) -> Iterator[tuple[str, frozenset[int]]]:
    """The phrases found with the tokens they hold, intents in their order; `numbers` are those of the tokens."""
    for intent in INTENTS:
        for kind in ("any", "named") if named else ("any",):
            for span in found.get(f"{lang} {kind} {intent}", ()):
                yield intent, frozenset(numbers[span.first : span.last + 1])


def _held(found: Mapping[str, Sequence[Span]], lang: Lang, name: str) -> frozenset[int]:
    """The tokens of a class of words."""
    spans = found.get(f"{lang} class {name}", ())
    return frozenset(number for span in spans for number in range(span.first, span.last + 1))


def _framed(found: Mapping[str, Sequence[Span]], lang: Lang) -> Iterator[_Claim]:
    """The frames of which every class is there, in any order; light words are held with them but prove nothing."""
    table = patterns()[lang]
    held = {name: _held(found, lang, name) for name in table.classes}
    for intent in INTENTS:
        phrases: _Phrases = getattr(table, intent)
        light = frozenset(number for name in phrases.light for number in held[name])
        for frame in phrases.frames:
            names = frame.split()
            if all(held[name] for name in names):
                core = frozenset(number for name in names if name not in _POINTING for number in held[name])
                yield _Claim(intent, core, light.union(core))


@dataclass(frozen=True, slots=True)
class About:
    """The stage: a reply to a question about the article, from its own words."""

    library: Library

    def __post_init__(self) -> None:
        """Read the phrases: a broken file is found at the start, and the first visitor does not wait for them."""
        _lexicon()

    def __call__(self, turn: Turn) -> Turn:
        """The turn with a reply if the message asks for nothing else, otherwise unchanged.

        Raises:
            IndexProblem: there is no index, or it cannot be read.
        """
        documents = self.library.current().corpus.documents
        articles = [d for d in documents.values() if d.kind == "article" and quotable(d, d.title)]
        asked = understood(turn.question.text, turn.lang, [article.title for article in articles])
        if asked is None or not articles:
            return turn
        lang = turn.lang if turn.question.lang in wordings() else asked.lang
        turn = replace(turn, lang=lang, documents=documents, confidence=1.0)
        meant = self._meant(turn, articles)
        reply = _which(turn, articles) if meant is None else _told(turn, meant, asked.intents)
        return replace(turn, reply=reply)

    def _meant(self, turn: Turn, articles: Sequence[Document]) -> Document | None:
        """The only article, the one named, or the one that the conversation was about; None where that is open."""
        if len(articles) == 1:
            return articles[0]
        tokens = tokenize((turn.question.text,))
        named = [article for article in articles if any(_places(tokens, article.title))]
        if len(named) == 1:
            return named[0]
        known = {article.id: article for article in articles}
        for message in reversed(turn.question.earlier):
            if understood(message, turn.lang, [article.title for article in articles]) is not None:
                continue  # a question about an article says nothing of which one
            hits = self.library.current().searcher.search(message, lang=turn.question.lang)
            return next((known[h.passage.source.document] for h in hits if h.passage.source.document in known), None)
        return None


def _told(turn: Turn, article: Document, intents: Sequence[str]) -> Reply:
    """What the article says on each intent; a refusal where it says nothing on any."""
    words, draft = wording_for(turn.lang), Draft(turn.documents)
    if article.lang != turn.lang:
        draft.add(words.about.as_written)
    told = {intent: _lines(article, intent) for intent in intents}
    if not any(told.values()):
        return refusal(turn, Reason.NO_EVIDENCE, nearest(turn.documents, (), turn.lang), code="not_stated")
    headings = {**words.about.model_dump(), "summary": frames.summary(words, article)}
    for intent, lines in told.items():
        if lines:
            shown = [" ".join(draft.quoted(article.id, place) for place in line) for line in lines]
            draft.add(headings[intent])
            draft.add_lines(shown) if intent == "sources" else draft.add("\n".join(shown))
    return draft.reply(turn, 1.0, nearest(turn.documents, (), turn.lang)[:_FOLLOW_UPS])


def _lines(article: Document, intent: str) -> list[tuple[Slice, ...]]:
    """The places that answer an intent, in the lines in which they are shown; none where the text has none."""
    byline = article.byline_place
    reviewer = article.reviewer.places if article.reviewer is not None else ()
    lines: Mapping[str, Sequence[tuple[Slice, ...]]] = {
        "title": [(article.title_place,)] if article.title_place is not None else [],
        "summary": [article.summary],
        "byline": [(byline,)] if byline is not None else [],
        "reviewer": [reviewer[:1], reviewer[1:]],
        "sources": [(reference.place,) for reference in article.references],
    }
    path = article.references_path if intent == "sources" else ()
    fit = (tuple(place for place in line if quotable(article, place.text, path)) for line in lines[intent])
    return [line for line in fit if line]


def _which(turn: Turn, articles: Sequence[Document]) -> Reply:
    """The titles to choose from."""
    draft = Draft(turn.documents)
    places = [(article.id, article.title_place) for article in articles]
    draft.add(wording_for(turn.lang).about.which)
    draft.add_lines([draft.quoted(document, place) for document, place in places if place is not None])
    return draft.reply(turn, 1.0, ())
