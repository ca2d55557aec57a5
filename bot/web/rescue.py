"""An emergency is not lost to load: who finds all places taken is still told to call for help, by plain rules alone."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

import anyio.to_thread
from anyio import CapacityLimiter

from bot.country import stated
from bot.errors import BadWording, where
from bot.followup import spoken
from bot.referral import FALLBACK, Referrals, compose, load_referrals
from bot.triage import Rules, assess, load_rules
from bot.turn import Level, Question, Reply
from bot.web.limits import Buckets

_log = logging.getLogger(__name__)

PER_SECOND: Final = 24.0
"""So many questions a second may pass the gate when the bot is full."""
LONGEST: Final = 4_000
"""Characters that are looked at, the newest first: the rules take 1 ms for a message, 10 ms for so many."""
_ANYONE: Final = b""


def _bucket() -> Buckets:
    return Buckets(PER_SECOND, PER_SECOND)


@dataclass(frozen=True, slots=True)
class Rescue:
    """Finds emergencies among the questions that the bot has no place for. To be used from one event loop.

    Both doors are limited: that of the HTTP API before anything is read, and that to the rules, which the page has too.
    """

    gate: Buckets = field(default_factory=_bucket)
    rules: Buckets = field(default_factory=lambda: Buckets(2 * PER_SECOND, 2 * PER_SECOND))
    limiter: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(1))

    def admits(self) -> bool:
        """Whether one more question may pass the gate now."""
        return self.gate.wait(_ANYONE) == 0

    async def __call__(self, question: Question) -> Reply | None:
        """The referral for an emergency; None for everything else, and when too many have asked in this second."""
        if self.rules.wait(_ANYONE) != 0:
            return None
        try:
            return await anyio.to_thread.run_sync(refer, question, limiter=self.limiter)
        except Exception as error:  # noqa: BLE001 - nothing but the usual refusal follows from a mistake in here
            _log.error("an overflowing question could not be looked at: %s", where(error))
            return None

    async def warm_up(self) -> None:
        """Load what the first emergency would wait for; a broken data file is logged, the bot itself raises it."""
        try:
            await anyio.to_thread.run_sync(_held, limiter=self.limiter)
        except BadWording as error:
            _log.error("under load emergencies will not be told from other questions: %s", error)


def refer(question: Question) -> Reply | None:
    """The referral for an emergency, without the index and without a model; None when there is none."""
    began = time.perf_counter()
    rules, referrals = _held()
    messages = newest((*question.earlier, question.text))
    triage = assess(rules, messages)
    if triage.level is not Level.EMERGENCY:
        return None
    lang = question.lang or spoken(question.text, question.earlier)
    lang = lang if lang in referrals.wording else FALLBACK
    country = stated(messages) or question.country
    reply = compose(referrals, triage, lang=lang, country=country, warning_signs=None)
    milliseconds = (time.perf_counter() - began) * 1000
    return replace(reply, timings_ms={"triage": milliseconds, "total": milliseconds})


def newest(messages: Sequence[str], longest: int = LONGEST) -> tuple[str, ...]:
    """The last messages, oldest first, together no longer than that; of a longer one its end."""
    kept: list[str] = []
    for message in reversed(messages):
        if longest <= 0:
            break
        kept.insert(0, message[-longest:])
        longest -= len(message)
    return tuple(kept)


@cache
def _held() -> tuple[Rules, Referrals]:
    return load_rules(), load_referrals()
