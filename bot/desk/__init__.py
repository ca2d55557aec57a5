"""Conversations that visitors let us keep, and what people do with them; nothing is kept without consent."""

from bot.desk.conversation import Conversation, Feedback, Opened, Said, Verdict
from bot.desk.desk import Desk, Redact
from bot.desk.errors import DeskError, DeskUnavailable, UnknownConversation

__all__ = [
    "Conversation",
    "Desk",
    "DeskError",
    "DeskUnavailable",
    "Feedback",
    "Opened",
    "Redact",
    "Said",
    "UnknownConversation",
    "Verdict",
]
