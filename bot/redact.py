"""Personal data out of a text, before it is kept or handed on: fixed placeholders in its place.

Only what can be known for certain or is introduced as such is replaced: a number that proves itself by its check
digit, a name behind "my name is". Numbers to call in need stay, and so do distances, times and order numbers. Linear
in the length of the text; the words it looks for are data (redact.toml).
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers
from stdnum import iban
from stdnum.ch import ssn as ahv
from stdnum.dk import cpr
from stdnum.gb import nhs
from stdnum.se import personnummer

from bot.errors import BadWording
from corpus.document import Lang

FILE = Path(__file__).with_name("redact.toml")
CONTACTS = Path(__file__).parent / "wording" / "contacts.toml"

_REGIONS = ("DE", "AT", "CH", "DK", "SE", "GB")
_DEFAULT: Lang = "de"
_ROUNDS = 4
"""A replacement may complete another pattern (a town behind an address); what is left after this many stays."""

_NEAR = 40
"""Characters in front of a number in which its kind may be named."""

_EIGHT = 8  # digits of a Danish telephone number, which has no leading zero
_PERSONAL_DIGITS = (10, 12)

_WORD = re.compile(r"[^\W\d_]+|\*")
_CAPITAL = r"[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff][^\W\d_]{1,30}"
_NAME_WORD = r"[^\W\d_][^\W\d_'’.]{0,30}(?:-[^\W\d_]{1,30})?"

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}(?:@| ?\[at\] ?| ?\(at\) ?)[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_IBAN = re.compile(r"\b[A-Za-z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
_KVNR = re.compile(r"\b[A-Za-z] ?\d{3} ?\d{3} ?\d{3}\b")
_AHV = re.compile(r"\b756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}\b")
_PERSONAL = re.compile(r"(?<![\d.,+])(?:19|20)?\d{6}[ +-]?\d{4}(?![\d.,]\d|\d)")
_NHS = re.compile(r"(?<![\d+.,/-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d.,/-]\d|\d)")
_PHONE = re.compile(r"(?<![\w.,:/+])(?:\+|00)?\(?\d[\d ()/.–-]{4,22}\d(?![\w%€:])")
_DIGITS = re.compile(r"\D+")
_UK_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")

_Found = Callable[[re.Match[str], str], str | None]


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is looked for, and what of a match is replaced: its kind, or None to leave it as it is."""

    pattern: re.Pattern[str]
    kind: _Found
    group: int = 0


def redact(text: str, lang: Lang | None = None) -> str:
    """The text with placeholders for personal data. Idempotent; raises nothing.

    Args:
        text: What somebody wrote, or part of it.
        lang: The language of the placeholders; German when it is not known.
    """
    words = _words()
    places = words.placeholders.get(lang or _DEFAULT, words.placeholders[_DEFAULT])
    for _ in range(_ROUNDS):
        before = text
        for rule in words.rules:
            text = rule.pattern.sub(_replacing(rule, text, places), text)
        if text == before:
            break
    return text


