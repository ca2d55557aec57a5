"""What a person with a warning sign reads instead of an answer: what to do, whom to call, why, and what to watch for.

All sentences and all numbers are data in the folder `wording/` beside this file. Nothing here names a language
except the one that stands in for those without a file.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from bot.errors import BadWording
from bot.turn import Citation, CitedSentence, Contact, Kind, Level, Reply, Triage

FOLDER = Path(__file__).parent / "wording"

FALLBACK = "en"
"""The language of visitors for whom there is no wording file."""

SERVICES = ("emergency", "out_of_hours", "crisis", "poison")

EVERYWHERE = "EU"
"""Whose emergency number is shown in a country of which the data know nothing."""


@dataclass(frozen=True, slots=True)
class Number:
    """One entry of the file of contacts. `label` is by language; `certainty` is A, B or C, as the file explains."""

    country: str
    service: str
    number: str
    label: Mapping[str, str]
    source: str
    checked: date
    certainty: str


@dataclass(frozen=True, slots=True)
class Entry:
    """The text for some flags of one level, or, without flags, for the rest of that level."""

    level: Level
    flags: frozenset[str]
    contacts: tuple[str, ...]
    sentences: tuple[str, ...]
    question: str


@dataclass(frozen=True, slots=True)
class Wording:
    """All texts of one language, the entries in order of priority."""

    entries: tuple[Entry, ...]
    article_flags: frozenset[str]
    quote: str
    phrases: Mapping[str, str]
    countries: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Referrals:
    """Texts by language, all numbers, and by language and service the countries shown when none is known."""

    wording: Mapping[str, Wording]
    numbers: tuple[Number, ...]
    defaults: Mapping[str, Mapping[str, Sequence[str]]]


def load_referrals() -> Referrals:
    """The referrals of this package. Raises `BadWording` when a file is missing, broken or incomplete."""
    try:
        contacts = _read(FOLDER / "contacts.toml")
        numbers = tuple(_number(entry) for entry in contacts["contact"])
        wording = {path.name.split(".")[1]: _wording(_read(path)) for path in sorted(FOLDER.glob("referral.*.toml"))}
        referrals = Referrals(wording, numbers, contacts["defaults"])
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadWording(f"referral wording: {error!r} is missing or wrong") from error
    _check(referrals)
    return referrals


def compose(
    referrals: Referrals, triage: Triage, *, lang: str, country: str | None, warning_signs: Citation | None
) -> Reply:
    """The reply for what triage found.

    Args:
        referrals: Texts and numbers.
        triage: What was found.
        lang: The visitor's language; where there is no text for it, English stands in.
        country: ISO 3166-1 alpha-2, or None when not known.
        warning_signs: The article's sentence on when to see a doctor, quoted where the article speaks of the sign.

    Returns:
        A referral whose text is complete.

    Raises:
        ValueError: Triage found nothing, so there is nothing to refer.
    """
    if triage.level is Level.NONE:
        raise ValueError("no warning sign was found, so there is nothing to refer")
    spoken = lang if lang in referrals.wording else FALLBACK
    wording = referrals.wording[spoken]
    entry = _entry_for(wording, triage)
    by_service = {service: _select(referrals, service, lang, country) for service in SERVICES}
    home = by_service["emergency"][0].country
    filled = {service: _phrase(wording, service, numbers, home) for service, numbers in by_service.items()}
    citation = _fitting(triage, wording, warning_signs)
    action, *more = [sentence.format(**filled) for sentence in entry.sentences]
    parts = [action, " ".join(more)]
    parts += [wording.quote.format(quote=citation.quote)] if citation else []
    parts += [entry.question] if entry.question else []
    return Reply(
        kind=Kind.REFERRAL,
        lang=spoken,
        text="\n\n".join(parts),
        triage=triage,
        sentences=(CitedSentence(citation.quote, (citation.n,)),) if citation else (),
        citations=(citation,) if citation else (),
        confidence=1.0,
        contact=_contacts(entry, by_service, spoken, wording.countries),
    )


def _fitting(triage: Triage, wording: Wording, warning_signs: Citation | None) -> Citation | None:
    """The article's sentence as number 1, or None where the article does not speak of the sign.

    It is not quoted in an emergency either: its calmer advice would take the edge off the first sentence.
    """
    known = not wording.article_flags.isdisjoint(_deciding(triage, wording))
    if warning_signs is None or not known or triage.level is Level.EMERGENCY:
        return None
    return replace(warning_signs, n=1)


def _contacts(
    entry: Entry, by_service: Mapping[str, Sequence[Number]], lang: str, countries: Mapping[str, str]
) -> tuple[Contact, ...]:
    """The numbers the entry asks for, in its order, each once; with their countries where there is more than one."""
    numbers = [number for service in entry.contacts for number in by_service[service]]
    several = len({number.country for number in numbers}) > 1
    labels = [f"{n.label[lang]} ({countries[n.country]})" if several else n.label[lang] for n in numbers]
    contacts = (Contact(label, n.number, n.country) for label, n in zip(labels, numbers, strict=True))
    return tuple(dict.fromkeys(contacts))


def _entry_for(wording: Wording, triage: Triage) -> Entry:
    """The first entry of the level that fits a flag; the level's default stands last and fits everything."""
    flags = set(triage.flags)
    return next(e for e in wording.entries if e.level is triage.level and (not e.flags or e.flags & flags))


