"""Claims that a health brand must not make, in whatever the bot is about to say: its quotations above all.

An article may say them; that is its publisher's responsibility. The bot does not repeat them. What counts is data
(claims.toml), in the language of the text.
"""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.errors import BadWording
from bot.phrases import Lexicon
from bot.textfold import tokenize
from corpus.document import Lang

FILE = Path(__file__).with_name("claims.toml")

_PRODUCT = "{product}"


@dataclass(frozen=True, slots=True)
class Claim:
    """One kind of claim in one language, with examples that must be found and must be left alone."""

    code: str
    lang: str
    any: tuple[str, ...]
    unless: tuple[str, ...]
    hits: tuple[str, ...]
    spares: tuple[str, ...]


def claims(text: str, lang: Lang, brands: Iterable[str] = ()) -> tuple[str, ...]:
    """The codes of the claims that a text makes, in the order of the file; none for a text that may be shown.

    Args:
        text: One sentence or more.
        lang: The language it is written in.
        brands: Names of makers and products, besides those of the data, as the provenance of a document gives them.
    """
    known = _claims()
    lexicon = _lexicon(lang, tuple(sorted({brand for brand in brands if tokenize((brand,))})))
    tokens = tokenize((text,))
    found = lexicon.find(tokens)
    made: list[str] = []
    for claim in (claim for claim in known if claim.lang == lang):
        spared = {tokens[span.first].sentence for span in found.get(f"unless.{claim.code}", ())}
        if any(tokens[span.first].sentence not in spared for span in found.get(f"any.{claim.code}", ())):
            made.append(claim.code)
    return tuple(made)


def read_claims(file: Path) -> tuple[Claim, ...]:
    """The claims of a file. Raises `BadWording` when an entry is missing or wrong."""
    try:
        return tuple(_claim(entry) for entry in _content(file)["claim"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadWording(f"{file.name}: {error!r} is missing or wrong") from error


def _claim(entry: Mapping[str, Any]) -> Claim:
    if not entry["any"] or not entry["hits"] or not entry["spares"]:
        raise ValueError(f"{entry['code']}: any, hits and spares must be filled")
    lists = {name: tuple(entry[name]) for name in ("any", "unless", "hits", "spares")}
    return Claim(code=entry["code"], lang=entry["lang"], **lists)


def _content(file: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadWording(f"{file.name}: {error!r}") from error


@cache
def _claims() -> tuple[Claim, ...]:
    return read_claims(FILE)


@cache
def _products() -> Mapping[str, Sequence[str]]:
    products: Mapping[str, Sequence[str]] = _content(FILE)["product"]
    return products


@cache
def _lexicon(lang: str, brands: tuple[str, ...]) -> Lexicon:
    """The phrases of one language, with the names of products put in."""
    names = [*_products().get(lang, ()), *(" ".join(token.text for token in tokenize((brand,))) for brand in brands)]
    lists: dict[str, list[str]] = defaultdict(list)
    for claim in (claim for claim in _claims() if claim.lang == lang):
        for kind, phrases in (("any", claim.any), ("unless", claim.unless)):
            lists[f"{kind}.{claim.code}"] += [written for phrase in phrases for written in _named(phrase, names)]
    return Lexicon(lists)


def _named(phrase: str, names: Sequence[str]) -> Iterable[str]:
    return (phrase.replace(_PRODUCT, name) for name in names) if _PRODUCT in phrase else (phrase,)
