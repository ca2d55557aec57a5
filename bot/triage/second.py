"""The second detector: the tuned model over a conversation.

It was trained on examples without a look at the rules, so that the two miss different things. It reads the current
message, the conversation as a whole, and of the earlier messages what sounds most like a sign. How sure it must be
depends on what the rules found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.judging import LEVEL, NO_SIGN, SIGN, Judgement, Judging, read_limits
from bot.triage.assess import Reading
from bot.turn import Level
from bot.windows import BETWEEN, Window, windows

FILE = Path(__file__).with_name("limits.toml")

# Letters of the longest words that people write; German compounds reach about forty.
_LONGEST_WORD = 40

# Words of a conversation that is judged as one text; with more the model is asked about what it was not trained on.
_TALK = 75

# Where no message alone has so much of a sign, all of them together have none: "Helps heat?" and "Why?" make the model
# see ghosts, while of the fit cases with a sign in several messages none lies below.
_SOME = 0.25

Found = Literal["nothing", "lifted", "doctor", "urgent", "emergency"]
"""What the rules found; `lifted`: a sign that is not meant, as far as they understand."""


class Borders(BaseModel):
    """From which chance of a level or a higher one a conversation is at that level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    doctor: float
    urgent: float
    emergency: float


class Limits(BaseModel):
    """The borders for each thing that the rules may have found, as `python -m evals fit limits` set them.

    Below `cleared` chance of any sign in the conversation as a whole, what was said before the current message has
    been taken back, or a doctor has seen to it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    nothing: Borders
    lifted: Borders
    doctor: Borders
    urgent: Borders
    emergency: Borders
    cleared: float

    def level(self, judgement: Judgement, found: Found) -> Level:
        """The highest level whose border the chance of it or a higher one reaches."""
        borders: Borders = getattr(self, found)
        for level in (Level.EMERGENCY, Level.URGENT, Level.DOCTOR):
            if at_least(judgement, level) >= getattr(borders, level.value):
                return level
        return Level.NONE


def at_least(judgement: Judgement, level: Level) -> float:
    """The chance of a level or a higher one."""
    return sum(chance for name, chance in judgement[LEVEL].items() if Level(name).rank >= level.rank)


def load_limits(path: Path = FILE) -> Limits:
    """The limits of this package. Raises `BadWording` when the file is missing or incomplete."""
    return read_limits(path, Limits)


@dataclass(frozen=True, slots=True)
class Judged:
    """A piece of the conversation, one window or several, with what the model says of it."""

    windows: tuple[Window, ...]
    judgement: Judgement
    lifted: bool

    @property
    def risk(self) -> float:
        """The chance that there is any sign."""
        return at_least(self.judgement, Level.DOCTOR)

    @property
    def sign(self) -> str:
        """The likeliest sign."""
        chances = self.judgement[SIGN]
        return max((name for name in chances if name != NO_SIGN), key=chances.__getitem__)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the model says of the current message, of the conversation as one text, and of earlier messages.

    `whole` tells whether nothing was left out, neither of the messages nor of what they became as one text.
    """

    now: tuple[Judged, ...]
    talk: Judged | None
    before: tuple[Judged, ...]
    whole: bool

    def __iter__(self) -> Iterator[Judged]:
        """All of it, the current message first."""
        yield from self.now
        if self.talk is not None:
            yield self.talk
        yield from self.before


def listen(judge: Judging, reading: Reading, most: int) -> Heard:
    """Judge the conversation; what was cleared up does not count.

    Args:
        judge: the model.
        reading: the conversation as the rules read it.
        most: how many pieces are worth their time.
    """
    unsettled = [w for w in windows(reading.tokens) if _is_language(w) and not _settled(w, reading)]
    ranked = sorted(unsettled, key=lambda window: -judge.suspicion(window.words))
    current = len(reading.messages) - 1
    own = [w for w in ranked if w.message == current]
    earlier = [w for w in ranked if w.message != current]
    talk, complete = _talk(unsettled, ranked) if own and earlier else ((), True)
    # One of them for what was said before, if anything was, and one for all of it together.
    now = own[: max(1, most - 2 * bool(talk))] if earlier else own[:most]
    before = earlier[: max(0, most - len(now) - bool(talk))]

    def judged(*parts: Window) -> Judged:
        text = BETWEEN.join(reading.messages[w.message][w.start : w.end] for w in parts)
        return Judged(parts, judge.judge(text), any(_is_lifted(w, reading) for w in parts))

    single = [judged(w) for w in (*now, *before)]
    together = judged(*talk) if talk else None
    if together is not None and max(each.risk for each in single) < _SOME < together.risk:
        together = None
    return Heard(
        now=tuple(single[: len(now)]),
        talk=together,
        before=tuple(single[len(now) :]),
        whole=len(now) == len(own) and (complete or len(before) == len(earlier)),
    )


def _talk(parts: Sequence[Window], ranked: Sequence[Window]) -> tuple[tuple[Window, ...], bool]:
    """What stands for the conversation as one text, and whether that is all of it.

    Of each message its most suspicious window; where that is too long, the least suspicious messages are left out, but
    never the current one.
    """
    chosen = [min(group, key=ranked.index) for _, group in groupby(parts, key=lambda window: window.message)]
    complete = len(chosen) == len(parts)
    while len(chosen) > 1 and sum(len(window.words) for window in chosen) > _TALK:
        chosen.remove(max(chosen[:-1], key=ranked.index))
        complete = False
    return (tuple(chosen) if len(chosen) > 1 else ()), complete


def _is_language(window: Window) -> bool:
    """Whether most of its words are short enough to be words; the guard looks at what is written in code."""
    return 2 * sum(len(word) <= _LONGEST_WORD for word in window.words) > len(window.words)


def _is_lifted(window: Window, reading: Reading) -> bool:
    """Whether a sign in it is not meant, as far as the rules understand: denied, asked about, or just cleared up."""
    clears = window.message in {reading.cleared, reading.corrected[0]} - {0}
    return clears or bool(window.sentences & reading.lifted)


def _settled(window: Window, reading: Reading) -> bool:
    return window.message < reading.cleared or (window.message, window.start) < reading.corrected


def quotes(found: Sequence[Judged], reading: Reading) -> tuple[str, ...]:
    """The visitor's words in these pieces."""
    return tuple(dict.fromkeys(reading.messages[w.message][w.start : w.end] for j in found for w in j.windows))
