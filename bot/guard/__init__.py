"""Questions the bot does not answer, and why."""

from bot.guard.check import Guard, check, load_guard

__all__ = ["Guard", "check", "load_guard"]
