"""What can go wrong with kept conversations. No error repeats an id, a key or anything that was said."""

from bot.errors import BotError


class DeskError(BotError):
    """Base of the errors of this package."""


class UnknownConversation(DeskError):
    """There is no such conversation, it has expired, or the key is wrong; which of these is not told."""


class DeskUnavailable(DeskError):
    """The database cannot be used; the error's text tells the operator what to do."""