def _replacing(rule: _Rule, text: str, places: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    def replaced(match: re.Match[str]) -> str:
        kind = rule.kind(match, text)
        if kind is None:
            return match[0]
        start, end = (place - match.start() for place in match.span(rule.group))
        return match[0][:start] + places[kind] + match[0][end:]

    return replaced


@dataclass(frozen=True, slots=True)
class _Words:
    rules: tuple[_Rule, ...]
    placeholders: Mapping[str, Mapping[str, str]]


@cache
def _words() -> _Words:
    return read_words(FILE, CONTACTS)


def read_words(file: Path, contacts: Path) -> _Words:
    """The rules made of the word lists. Raises `BadWording` when a list is missing or a file cannot be read."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        needed = _numbers(tomllib.loads(contacts.read_text(encoding="utf-8")))
        return _Words(tuple(_rules(content, needed)), content["placeholder"])
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadWording(f"{file.name}: {error!r} is missing or wrong") from error


def _rules(content: Mapping[str, Any], needed: frozenset[str]) -> Iterable[_Rule]:
    """In the order they apply: what proves itself goes before what is only introduced."""
    before = {kind: frozenset(words) for kind, words in content["before"].items()}
    yield _Rule(_EMAIL, lambda *_: "email")
    yield _Rule(_IBAN, _iban, 0)
    yield _Rule(_AHV, lambda m, _: "insurance" if _valid(ahv.is_valid, m[0]) else None)
    yield _Rule(_KVNR, lambda m, t: "insurance" if _kvnr(m[0]) or _named(m, t, before["insurance"]) else None)
    yield _Rule(_birth(content["month"]["names"]), lambda m, t: "birth" if _named(m, t, before["birth"]) else None)
    yield _Rule(_PERSONAL, lambda m, t: _personal(m, t, before))
    yield _Rule(_NHS, lambda m, t: _nhs(m, t, before))
    yield _Rule(_PHONE, lambda m, t: _phone(m, t, before, needed))
    yield from _addresses(content["street"], before["town"], content["placeholder"])
    yield from _names(content["name"])


def _named(match: re.Match[str], text: str, words: frozenset[str]) -> bool:
    """Whether one of the words stands shortly before the match."""
    return not words.isdisjoint(_WORD.findall(text[max(0, match.start() - _NEAR) : match.start()].casefold()))


def _valid(check: Callable[[str], bool], number: str) -> bool:
    return bool(check(number))


def _iban(match: re.Match[str], _: str) -> str | None:
    return "iban" if _valid(iban.is_valid, match[0]) else None


def _kvnr(written: str) -> bool:
    """Whether the check digit of a German health insurance number is right."""
    number = written.replace(" ", "").upper()
    if not number.isascii():
        return False
    digits = [int(d) for d in f"{ord(number[0]) - ord('A') + 1:02d}{number[1:9]}"]
    products = [digit * (1 + place % 2) for place, digit in enumerate(digits)]
    return sum(p - 9 if p > 9 else p for p in products) % 10 == int(number[9])  # noqa: PLR2004 - sum of two digits


def _personal(match: re.Match[str], text: str, before: Mapping[str, frozenset[str]]) -> str | None:
    digits = _DIGITS.sub("", match[0])
    named = _named(match, text, before["person"])
    if len(digits) not in _PERSONAL_DIGITS or _named(match, text, before["order"]):
        return None
    written = match[0][-5] in "-+"
    proved = _valid(personnummer.is_valid, match[0]) or (
        len(digits) == _PERSONAL_DIGITS[0] and _valid(cpr.is_valid, digits)
    )
    return "person" if named or (written and proved) else None


def _nhs(match: re.Match[str], text: str, before: Mapping[str, frozenset[str]]) -> str | None:
    grouped = not match[0].isdigit()
    if _named(match, text, before["order"]) or not _valid(nhs.is_valid, match[0]):
        return None
    return "insurance" if grouped or _named(match, text, before["insurance"]) else None


def _phone(match: re.Match[str], text: str, before: Mapping[str, frozenset[str]], needed: frozenset[str]) -> str | None:
    written, digits = match[0], _DIGITS.sub("", match[0])
    if digits in needed or digits.lstrip("0") in needed or _named(match, text, before["order"]):
        return None
    abroad = written.startswith(("+", "00"))
    named = _named(match, text, before["phone"])
    if not abroad and not named and not written.lstrip("(").startswith("0"):
        return None
    parsed = (_parsed(written, region) for region in (_REGIONS[:1] if abroad else _REGIONS))
    valid = next((n for n in parsed if n is not None and phonenumbers.is_valid_number(n)), None)
    if valid is not None:
        return None if str(valid.national_number) in needed else "phone"
    return "phone" if named and len(digits) >= _EIGHT else None


def _parsed(written: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse("+" + written[2:] if written.startswith("00") else written, region)
    except phonenumbers.NumberParseException:
        return None


def _numbers(contacts: Mapping[str, Any]) -> frozenset[str]:
    """The numbers to call in need, as digits without leading zeros and as they are dialled."""
    digits = [_DIGITS.sub("", entry["number"]) for entry in contacts["contact"]]
    return frozenset((*digits, *(d.lstrip("0") for d in digits)))


def _any(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _birth(months: Sequence[str]) -> re.Pattern[str]:
    year = r"(?:19|20)?\d{2}"
    day = r"\d{1,2}"
    forms = (
        rf"{day}\. ?{day}\. ?{year}|{day}/{day}/{year}|{day}-{day}-{year}|(?:19|20)\d\d-\d\d-\d\d",
        rf"{day}\.? (?:{_any(months)}) {year}|(?:{_any(months)}) {day}(?:st|nd|rd|th)?,? {year}",
    )
    return re.compile(rf"(?<![\d.])(?:{'|'.join(forms)})(?!\d)", re.IGNORECASE)


def _addresses(street: Mapping[str, Any], town: frozenset[str], places: Mapping[str, Any]) -> Iterable[_Rule]:
    counted = rf"(?! ?(?:{_any(street['counted'])})(?:\W|$))"
    house = rf"\d{{1,4}} ?[a-h]?\b(?![.,]\d|[:%\d]){counted}"
    endings = _any(street["endings"])
    one = rf"\b[^\W\d_][\w.-]{{1,40}}(?:{endings})|\b[^\W\d_][\w-]{{2,40}}[ -](?:{endings})"
    yield _Rule(
        re.compile(rf"(?:{one}) {{1,2}}{house}", re.IGNORECASE), lambda m, _: "street" if m[0][0].isupper() else None
    )
    words = _any(street["words"])
    yield _Rule(re.compile(rf"\b\d{{1,4}}[a-zA-Z]? (?:{_CAPITAL} ){{1,3}}(?:{words})\b"), lambda *_: "street")
    done = _any([place["street"] for place in places.values()])
    place = rf"(?!(?i:{_any(street['counted'])})\w{{0,4}}\b){_CAPITAL}(?:[ -]{_CAPITAL}){{0,2}}"
    yield _Rule(
        re.compile(rf"(?:{done})[ ,;\n]{{1,4}}((?:[A-Z]{{1,2}}-)?(?:\d{{3}} ?\d{{2}}|\d{{4,5}}) {place})"),
        lambda *_: "town",
        1,
    )
    alone = rf"(?<![\d.,-])(?:[A-Z]{{1,2}}-)?(?:\d{{3}} ?\d{{2}}|\d{{4,5}}) {place}"
    yield _Rule(re.compile(alone), lambda m, t: "town" if _postcode(m[0]) and _named(m, t, town) else None)
    yield _Rule(_UK_POSTCODE, lambda *_: "town")


def _postcode(written: str) -> bool:
    """Round numbers are counts: 10000 and 5000."""
    digits = _DIGITS.sub("", written)
    return not digits.endswith("00") or written[:2].isalpha()


def _names(words: Mapping[str, Any]) -> Iterable[_Rule]:
    never, particles = frozenset(words["never"]), _any(words["particles"])
    first = rf"({_NAME_WORD}"
    more = rf"(?: (?:(?:{particles}) ){{0,2}}{_CAPITAL}(?:-{_CAPITAL})?){{0,3}}"
    joining = _any(words["conjunctions"])
    end = rf"(?: (?!(?:{joining})\b){_NAME_WORD}(?=\s*(?:$|[,.;!?\n)]| (?:{joining})\b)))?"

    def named(match: re.Match[str], _: str) -> str | None:
        return None if match[1].split()[0].casefold() in never else "name"

    strong = rf"(?<!\w)(?i:{_any(words['introductions'])})[ :]{{1,2}}{first}{more}{end})"
    yield _Rule(re.compile(strong), named, 1)
    capital = rf"({_CAPITAL}(?:-{_CAPITAL})?{more})"
    yield _Rule(re.compile(rf"(?<!\w)(?i:{_any(words['weak'])}) {capital}(?=\s*(?:$|[,.;!?)\n]))"), named, 1)
    signed = rf"(?<!\w)(?i:{_any(words['greetings'])})[,.!]?\s{{1,4}}({_NAME_WORD}(?: {_NAME_WORD}){{0,2}})\.?\s*\Z"
    yield _Rule(re.compile(signed), named, 1)
    articles = frozenset(words["articles"])

    def addressed(match: re.Match[str], text: str) -> str | None:
        spoken = _WORD.findall(text[max(0, match.start() - _NEAR) : match.start()].casefold())
        return None if spoken[-1:] and spoken[-1] in articles else named(match, text)

    yield _Rule(re.compile(rf"\b(?i:{_any(words['titles'])})\.? {capital}"), addressed, 1)
