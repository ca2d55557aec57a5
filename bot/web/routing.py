"""Routes that take JSON and nothing else."""

import email.message
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response


class JsonRoute(APIRoute):
    """A route whose body must be declared as JSON; FastAPI alone would call the mistake a wrong body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with that check before it."""
        handle = super().get_route_handler()

        async def checked(request: Request) -> Response:
            declared = email.message.Message()
            declared["content-type"] = request.headers.get("content-type", "")
            if request.method == "POST" and declared.get_content_type() != "application/json":
                raise HTTPException(415, "Send the body as application/json.")
            return await handle(request)

        return checked
