"""Puts a question to the service from asynchronous code: in a few threads, and never more at once than can be served.

Answering keeps a core busy. How long a question takes is measured; who would have to wait too long for a thread is
turned away at once, so that those who got a place wait hardly longer than they would on a quiet day.
"""

import logging
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

import anyio.to_thread
from anyio import CapacityLimiter

from bot.errors import BadQuestion, where
from bot.turn import Question, Reply, Watch
from bot.web.service import ChatService

_log = logging.getLogger(__name__)

THREADS: Final = max(2, min(4, os.cpu_count() or 1))
"""One a core; more would only make everybody wait longer."""
PLACES: Final = 64
"""Questions being answered or waiting for a thread, at most; mostly `PATIENCE` decides before."""
PATIENCE: Final = 1.0
"""Seconds that a question may be expected to wait for a thread."""
ALWAYS: Final = 16
"""So many find a place in any case: on a machine that is slow for a moment some waiting is better than none served."""
RETRY_SECONDS: Final = 2

Waited = Callable[[float], None]
"""Hears how many seconds a question waited for a thread."""


Rescuing = Callable[[Question], Awaitable[Reply | None]]
"""Gives the reply to a question that finds no place, where there must be one all the same."""


class Crashed(Exception):
    """No reply: the service raised something it had not promised. It is logged, the visitor's words are not."""


class Busy(Crashed):
    """No reply: all places are taken. Asking again in `RETRY_SECONDS` is worth while."""


_FIRST_GUESS: Final = 0.05
_NEWEST: Final = 0.1
"""Share of the newest question in the time that one is expected to take."""


@dataclass(slots=True)
class _Load:
    """Places taken, and the seconds that a question takes lately."""

    taken: int = 0
    seconds: float = _FIRST_GUESS

    def learn(self, seconds: float) -> None:
        self.seconds += _NEWEST * (seconds - self.seconds)


@dataclass(frozen=True, slots=True)
class Asker:
    """The door to the service for everything asynchronous; HTTP API and page share its places.

    To be used from one event loop.
    """

    service: ChatService
    places: int = PLACES
    waited: Waited = lambda _seconds: None
    rescue: Rescuing | None = None
    limiter: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(THREADS))
    _load: _Load = field(default_factory=_Load)

    @property
    def taken(self) -> int:
        """How many places are taken."""
        return self._load.taken

    @property
    def full(self) -> bool:
        """Whether a question would be turned away."""
        taken = self._load.taken
        wait = (taken - THREADS) * self._load.seconds / THREADS
        return taken >= self.places or (taken >= ALWAYS and wait > PATIENCE)

    async def __call__(self, question: Question, watch: Watch | None = None) -> Reply:
        """The reply to one question; `watch` hears of every stage, in another thread.

        Raises:
            BadQuestion: the message cannot be taken; the error's text tells the visitor what to do.
            Busy: all places are taken, and it is no emergency.
            Crashed: the service broke its promise.
        """
        if self.full:
            return await self._rescued(question)
        self._load.taken += 1
        came = time.perf_counter()
        began = came

        def ask() -> Reply:
            nonlocal began
            began = time.perf_counter()
            return self.service.reply(question, watch)

        try:
            reply = await anyio.to_thread.run_sync(ask, limiter=self.limiter)
            self._load.learn(time.perf_counter() - began)
        except BadQuestion:
            raise
        except Exception as error:  # noqa: BLE001 - the border of the bot: nothing of it may end a connection
            _log.error("the bot crashed: %s", where(error))  # no trace: an error's text may quote the visitor
            raise Crashed from None
        else:
            return reply
        finally:
            self._load.taken -= 1
            self.waited(began - came)

    async def _rescued(self, question: Question) -> Reply:
        reply = await self.rescue(question) if self.rescue is not None else None
        if reply is None:
            raise Busy
        return reply
