r"""The patterns of the guard: what they are, and how their files are read.

A file has a table `[words]`, groups of single words ({name} in a phrase stands for one of them), and `[[pattern]]`:

- `code`, `reason`: how the finding is named, and which refusal it leads to;
- `any`: phrases (bot/phrases.py), one of which must occur;
- `literal`: pieces of text, signs and all, for which the same holds; "\n" is the beginning of a line;
- `unless`: phrases that make those of `any` in the same sentence harmless, in every language;
- `matches`, `spares`: examples that must be found and must pass.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import BadWording
from bot.turn import Reason

FOLDER = Path(__file__).parent / "patterns"

ORDER = (Reason.INJECTION, Reason.ABUSE, Reason.PRIVACY, Reason.MEDICATION, Reason.DIAGNOSIS, Reason.OFF_TOPIC)
"""Which reason is given when several apply: manipulation before manners, safety before topic."""

_GROUP = re.compile(r"\{(\w+)\}")
_BRACKET = re.compile(r"\(([^()]*)\)")
_SIGNS = re.compile(r"[^\w]")
_BLANKS = re.compile(r"[^\S\n]+")
_LINE_STARTS = re.compile(r"\n\s*")


@dataclass(frozen=True, slots=True)
class Pattern:
    """What is looked for under one code in one language, and examples that it must find and must leave alone."""

    code: str
    reason: Reason
    file: str
    any: tuple[str, ...]
    unless: tuple[str, ...]
    literal: tuple[str, ...]
    matches: tuple[str, ...]
    spares: tuple[str, ...]


def read_patterns(folder: Path) -> tuple[Pattern, ...]:
    """The patterns of a folder, ordered by the reason that goes first. Raises `BadWording` for what cannot be read."""
    patterns: list[Pattern] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
            groups = content.get("words", {})
            patterns.extend(_pattern(path.name, entry, groups) for entry in content["pattern"])
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
            raise BadWording(f"{path.name}: {error!r} is missing or wrong") from error
    if not patterns:
        raise BadWording(f"{folder.name}: no pattern found")
    return tuple(sorted(patterns, key=lambda pattern: ORDER.index(pattern.reason)))


def words_of(patterns: Iterable[Pattern]) -> frozenset[str]:
    """The words that phrases are made of, without their stars: what readable text may consist of."""
    found = (word for pattern in patterns for phrase in pattern.any for word in re.findall(r"[^\W\d_]{3,}", phrase))
    return frozenset(word.casefold() for word in found)


def literally(text: str) -> str:
    """The text as `literal` is compared with it: small letters, single blanks, every line after a line break."""
    return _LINE_STARTS.sub("\n", "\n" + _BLANKS.sub(" ", text.casefold()))


def _pattern(file: str, entry: Mapping[str, Any], groups: Mapping[str, Sequence[str]]) -> Pattern:
    pattern = Pattern(
        code=entry["code"],
        reason=Reason(entry["reason"]),
        file=file,
        any=tuple(_expanded(phrase, groups) for phrase in entry["any"]),
        unless=tuple(_expanded(phrase, groups) for phrase in entry.get("unless", ())),
        literal=tuple(piece.casefold() for piece in entry.get("literal", ())),
        matches=tuple(entry["matches"]),
        spares=tuple(entry["spares"]),
    )
    if pattern.reason not in ORDER:
        raise ValueError(f"{pattern.code}: {pattern.reason} is no reason that phrases can give")
    if not pattern.matches or not pattern.spares or not pattern.any:
        raise ValueError(f"{pattern.code}: any, matches and spares must be filled")
    if any(not _SIGNS.search(piece) for piece in pattern.literal):
        raise ValueError(f"{pattern.code}: a literal without a sign would be found inside words")
    return pattern


def _expanded(phrase: str, groups: Mapping[str, Sequence[str]]) -> str:
    choices = (choice for bracket in _BRACKET.findall(phrase) for choice in bracket.split("|"))
    if any("{" in choice and not _GROUP.fullmatch(choice) for choice in choices):
        raise ValueError(f"{phrase!r}: a group of words is no part of a longer choice")
    return _GROUP.sub(lambda match: "|".join(groups[match[1]]), phrase)
