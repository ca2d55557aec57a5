"""Greetings, thanks, and questions about the bot itself: messages that ask for nothing the articles hold."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from bot.textfold import tokenize
from bot.turn import Kind, Reply, Turn
from bot.wording import SmallTalk, wordings
from corpus.document import Lang

# The longest pattern has seven words; a longer message has a purpose of its own.
_LONGEST = 8


def _folded(text: str) -> tuple[str, ...]:
    return tuple(token.text for token in tokenize((text,)))


@cache
def _patterns() -> Mapping[tuple[str, ...], tuple[Lang, SmallTalk]]:
    return {
        _folded(pattern): (lang, entry)
        for lang, wording in wordings().items()
        for entry in wording.smalltalk.values()
        for pattern in entry.patterns
    }


def small_talk(turn: Turn) -> Turn:
    """The turn with a reply if the whole message is small talk, otherwise unchanged.

    The reply is in the language of the words used, unless the visitor's language is known.
    """
    words = _folded(turn.question.text)
    found = _patterns().get(words) if len(words) <= _LONGEST else None
    if found is None:
        return turn
    lang, entry = found
    if turn.question.lang in wordings():
        names = {name for w in wordings().values() for name, e in w.smalltalk.items() if e is entry}
        entry, lang = wordings()[turn.lang].smalltalk[names.pop()], turn.lang
    reply = Reply(kind=Kind.SMALLTALK, lang=lang, text=entry.text, triage=turn.triage, confidence=1.0)
    return replace(turn, lang=lang, reply=reply)
