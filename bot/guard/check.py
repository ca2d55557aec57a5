"""What the bot does not answer, found by phrases: deliberately only the obvious; a later stage finds the rest.

The phrases are data in the folder `patterns/` beside this file, one file a language; a language is added by adding
its file. All languages count at once.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import BadWording
from bot.phrases import Lexicon
from bot.textfold import tokenize
from bot.turn import Reason, Verdict

FOLDER = Path(__file__).parent / "patterns"

MAX_CHARACTERS = 4000
"""Longest message that is still one question: about 600 words, more than a long story with its question needs."""

_ORDER = (Reason.INJECTION, Reason.ABUSE, Reason.PRIVACY, Reason.MEDICATION, Reason.DIAGNOSIS, Reason.OFF_TOPIC)
"""Which reason is given when several apply: manipulation before manners, safety before topic."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Phrases of one kind in one language, and examples that they must find and must leave alone."""

    code: str
    reason: Reason
    file: str
    matches: tuple[str, ...]
    spares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """All patterns, ordered by the reason that goes first.

    Pattern number n reads the list `any.n` of the lexicon and, shared by all languages, `unless.` and its code.
    """

    patterns: tuple[Pattern, ...]
    lexicon: Lexicon


def load_guard() -> Guard:
    """The patterns of this package, all languages. Raises `BadWording` when a file is incomplete."""
    return read_guard(FOLDER)


def read_guard(folder: Path) -> Guard:
    """The patterns in a folder. Raises `BadWording` as `load_guard` does."""
    entries: list[tuple[Pattern, Sequence[str], Sequence[str]]] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            entries.extend(_entry(path.name, entry) for entry in content["pattern"])
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
            raise BadWording(f"{path.name}: {error!r} is missing or wrong") from error
    if not entries:
        raise BadWording(f"{folder.name}: no pattern found")
    entries.sort(key=lambda entry: _ORDER.index(entry[0].reason))
    lists: dict[str, Sequence[str]] = {}
    for number, (pattern, wanted, unless) in enumerate(entries):
        lists[f"any.{number}"] = wanted
        lists[f"unless.{pattern.code}"] = (*lists.get(f"unless.{pattern.code}", ()), *unless)
    return Guard(tuple(pattern for pattern, _, _ in entries), Lexicon(lists))


def _entry(file: str, entry: Mapping[str, Any]) -> tuple[Pattern, Sequence[str], Sequence[str]]:
    pattern = Pattern(
        code=entry["code"],
        reason=Reason(entry["reason"]),
        file=file,
        matches=tuple(entry["matches"]),
        spares=tuple(entry["spares"]),
    )
    if pattern.reason not in _ORDER:
        raise ValueError(f"{pattern.code}: {pattern.reason} is no reason that phrases can give")
    if not pattern.matches or not pattern.spares or not entry["any"]:
        raise ValueError(f"{pattern.code}: any, matches and spares must be filled")
    return pattern, tuple(entry["any"]), tuple(entry.get("unless", ()))


def check(guard: Guard, text: str) -> Verdict:
    """Whether a message may be answered, and if not, why. Raises nothing.

    Args:
        guard: What to look for.
        text: The visitor's current message.

    Returns:
        `Verdict()` when it may be answered; else the reason and the code of the pattern, or `too_long`.
    """
    if len(text) > MAX_CHARACTERS:
        return Verdict(Reason.FAILED, "too_long")
    tokens = tokenize((text,))
    found = guard.lexicon.find(tokens)
    for number, pattern in enumerate(guard.patterns):
        spared = {tokens[span.first].sentence for span in found.get(f"unless.{pattern.code}", ())}
        if any(tokens[span.first].sentence not in spared for span in found.get(f"any.{number}", ())):
            return Verdict(pattern.reason, pattern.code)
    return Verdict()
