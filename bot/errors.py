"""What can go wrong around a conversation.

BotError
├── BadQuestion       the visitor's message cannot be taken: empty, too long, not text; the message says what to do
├── BadSettings       an environment variable is unknown or has a wrong value
├── BadWording        a data file (wording, rules, contacts) is incomplete
├── UnknownCitation   a reply points at something the index does not hold; the reply is withdrawn
└── Unverified        a reply contains text that is neither a slice of the corpus nor a template; it is withdrawn
"""


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
