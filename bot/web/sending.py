"""A response that goes out piece by piece, to a reader who may be slow or gone."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

import anyio
from starlette.responses import StreamingResponse
from starlette.types import Send

SEND_SECONDS: Final = 30.0
"""A reader who takes nothing for so long is taken for gone; his place and our memory are worth more."""


class EventStream(StreamingResponse):
    """Server-sent events. Proxies are asked to pass them on at once."""

    media_type = "text/event-stream"

    def __init__(self, content: AsyncGenerator[bytes, None]) -> None:
        super().__init__(content, headers={"X-Accel-Buffering": "no"})
        self._content = content

    async def stream_response(self, send: Send) -> None:
        """Send what comes, as long as it is taken."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with aclosing(self._content) as chunks:
            async for chunk in chunks:
                with anyio.move_on_after(SEND_SECONDS) as sending:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                if sending.cancelled_caught:
                    return
        await send({"type": "http.response.body", "body": b"", "more_body": False})
