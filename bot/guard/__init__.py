"""Questions the bot does not answer, and why."""

from bot.guard.check import Guard, check, load_guard
from bot.guard.screen import Screen, ScreenLimits, load_screen_limits

__all__ = ["Guard", "Screen", "ScreenLimits", "check", "load_guard", "load_screen_limits"]
