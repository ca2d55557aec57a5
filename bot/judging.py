"""The tuned model as the stages ask it: one reading of a message serves triage and guard.

Which head tells what is settled in evals/train.py, where it is trained; the file lies beside this module.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from bot.errors import BadWording
from index.errors import ModelUnavailable
from index.tuned import Judge, Tuned

FILE = Path(__file__).with_name("judge.npz")

Judgement = Mapping[str, Mapping[str, float]]
"""For each head how likely each of its labels is."""


class Judging(Protocol):
    """What the stages ask of the model."""

    def judge(self, text: str) -> Judgement:
        """What a text is taken for."""
        ...

    def suspicion(self, words: Sequence[str]) -> float:
        """How much folded words sound like something to be judged; only the order of values counts."""
        ...


LEVEL, SIGN, REASON = "level", "sign", "reason"
"""The heads: the level of urgency, the sign (or `NO_SIGN`), the reason to refuse (or `HARMLESS`)."""

NO_SIGN, HARMLESS = "none", "harmless"


def load_judge(path: Path = FILE) -> Judge:
    """The judge of this package.

    Raises:
        BadWording: its file is missing or damaged, or the engine cannot be loaded.
    """
    try:
        return Judge(Tuned.load(path))
    except ModelUnavailable as error:
        raise BadWording(str(error)) from error


Limits = TypeVar("Limits", bound=BaseModel)


def read_limits(path: Path, kind: type[Limits]) -> Limits:
    """How sure the model must be, from a file beside the stage that asks it.

    Raises:
        BadWording: the file is missing or incomplete.
    """
    try:
        return kind.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:  # ValidationError is a ValueError
        first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise BadWording(f"{path.parent.name}/{path.name}: {first}; run: python -m evals fit limits") from error
