"""The gate: no figure may fall below its floor, which lies a little below what was once measured on the same cases."""

import json
import math
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from evals.case import CASES
from evals.errors import BadCases
from evals.results import ALL, Results

BASELINE = Path(__file__).with_name("baseline.json")

# A floor lies this far below what was measured: one case in fifty may turn over for reasons that are no defect.
_MARGIN = 0.02


class Floors(BaseModel):
    """What a file of cases must at least give, by metric; the digest says which cases the floors were set on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    digest: str
    floors: Mapping[str, float]


def read_floors(results: Results, baseline: Path) -> Floors | None:
    """The floors for the cases of these results; None for files outside evals/cases, and where none were set.

    Raises:
        BadCases: the file of floors is damaged.
    """
    name = _name(results.file)
    return None if name is None else _baseline(baseline).get(name)


def _name(file: Path) -> str | None:
    """What a file of cases is called among the floors; None for one that does not lie in evals/cases."""
    path, root = file.resolve(), CASES.resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else None


def _baseline(path: Path) -> dict[str, Floors]:
    try:
        held = json.loads(path.read_text("utf-8"))
        return {name: Floors.model_validate(floors) for name, floors in held.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:  # ValidationError is a ValueError
        raise BadCases(f"{path}: no floors can be read from it: {error}") from error


def below(results: Results, floors: Floors | None) -> tuple[str, ...]:
    """Why the gate is shut, a line each; nothing when it is open."""
    reasons = [f"{results.failed} replies say that the bot failed"] if results.failed else []
    if floors is None:
        return tuple(reasons)
    if floors.digest != results.digest:
        reasons.append(f"{results.file.name} has changed since its floors were set; run: python -m evals run --update")
    measured = results.overall
    for metric in (metric for groups in results.suites.values() for metric in groups[ALL]):
        if metric not in floors.floors:
            continue
        if metric not in measured:
            reasons.append(f"{metric} could not be measured, its floor is {floors.floors[metric]:.2f}")
        elif measured[metric].value < floors.floors[metric]:
            reasons.append(f"{metric} is {measured[metric].value:.3f}, its floor is {floors.floors[metric]:.2f}")
    return tuple(reasons)


def update(results: Results, baseline: Path, *, force: bool = False) -> Floors:
    """Set the floors to a little below what was measured; one that is higher stays, unless forced.

    Raises:
        BadCases: the cases do not lie in evals/cases, or the file of floors is damaged.
    """
    name = _name(results.file)
    if name is None:
        raise BadCases(f"{results.file}: floors are kept for the files in evals/cases only")
    held = _baseline(baseline)
    old = held[name].floors if name in held else {}
    new = {metric: _floor(estimate.value) for metric, estimate in results.overall.items()}
    if not force:
        new = {metric: max(value, old.get(metric, 0.0)) for metric, value in new.items()}
    floors = Floors(digest=results.digest, floors={**old, **new})
    held[name] = floors
    written = {name: f.model_dump() for name, f in sorted(held.items())}
    baseline.write_text(json.dumps(written, indent=1) + "\n", "utf-8")
    return floors


def _floor(measured: float) -> float:
    return max(0.0, math.floor((measured - _MARGIN) * 100) / 100)
