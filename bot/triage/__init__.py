"""Warning signs in what a visitor wrote."""

from bot.triage.assess import assess
from bot.triage.rules import Rules, load_rules

__all__ = ["Rules", "assess", "load_rules"]
