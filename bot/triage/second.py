"""The second detector: the tuned model over the windows of a conversation.

It was trained on examples without a look at the rules, so that the two miss different things. What it says counts
within limits: where the rules understood that a sign was denied, asked about or is past, it must be surer; and it may
lower what the rules found only where that was an appointment and it is all but certain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.judging import LEVEL, NO_SIGN, SIGN, Judgement, Judging, read_limits
from bot.triage.assess import Reading
from bot.turn import Level
from bot.windows import Window, windows

FILE = Path(__file__).with_name("limits.toml")

# Letters of the longest words that people write; German compounds reach about forty.
_LONGEST_WORD = 40


class Limits(BaseModel):
    """From which chance on a window is taken for its level or a higher one, as `python -m evals fit limits` found.

    `lifted` are the same where the rules found a sign and understood that it is not meant. Below `cleared` chance of
    any sign, an appointment that the rules alone ask for is dropped.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    emergency: float
    urgent: float
    doctor: float
    lifted_emergency: float
    lifted_urgent: float
    lifted_doctor: float
    cleared: float

    def level(self, judgement: Judgement, *, lifted: bool) -> Level:
        """The highest level whose limit the chance of it or a higher one reaches."""
        chances = judgement[LEVEL]
        emergency = chances[Level.EMERGENCY]
        urgent = emergency + chances[Level.URGENT]
        doctor = urgent + chances[Level.DOCTOR]
        prefix = "lifted_" if lifted else ""
        for level, chance in ((Level.EMERGENCY, emergency), (Level.URGENT, urgent), (Level.DOCTOR, doctor)):
            if chance >= getattr(self, f"{prefix}{level.value}"):
                return level
        return Level.NONE


def load_limits(path: Path = FILE) -> Limits:
    """The limits of this package. Raises `BadWording` when the file is missing or incomplete."""
    return read_limits(path, Limits)


@dataclass(frozen=True, slots=True)
class Judged:
    """A window with what the model says of it."""

    window: Window
    judgement: Judgement
    lifted: bool

    @property
    def risk(self) -> float:
        """The chance that there is any sign."""
        return 1.0 - self.judgement[LEVEL][Level.NONE]

    @property
    def sign(self) -> str:
        """The likeliest sign."""
        chances = self.judgement[SIGN]
        return max((name for name in chances if name != NO_SIGN), key=chances.__getitem__)


def judged(judge: Judging, reading: Reading, most: int) -> tuple[Judged, ...]:
    """The windows that sound most like a sign, the current message first; what was cleared up does not count.

    Args:
        judge: the model.
        reading: the conversation as the rules read it.
        most: how many windows are worth their time.
    """
    open_windows = [w for w in windows(reading.tokens) if _is_language(w) and not _settled(w, reading)]
    current = len(reading.messages) - 1
    ranked = sorted(open_windows, key=lambda w: (w.message != current, -judge.suspicion(w.words)))
    # Half of them for the current message, if earlier ones have something to say, too.
    own = [w for w in ranked if w.message == current][: max(1, most - 1)]
    earlier = sorted((w for w in ranked if w.message != current), key=lambda w: -judge.suspicion(w.words))
    chosen = [*own, *earlier[: most - len(own)]]
    return tuple(
        Judged(w, judge.judge(reading.messages[w.message][w.start : w.end]), _is_lifted(w, reading)) for w in chosen
    )


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
    """The visitor's words in these windows."""
    return tuple(reading.messages[j.window.message][j.window.start : j.window.end] for j in found)
