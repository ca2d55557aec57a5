"""What the tuned model is trained on: messages written for it, and questions that the corpus brings along.

Nothing of evals/cases is among them; tests/evals/test_examples.py looks for what is nearly the same.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from bot.judging import HARMLESS, NO_SIGN
from bot.textfold import tokenize
from bot.triage import Rules
from bot.turn import Level, Reason
from bot.windows import BETWEEN, windows
from corpus.document import Document, Lang
from evals.errors import BadCases

FOLDER = Path(__file__).with_name("training")

_LANG: TypeAdapter[Lang] = TypeAdapter(Lang)

# Words of a text that is looked at to its end; see LONGEST in index/tuned.py.
_WHOLE = 90
# The corpus has some five thousand questions, none with a sign; all of them would drown the rest.
_EVERY = 6
# Who writes an attack, an insult or of something else altogether has not told of himself, so that he needs no doctor;
# who asks for a diagnosis or a dose may have.
_TELLING = frozenset({Reason.DIAGNOSIS, Reason.MEDICATION, Reason.PRIVACY})


@dataclass(frozen=True, slots=True)
class Example:
    """A message with what is known of it; None where that is nothing.

    `topic` names the scene: examples of one topic are wordings of the same and stay together when they are split.
    A conversation is one text, joined as bot.windows joins what it judges together.
    """

    text: str
    topic: str
    level: Level | None = None
    sign: str | None = None
    reason: str | None = None
    lang: Lang | None = None


class _TriageLine(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = ""
    turns: tuple[str, ...] = ()
    level: Level
    sign: str
    topic: str

    @model_validator(mode="after")
    def _one_of_both(self) -> "_TriageLine":
        if bool(self.text) == bool(self.turns):
            raise ValueError("an example has either a text or turns")
        return self

    @property
    def whole(self) -> str:
        """The message, or the conversation as one text."""
        return self.text or BETWEEN.join(self.turns)


class _GuardLine(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    reason: Literal["injection", "abuse", "privacy", "medication", "diagnosis", "off_topic"] | None
    lang: Lang
    topic: str


def examples(rules: Rules, documents: Mapping[str, Document], folder: Path = FOLDER) -> tuple[Example, ...]:
    """All examples, those for triage first.

    Raises:
        BadCases: a file cannot be read.
    """
    found = [*_of_triage(folder, rules), *_heard(folder), *_of_guards(folder), *_of_rules(rules), *_asked(documents)]
    return tuple({example.text: example for example in reversed(found)}.values())[::-1]


def _of_triage(folder: Path, rules: Rules) -> Iterator[Example]:
    known = {sign.id for sign in rules.signs}
    for path in sorted(folder.glob("triage.*.jsonl")):
        lang = _LANG.validate_python(path.name.split(".")[1])
        for line in _lines(path, _TriageLine):
            if (line.level is not Level.NONE) != (line.sign in known):
                raise BadCases(f"{path}: {line.whole!r}: {line.sign} does not go with {line.level}")
            sign = NO_SIGN if line.level is Level.NONE else line.sign
            # A sign must not be refused, whatever else the message may be; what is harmless need not be.
            reason = HARMLESS if line.sign in {"running", "product", "harmless", "informational"} else None
            for part in _parts(line):
                yield Example(part, line.topic, line.level, sign, reason, lang)


def _parts(line: _TriageLine) -> Iterator[str]:
    """The message, and the windows of a harmless story, since it is judged in them.

    In which window of a story its sign stands is not known; one that is longer than what is looked at is left out.
    """
    if line.level is Level.NONE or len(line.whole.split()) <= _WHOLE:
        yield line.whole
    # The messages of a conversation that ends well may hold the sign that is taken back in it.
    if line.level is Level.NONE and line.text:
        found = windows(tokenize((line.text,)))
        yield from (line.text[window.start : window.end] for window in found if len(found) > 1)


def _of_guards(folder: Path) -> Iterator[Example]:
    for line in (line for path in sorted(folder.glob("guard*.jsonl")) for line in _lines(path, _GuardLine)):
        told = line.reason in _TELLING
        yield Example(
            text=line.text,
            topic=f"guard-{line.topic}",
            level=None if told else Level.NONE,
            sign=None if told else NO_SIGN,
            reason=line.reason or HARMLESS,
            lang=line.lang,
        )


def _heard(folder: Path) -> Iterator[Example]:
    """The lists that the rules are held to: they know the level, not the sign."""
    for path in sorted(folder.glob("*.toml")):
        content: dict[str, Any] = _toml(path)
        content.pop("conversation", None)
        for level, texts in content.items():
            for number, text in enumerate(texts):
                sign = NO_SIGN if level == Level.NONE else None
                yield Example(text, f"{path.stem}-{level}-{number}", Level(level), sign)


def _of_rules(rules: Rules) -> Iterator[Example]:
    """The examples that the rules carry."""
    for sign in rules.signs:
        for number, text in enumerate(sign.matches):
            yield Example(text, f"rule-{sign.id}-{number}", sign.level, sign.id)


def _asked(documents: Mapping[str, Document]) -> Iterator[Example]:
    """A part of the questions that the documents answer; those of one sentence are one topic."""
    variants = [(name, variant) for name, document in documents.items() for variant in document.variants]
    for name, variant in variants[::_EVERY]:
        yield Example(variant.question, f"{name}-{variant.sentence.start}", Level.NONE, NO_SIGN, HARMLESS)


def _lines(path: Path, kind: type[Any]) -> Sequence[Any]:
    try:
        return [kind.model_validate(json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:  # ValidationError is a ValueError
        first = error.errors()[0] if isinstance(error, ValidationError) else error
        raise BadCases(f"{path}: {first}") from error


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadCases(f"{path}: {error}") from error
