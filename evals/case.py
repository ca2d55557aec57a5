"""The cases of evals/cases: what is asked, and what must come of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.turn import Reply
from corpus.document import Lang

CASES = Path(__file__).parent / "cases"


class Case(BaseModel):
    """A question, the kind of reply it must get, and for answers the sections of which one must be cited.

    A section is written `document/heading`, cut short anywhere.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    lang: Lang
    kind: Literal["answer", "refusal"]
    text: str
    sections: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()

    def cited(self, reply: Reply) -> bool:
        """Whether the reply cites one of the expected sections."""
        places = [f"{c.document}/{c.section[-1] if c.section else ''}" for c in reply.citations]
        return any(place.startswith(section) for place in places for section in self.sections)


def read_cases(name: str) -> Iterator[Case]:
    """The cases of a file in evals/cases, `dev` or `test`."""
    for line in (CASES / f"{name}.jsonl").read_text("utf-8").splitlines():
        yield Case.model_validate(json.loads(line))
