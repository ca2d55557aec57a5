"""What can go wrong around a conversation.

BotError
├── BadQuestion       the visitor's message cannot be taken: empty, too long, not text; the message says what to do
├── BadSettings       an environment variable is unknown or has a wrong value
├── BadWording        a data file (wording, rules, contacts) is incomplete
├── UnknownCitation   a reply points at something the index does not hold; the reply is withdrawn
└── Unverified        a reply contains text that is neither a slice of the corpus nor a template; it is withdrawn
"""

import traceback

# Frames of the innermost calls; enough to find the place, and short enough for a line of the log.
_FRAMES = 6


def where(error: BaseException) -> str:
    """The kind of an error and the places it went through, without its text: that may quote the visitor."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno} {f.name}" for f in reversed(frames[-_FRAMES:]))
    return f"{type(error).__name__} at {places}"


class BotError(Exception):
    """Base of all errors of this package."""


class BadQuestion(BotError):
    """The visitor's message cannot be taken; the error's text tells him what to do."""


class BadSettings(BotError):
    """An environment variable is unknown or has a wrong value."""


class BadWording(BotError):
    """A data file of the bot is missing something."""


class UnknownCitation(BotError):
    """A reply points at a document, version or place that is not there."""


class Unverified(BotError):
    """A reply shows text that nothing vouches for."""
