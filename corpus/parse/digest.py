"""sources.yaml, the list of what the articles cite, as documents in our own words.

The facts are ours and German whatever the language of the page they come from. A source without facts gives no
document: nothing is known of its text.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from corpus.document import (
    Document,
    Interest,
    Lang,
    Match,
    Paragraph,
    Provenance,
    Section,
    Sense,
    Slice,
)
from corpus.errors import NotUnderstood
from corpus.parse.sidecar import Id, explain
from corpus.sentences import split

_TOPICS = Path(__file__).parent.parent / "topics.toml"
_INTERESTS = _TOPICS.with_name("interests.toml")
_OUR_LANG: Lang = "de"
_WORD = re.compile(r"\w+")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class Fact(_Strict):
    """One statement of a source, in our own words."""

    topic: str
    text: str


class Side(_Strict):
    """What a document says on the point: a whole sentence of it, and others in it that say the same."""

    document: Id
    quote: str
    also: tuple[str, ...] = ()


class Contradiction(_Strict):
    """Where a source disagrees with others; `against` holds their ids, `artikel` for the article.

    One of the `sides` is the source's own; every other one stands against it. `text` is for those who keep the list.
    """

    topic: str
    against: tuple[str, ...]
    text: str
    sense: Sense = "opposed"
    sides: Annotated[tuple[Side, ...], Field(min_length=2)]


class SourceEntry(_Strict):
    """One entry of sources.yaml, field by field. `names`: what its facts call it besides the publisher's first word."""

    id: Id
    role: Literal["cited", "supplement", "substitute", "reference", "counterpoint"]
    publisher: str
    cited_title: str | None
    found_title: str | None
    url: str | None
    language: Lang | None
    date: str | None
    match: Match
    match_note: str | None = None
    extra: bool
    supplements: str | None = None
    note: str | None = None
    interest: Interest | None = None
    names: tuple[str, ...] = ()
    facts: tuple[Fact, ...]
    contradictions: tuple[Contradiction, ...]


_ENTRIES = TypeAdapter(tuple[SourceEntry, ...])


def parse_sources(text: str, name: str = "sources.yaml") -> tuple[SourceEntry, ...]:
    """Read the list of sources; `name` is used in errors.

    Raises:
        NotUnderstood: no YAML, or an entry with a missing, unknown or wrong field.
    """
    try:
        # BaseLoader leaves 2016-05 and 2017 as written instead of guessing dates and numbers.
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, see below
        entries = _ENTRIES.validate_python(raw)
    except yaml.YAMLError as error:
        raise NotUnderstood(f"{name} is no YAML: {error}") from error
    except ValidationError as error:
        raise NotUnderstood(f"{name}: {explain(error)}") from error
    ids = [entry.id for entry in entries]
    if twice := {i for i in ids if ids.count(i) > 1}:
        raise NotUnderstood(f"{name}: ids used more than once: {', '.join(sorted(twice))}")
    return entries


# libyaml reads the file ten times as fast; a PyYAML that was built without it has only its own reader.
_Fastest: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fastest):  # type: ignore[misc]  # which of the two is known only when it runs
    """A safe loader that does not turn dates into objects: `2016-05` must stay as written."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@cache
def _topics(lang: Lang) -> dict[str, str]:
    tables: dict[str, dict[str, str]] = tomllib.loads(_TOPICS.read_text("utf-8"))
    return tables[lang]


class _Bearing(_Strict):
    """A table of interests.toml."""

    topics: tuple[str, ...]
    words: tuple[str, ...]


@cache
def _interests() -> Mapping[Interest, _Bearing]:
    tables = TypeAdapter(dict[Interest, _Bearing])
    return tables.validate_python(tomllib.loads(_INTERESTS.read_text("utf-8")))


def _interested(interest: Interest | None, sections: Iterable[Section]) -> tuple[Slice, ...]:
    """The sentences that an interest bears on."""
    if interest is None:
        return ()
    rules, labels = _interests()[interest], _topics(_OUR_LANG)
    headings = {labels[topic] for topic in rules.topics}
    return tuple(
        sentence
        for section in sections
        for sentence in section.sentences
        if section.path[-1] in headings or any(word in sentence.text.casefold() for word in rules.words)
    )


def digest(entry: SourceEntry) -> Document | None:
    """The facts of a source as a document with a section a topic; None when nothing is known.

    Raises:
        NotUnderstood: a topic has no heading in topics.toml.
    """
    if not entry.facts:
        return None
    title = entry.found_title or (entry.cited_title or entry.publisher).rstrip(".")
    text = title
    drafts = []
    for topic in dict.fromkeys(fact.topic for fact in entry.facts):
        label = _topics(_OUR_LANG).get(topic)
        if label is None:
            raise NotUnderstood(f"{entry.id}: topic {topic!r} has no heading in {_TOPICS.name}; add one")
        heading = Slice(len(text) + 2, len(text) + 2 + len(label), label)
        text += f"\n\n{label}\n"
        places = []
        for fact in (f for f in entry.facts if f.topic == topic):
            text += "\n"
            places.append((len(text), len(text) + len(fact.text)))
            text += fact.text
        drafts.append((label, heading, places))
    sections = tuple(
        Section("facts", (label,), heading, tuple(Paragraph(split(text, _OUR_LANG, *place)) for place in places))
        for label, heading, places in drafts
    )
    return Document(
        id=entry.id,
        kind="digest",
        lang=_OUR_LANG,
        title=title,
        publisher=entry.publisher,
        text=text,
        sections=sections,
        published=entry.date,
        url=entry.url,
        provenance=Provenance(
            match=entry.match,
            cited_title=entry.cited_title,
            note=entry.note,
            match_note=entry.match_note,
            role=entry.role,
            interest=entry.interest,
            interested=_interested(entry.interest, sections),
            names=(*_WORD.findall(entry.publisher)[:1], *entry.names),
        ),
    )
