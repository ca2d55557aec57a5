"""Visitors for `tools/load.py`: they ask, read the streamed reply, think, and ask again."""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

THINKING: Final = (10.0, 30.0)
"""Seconds between a reply and the next question."""
KEEPING: Final = 10
"""One visitor of so many has the conversation kept."""
SHED: Final = frozenset({429, 503})
_WAIT_SECONDS: Final = 30.0
_OK: Final = 200
_CREATED: Final = 201


@dataclass(slots=True)
class Round:
    """What one round came to. Times in milliseconds: to the first sentence, and to the word that there is no place."""

    visitors: int
    first: list[float] = field(default_factory=list)
    turned_away: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Visitor:
    """One person with an address of his own."""

    number: int
    port: int
    texts: Sequence[str]
    seen: Round
    chance: random.Random
    conversation: dict[str, str] = field(default_factory=dict)

    async def stay(self, ends: float) -> None:
        """Come at some moment, and ask until that time of the loop's clock."""
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(self.chance.uniform(0, min(THINKING[1], ends - clock())))
        while clock() < ends:
            try:
                await asyncio.wait_for(self._ask(), _WAIT_SECONDS)
            except (OSError, EOFError, ValueError, TimeoutError) as error:
                self.seen.errors[type(error).__name__] += 1
            await asyncio.sleep(min(self.chance.uniform(*THINKING), max(0.0, ends - clock())))

    async def _ask(self) -> None:
        if self.number % KEEPING == 0 and not self.conversation:
            await self._agree()
        body = {"text": self.chance.choice(self.texts)}
        began = time.perf_counter()
        if self.conversation:
            body["conversation"] = self.conversation["id"]
        async with self._sent("/api/v1/chat/stream", body) as (status, reader):
            self.seen.statuses[status] += 1
            if status in SHED:
                self.seen.turned_away.append((time.perf_counter() - began) * 1000)
            if status == _OK:
                await self._read(reader, began)

    async def _agree(self) -> None:
        async with self._sent("/api/v1/conversations", {"consent": True}) as (status, reader):
            if status == _CREATED:
                self.conversation = json.loads(await reader.read())

    async def _read(self, reader: asyncio.StreamReader, began: float) -> None:
        """A stream is complete when its last event is `done`."""
        event, sentences = "", 0
        while line := await reader.readline():
            name, _, value = line.decode().strip().partition(": ")
            if name == "event":
                event = value
                sentences += event == "sentence"
                if event == "sentence" and sentences == 1:
                    self.seen.first.append((time.perf_counter() - began) * 1000)
        if event != "done":
            raise EOFError(event)

    @asynccontextmanager
    async def _sent(self, path: str, body: Mapping[str, object]) -> AsyncIterator[tuple[int, asyncio.StreamReader]]:
        """A request on a connection of its own; gives the status and the reader behind the headers."""
        content = json.dumps(body).encode()
        key = f"X-Conversation-Key: {self.conversation['key']}\r\n" if self.conversation else ""
        address = f"10.{self.number >> 16 & 255}.{self.number >> 8 & 255}.{self.number & 255}"
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
            f"X-Forwarded-For: {address}\r\n{key}Content-Length: {len(content)}\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(head.encode() + content)
            first = (await reader.readline()).split()
            if len(first) < 2:  # noqa: PLR2004 - version and status
                raise EOFError("no status")
            while (await reader.readline()).strip():
                pass
            yield int(first[1]), reader
        finally:
            writer.close()


async def visit(port: int, visitors: int, seconds: float, texts: Sequence[str]) -> Round:
    """One round with so many visitors."""
    seen = Round(visitors)
    ends = asyncio.get_running_loop().time() + seconds
    people = [Visitor(n, port, texts, seen, random.Random(n)) for n in range(visitors)]  # noqa: S311 - no secret
    await asyncio.gather(*(person.stay(ends) for person in people))
    return seen
