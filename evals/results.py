"""What a run of cases gives, whatever the suite: figures by group and metric, and the cases that came out wrong."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from evals.errors import BadCases
from evals.scores import Estimate

ALL = "all"
"""The group of all languages together."""

Figures = Mapping[str, Mapping[str, Estimate | None]]
"""Estimates by group (`ALL` or a language) and metric; None where there was nothing to measure."""


@dataclass(frozen=True, slots=True)
class Misses:
    """The cases that came out wrong, as rows under a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Results:
    """All outcomes of the files of cases, and the figures of each suite.

    `failed` counts the replies that say that the bot broke; `outcomes` are frozen dataclasses.
    """

    file: Path
    digest: str
    outcomes: Sequence[Any]
    suites: Mapping[str, Figures]
    misses: Misses
    failed: int = 0

    @property
    def overall(self) -> dict[str, Estimate]:
        """The figures over all languages by metric, those that exist."""
        return {m: e for groups in self.suites.values() for m, e in groups[ALL].items() if e is not None}

    def as_json(self) -> dict[str, Any]:
        """Everything, for results.json."""
        suites = {
            suite: {
                group: {name: None if e is None else asdict(e) for name, e in figures.items()}
                for group, figures in groups.items()
            }
            for suite, groups in self.suites.items()
        }
        return {
            "cases": self.file.name,
            "digest": self.digest,
            "failed": self.failed,
            "suites": suites,
            "outcomes": [asdict(outcome) for outcome in self.outcomes],
        }


def digest_of(*files: Path) -> str:
    """Says which cases were asked."""
    return "sha256:" + hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


Line = TypeVar("Line", bound=BaseModel)


def read_lines(path: Path, kind: type[Line]) -> tuple[Line, ...]:
    """The cases of a file, one JSON object a line; empty lines are passed over.

    Args:
        path: the file.
        kind: the model of a case; it has an `id`.

    Raises:
        BadCases: it is missing, a line is no case, two cases have one id, or there is none.
    """
    try:
        lines = path.read_text("utf-8").split("\n")
    except OSError as error:
        raise BadCases(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadCases(f"{path}: not UTF-8") from error
    cases: dict[str, Line] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            case = kind.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            where = "".join(f"{part}: " for part in first["loc"])
            raise BadCases(f"{path}: line {number}: {where}{first['msg']}") from error
        name = str(getattr(case, "id"))  # noqa: B009 - the bound of the type variable does not know of it
        if name in cases:
            raise BadCases(f"{path}: line {number}: the id {name!r} is there already")
        cases[name] = case
    if not cases:
        raise BadCases(f"{path}: holds no cases")
    return tuple(cases.values())
