"""The rules of triage, read from the folder `rules/` beside this file and checked while they are read.

`signs.toml` says which concepts together are a sign; every other file is a language and holds the words. A language
is added by adding its file: nothing here names one.
"""

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import BadWording
from bot.phrases import Lexicon
from bot.textfold import fold
from bot.turn import Level

FOLDER = Path(__file__).parent / "rules"
SIGNS = "signs.toml"

CUES = (
    "masks", "negates", "negates_lists", "negates_back", "pseudo_negations", "contrast", "joins", "lists_on",
    "questions", "personal", "hypothetical", "present", "past", "resolved", "unresolved", "animals",
    "misunderstanding", "assessed", "unassessed",
)  # fmt: skip
DURATION_CUES = ("before", "after", "more", "point", "begun")
KEEPS = frozenset({"asked", "past", "resolved"})


@dataclass(frozen=True, slots=True)
class Combination:
    """Concepts that must occur together. `within` counts words; None means anywhere in the conversation."""

    concepts: tuple[str, ...]
    within: int | None
    unless: tuple[str, ...]
    keeps: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sign:
    """A warning sign, and examples that must and must not show it."""

    id: str
    level: Level
    when: tuple[Combination, ...]
    matches: tuple[str, ...]
    spares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DurationRule:
    """From how many days on pain has lasted long, and which concept a duration then stands for.

    A duration in the same breath as `voided_by` does not count, unless `unless_with` stands there too.
    """

    concept: str
    more_than_days: float
    voided_by: str
    unless_with: str
    units: Mapping[str, float]
    numbers: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything triage knows. `signs` are ordered by level, the most urgent first.

    `never_below` gives the level of those signs that are never taken for less, however mildly they are put.
    """

    signs: tuple[Sign, ...]
    lexicon: Lexicon
    lasting: frozenset[str]
    duration: DurationRule
    never_below: Mapping[str, Level]


def load_rules() -> Rules:
    """The rules of this package, all languages. Raises `BadWording` when a file is incomplete or cannot be read."""
    return read_rules(FOLDER)


def read_rules(folder: Path) -> Rules:
    """The rules in a folder. Raises `BadWording` as `load_rules` does."""
    files = {path.name: _read(path) for path in sorted(folder.glob("*.toml"))}
    if SIGNS not in files or len(files) < 2:  # noqa: PLR2004 - the signs and at least one language
        raise BadWording(f"{folder.name}: {SIGNS} and at least one language file are needed")
    head = files.pop(SIGNS)
    words = _merge(files)
    try:
        signs = tuple(_sign(entry) for entry in head["sign"])
        duration = _duration(head["duration"], files)
        lasting = frozenset(head["lasting"])
        levels = {sign.id: sign.level for sign in signs}
        never_below = {name: levels[name] for name in head["never_below"]}
    except (KeyError, TypeError, ValueError) as error:
        raise BadWording(f"{SIGNS}: {error!r} is missing or wrong") from error
    _check(signs, lasting, duration, words)
    ordered = tuple(sorted(signs, key=lambda sign: -sign.level.rank))
    return Rules(ordered, Lexicon(words), lasting, duration, never_below)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadWording(f"{path.name}: {error}") from error


def _merge(files: Mapping[str, Mapping[str, Any]]) -> dict[str, list[str]]:
    """The word lists of all languages: concepts under their own names, cues as `cue.x`, durations as `time.x`."""
    words: dict[str, list[str]] = defaultdict(list)
    for name, content in files.items():
        for table, prefix, known in (
            ("concepts", "", None),
            ("cues", "cue.", CUES),
            ("durations", "time.", DURATION_CUES),
        ):
            for key, phrases in content.get(table, {}).items():
                if known is not None and key not in known:
                    raise BadWording(f"{name}: nothing reads {table}.{key}")
                if not isinstance(phrases, list) or not all(isinstance(phrase, str) for phrase in phrases):
                    raise BadWording(f"{name}: {table}.{key} must be a list of phrases")
                words[prefix + key].extend(phrases)
        missing = [cue for cue in CUES if cue not in content.get("cues", {})]
        if missing:
            raise BadWording(f"{name}: cues {', '.join(missing)} are missing")
    for key in DURATION_CUES:
        words.setdefault(f"time.{key}", [])
    return dict(words)


def _sign(entry: Mapping[str, Any]) -> Sign:
    keeps = frozenset(entry.get("keeps", ()))
    when = tuple(_combination(entry["id"], combination, keeps) for combination in entry["when"])
    return Sign(entry["id"], Level(entry["level"]), when, tuple(entry["matches"]), tuple(entry["spares"]))


def _combination(sign: str, entry: Mapping[str, Any], keeps: frozenset[str]) -> Combination:
    concepts = tuple(entry["all"])
    within = entry.get("within", 0)
    if len(concepts) > 1 and not within:
        raise BadWording(f"{sign}: {concepts} need `within`")
    everywhere = within == "conversation"
    if not everywhere and not isinstance(within, int):
        raise BadWording(f'{sign}: within = {within!r} is neither a number nor "conversation"')
    kept = keeps | frozenset(entry.get("keeps", ()))
    if kept - KEEPS:
        raise BadWording(f"{sign}: nothing keeps {', '.join(sorted(kept - KEEPS))}")
    return Combination(concepts, None if everywhere else int(within), tuple(entry.get("unless", ())), kept)


def _duration(entry: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]]) -> DurationRule:
    units: dict[str, float] = {}
    numbers: dict[str, float] = {}
    for content in files.values():
        units.update({fold(word): float(days) for word, days in content.get("units", {}).items()})
        numbers.update({fold(word): float(value) for word, value in content.get("numbers", {}).items()})
    return DurationRule(
        concept=entry["concept"],
        more_than_days=float(entry["more_than_days"]),
        voided_by=entry["voided_by"],
        unless_with=entry["unless_with"],
        units=units,
        numbers=numbers,
    )


def _check(
    signs: Sequence[Sign], lasting: frozenset[str], duration: DurationRule, words: Mapping[str, Sequence[str]]
) -> None:
    """Raises `BadWording` for a concept without words, a word list that no sign reads, or a sign without examples."""
    used = set(lasting) | {duration.concept, duration.voided_by, duration.unless_with}
    seen: set[str] = set()
    for sign in signs:
        if sign.id in seen or not sign.matches or not sign.spares or not sign.when:
            raise BadWording(f"{sign.id}: the id must be its own, and when, matches and spares must be filled")
        seen.add(sign.id)
        for combination in sign.when:
            used.update(combination.concepts, combination.unless)
    known = {name for name in words if "." not in name}
    if used - known:
        raise BadWording(f"no language has words for {', '.join(sorted(used - known))}")
    if known - used:
        raise BadWording(f"no sign reads {', '.join(sorted(known - used))}")
