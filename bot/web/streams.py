"""Replies as streams of server-sent events that a visitor can take up again after a dropped connection.

A stream belongs to the server, not to the connection: it goes on when nobody listens, and is kept for a while after its
end. Whoever knows its name, which cannot be guessed, can read it from any event on.
"""

import asyncio
import contextlib
import json
import secrets
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from fastapi.sse import format_sse_event

from bot.web.faults import Fault

KEPT_SECONDS: Final = 120.0
MOST_KEPT: Final = 1_000
"""About 15 kB each."""
HEARTBEAT_SECONDS: Final = 8.0
_HEARTBEAT: Final = format_sse_event(comment="heartbeat")
_NAME_BYTES: Final = 18


@dataclass(slots=True)
class Stream:
    """The events of one reply, as they are sent. To be used from one event loop."""

    id: str = field(default_factory=lambda: secrets.token_urlsafe(_NAME_BYTES))
    conversation: str | None = None
    failed: Fault | None = None
    """Why there is no reply."""
    _events: list[bytes] = field(default_factory=list)
    _ended: bool = False
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def length(self) -> int:
        """How many events there are so far."""
        return len(self._events)

    def add(self, event: str, data: object) -> None:
        """Append an event; `data` is anything that JSON can hold."""
        text = data.decode("utf-8") if isinstance(data, bytes) else json.dumps(data, ensure_ascii=False)
        self._events.append(format_sse_event(event=event, data_str=text, id=f"{self.id}:{len(self._events)}"))
        self._wake()

    def end(self) -> None:
        """Say that nothing follows."""
        self._ended = True
        self._wake()

    async def first(self, seconds: float) -> None:
        """Return when there is an event, or after so many seconds."""
        if not self._events and not self._ended:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)

    def number(self, last_event_id: str | None) -> int | None:
        """The number of the first event that a listener has not seen; None for an id that is none of this stream."""
        if not last_event_id:
            return 0
        name, _, number = last_event_id.rpartition(":")
        known = name == self.id and number.isascii() and number.isdecimal() and int(number[:9]) < len(self._events)
        return int(number) + 1 if known else None

    async def follow(self, first: int = 0) -> AsyncGenerator[bytes, None]:
        """The events from that number on, as they come, with a comment where nothing comes for long."""
        sent = first
        while True:
            while sent < len(self._events):
                yield self._events[sent]
                sent += 1
            if self._ended:
                return
            changed = self._changed
            try:
                await asyncio.wait_for(changed.wait(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield _HEARTBEAT

    def _wake(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


@dataclass(slots=True)
class Streams:
    """All streams of the server, by name. To be used from one event loop."""

    most: int = MOST_KEPT
    listeners: int = 0
    """How many are reading a stream."""
    seconds: float = KEPT_SECONDS
    _held: OrderedDict[str, Stream] = field(default_factory=OrderedDict)

    def open(self, conversation: str | None = None) -> Stream:
        """A new stream; the oldest is forgotten when there are too many."""
        stream = Stream(conversation=conversation)
        self._held[stream.id] = stream
        while len(self._held) > self.most:
            self._held.popitem(last=False)
        return stream

    def close(self, stream: Stream) -> None:
        """End a stream, and forget it after a while."""
        stream.end()
        asyncio.get_running_loop().call_later(self.seconds, self._held.pop, stream.id, None)

    def drop(self, stream: Stream) -> None:
        """Forget a stream at once."""
        stream.end()
        self._held.pop(stream.id, None)

    def forget(self, conversation: str) -> None:
        """Drop every stream of a conversation."""
        for stream in [s for s in self._held.values() if s.conversation == conversation]:
            self.drop(stream)

    async def follow(self, stream: Stream, first: int = 0) -> AsyncGenerator[bytes, None]:
        """The events of a stream from that number on, see `Stream.follow`."""
        self.listeners += 1
        try:
            async with aclosing(stream.follow(first)) as events:
                async for event in events:
                    yield event
        finally:
            self.listeners -= 1

    def find(self, name: str) -> Stream | None:
        """The stream of that name, while it is kept."""
        return self._held.get(name)