def _deciding(triage: Triage, wording: Wording) -> tuple[str, ...]:
    """The flags that the text is about: those of its entry, or all when it is a default of its level."""
    entry = _entry_for(wording, triage)
    return tuple(flag for flag in triage.flags if flag in entry.flags) if entry.flags else triage.flags


def _select(referrals: Referrals, service: str, lang: str, country: str | None) -> tuple[Number, ...]:
    """The numbers of a service for a country; by language where it is not known; Europe's where nothing fits."""
    known = {number.country for number in referrals.numbers}
    if country is None:
        shown: Sequence[str] = referrals.defaults.get(lang, referrals.defaults[FALLBACK])[service]
    else:
        shown = [country.upper() if country.upper() in known else EVERYWHERE]
    return tuple(n for place in shown for n in referrals.numbers if (n.country, n.service) == (place, service))


def _phrase(wording: Wording, service: str, numbers: Sequence[Number], home: str) -> str:
    """The numbers as part of a sentence: those of `home` bare, those of other countries with the country's name."""
    if not numbers:
        return wording.phrases[f"no_{service}"]
    near = [number for number in numbers if number.country == home]
    far = ", ".join(f"{wording.countries[n.country]} {n.number}" for n in numbers if n.country != home)
    several = len(near) > 1
    text = ", ".join(f"{n.number} ({n.label[FALLBACK]})" if several else n.number for n in near)
    if text and far:
        text += f" ({far})"
    return wording.phrases[service].format(numbers=text or far)


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _number(entry: Mapping[str, Any]) -> Number:
    number = Number(**entry)
    if number.service not in SERVICES or not isinstance(number.checked, date):
        raise ValueError(f"{number.country} {number.number}: the service or the day of the check")
    return number


def _wording(content: Mapping[str, Any]) -> Wording:
    entries = tuple(
        Entry(
            level=Level(entry["level"]),
            flags=frozenset(entry["flags"]),
            contacts=tuple(entry["contacts"]),
            sentences=(entry["action"], entry["reason"], entry["safety"]),
            question=entry.get("question", ""),
        )
        for entry in content["entry"]
    )
    return Wording(
        entries=entries,
        article_flags=frozenset(content["article_flags"]),
        quote=content["quote"],
        phrases=content["phrases"],
        countries=content["countries"],
    )


def _check(referrals: Referrals) -> None:
    """Raises `BadWording` where a text could not be composed later."""
    if FALLBACK not in referrals.wording:
        raise BadWording(f"referral.{FALLBACK}.toml is missing")
    for lang, wording in referrals.wording.items():
        for level in (Level.DOCTOR, Level.URGENT, Level.EMERGENCY):
            entries = [entry for entry in wording.entries if entry.level is level]
            if not entries or entries[-1].flags:
                raise BadWording(f"referral.{lang}.toml: the last entry of {level} must be without flags")
        missing = [f"{no}{s}" for s in SERVICES for no in ("", "no_") if f"{no}{s}" not in wording.phrases]
        missing += [number.country for number in referrals.numbers if number.country not in wording.countries]
        missing += [f"label of {number.number}" for number in referrals.numbers if lang not in number.label]
        if missing:
            raise BadWording(f"{lang}: {', '.join(missing)} missing")
        dummy = dict.fromkeys(SERVICES, "")
        try:
            for entry in wording.entries:
                for sentence in entry.sentences:
                    sentence.format(**dummy)
        except (KeyError, IndexError, ValueError) as error:
            raise BadWording(f"referral.{lang}.toml: {sentence!r} has a place that nothing fills") from error
