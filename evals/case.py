"""The cases of evals/cases: what is asked, and what must come of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.turn import Question, Reply
from corpus.document import Lang

CASES = Path(__file__).parent / "cases"
_LEAD = "(lead)"


class Case(BaseModel):
    """A message, the kind of reply it must get, and for answers the sections of which one must be cited.

    `earlier` holds the visitor's earlier messages of the conversation. A section is written `document/heading`, cut
    short anywhere; `document/(lead)` is what stands before the first heading. Tags say what a case is an example of.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    lang: Lang
    kind: Literal["answer", "refusal"]
    text: str
    earlier: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def question(self) -> Question:
        """What the bot is asked; it is not told the language."""
        return Question(text=self.text, earlier=self.earlier)

    def cited(self, reply: Reply) -> bool:
        """Whether the reply cites one of the expected sections."""
        places = [f"{c.document}/{c.section[-1] if c.section else _LEAD}" for c in reply.citations]
        return any(place.startswith(section) for place in places for section in self.sections)


def read_cases(name: str) -> Iterator[Case]:
    """The cases of a file in evals/cases, `dev` or `test`."""
    for line in (CASES / f"{name}.jsonl").read_text("utf-8").splitlines():
        yield Case.model_validate(json.loads(line))
