"""A judge that says what it was told to say; tests/bot/test_judging.py holds it to the contract of the real one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.judging import HARMLESS, LEVEL, NO_SIGN, REASON, SIGN, Judgement
from bot.turn import Level

NOTHING: Judgement = {
    LEVEL: {Level.NONE.value: 1.0, "doctor": 0.0, "urgent": 0.0, "emergency": 0.0},
    SIGN: {NO_SIGN: 1.0, "cauda_equina": 0.0, "suicidality": 0.0, "leg_weakness": 0.0},
    REASON: {HARMLESS: 1.0, "injection": 0.0, "abuse": 0.0, "privacy": 0.0, "medication": 0.0, "diagnosis": 0.0},
}


def alarm(level: Level, chance: float, sign: str) -> Judgement:
    """So sure of a level, and for the rest of nothing; the sign is the likeliest."""
    levels = {**NOTHING[LEVEL], Level.NONE.value: 1 - chance, level.value: chance}
    return {**NOTHING, LEVEL: levels, SIGN: {**NOTHING[SIGN], NO_SIGN: 0.1, sign: 0.9}}


def attack(reason: str, chance: float) -> Judgement:
    """So sure of a reason to refuse."""
    return {**NOTHING, REASON: {**NOTHING[REASON], HARMLESS: 1 - chance, reason: chance}}


@dataclass(slots=True)
class ScriptedJudge:
    """Judges a text by the first word of its script that it holds; breaks on one that is to break it."""

    script: Mapping[str, Judgement] = field(default_factory=dict)
    breaks_on: str | None = None
    asked: list[str] = field(default_factory=list)

    def judge(self, text: str) -> Judgement:
        self.asked.append(text)
        if self.breaks_on is not None and self.breaks_on in text:
            raise RuntimeError("the engine is gone")
        return next((said for word, said in self.script.items() if word in text), NOTHING)

    def suspicion(self, words: Sequence[str]) -> float:
        return float(sum(word.casefold() in " ".join(words) for word in self.script))
