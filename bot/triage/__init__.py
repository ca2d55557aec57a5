"""Warning signs in what a visitor wrote."""

from bot.triage.assess import assess
from bot.triage.rules import Rules, load_rules
from bot.triage.second import load_limits
from bot.triage.triager import Triager

__all__ = ["Rules", "Triager", "assess", "load_limits", "load_rules"]
