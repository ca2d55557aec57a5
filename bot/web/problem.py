"""Errors as RFC 9457 problem details: the one shape in which this server says no.

No problem repeats what the visitor wrote: a message about one's health has no place in an error or a log.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Mount
from starlette.types import ASGIApp, Receive, Scope, Send

MEDIA_TYPE: Final = "application/problem+json"


class FieldProblem(BaseModel):
    """One field of a request that cannot be taken, as a JSON Pointer, and why."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """What went wrong, for a program (`type`, `status`) and for a person (`title`, `detail`)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Unprocessable Content",
                    "status": 422,
                    "detail": "The request does not have the form described in /openapi.json.",
                    "errors": [{"pointer": "/text", "detail": "Field required"}],
                }
            ]
        }
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


class Refused(Exception):
    """Ends a request with a problem."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers


# Python 3.11 still calls 413 and 422 by older names than RFC 9110.
_TITLES: Final = {413: "Content Too Large", 422: "Unprocessable Content"}


def problem(
    status: int,
    detail: str,
    *,
    errors: tuple[FieldProblem, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An error response in the shape of RFC 9457."""
    body = as_problem(status, detail, errors)
    return Response(body.model_dump_json(exclude_defaults=False), status, headers, media_type=MEDIA_TYPE)


def as_problem(status: int, detail: str, errors: tuple[FieldProblem, ...] = ()) -> Problem:
    """The problem with the name that its status has."""
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    return Problem(title=title, status=status, detail=detail, errors=list(errors))


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For the description of a route: that it may answer with these problems, and when."""
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {MEDIA_TYPE: {"schema": schema}}
    return {s: {"description": _MEANINGS[s], "content": content} | _HEADERS.get(s, {}) for s in statuses}


def schemas() -> dict[str, Any]:
    """The schemas that `documented` points at."""
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts: dict[str, Any] = schema.pop("$defs", {})
    return {"Problem": schema, **parts}


_RETRY: Final = {"headers": {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}}
_HEADERS: Final[dict[int, dict[str, Any]]] = {429: _RETRY, 503: _RETRY}
_MEANINGS: Final = {
    400: "The body is no JSON in UTF-8.",
    401: "The token is missing, forged, expired, or was issued for another site.",
    403: "The site that the request comes from is not on the list of those that may show the chat.",
    404: "It is not there, or the key to it is wrong.",
    408: "The body did not arrive in time.",
    413: "The body is too long.",
    415: "The body is not declared as JSON.",
    422: "The request does not have the form described here, or its text cannot be taken.",
    429: "This session or address has asked too much.",
    500: "Something broke on our side.",
    503: "Too many at once, or what is needed cannot be used at the moment.",
}


def install(app: FastAPI) -> None:
    """Make every error of this app a problem."""

    async def validation(_request: Request, error: Exception) -> Response:
        return _validation(error) if isinstance(error, RequestValidationError) else problem(422, str(error))

    async def http(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        if error.status_code == 405:  # noqa: PLR2004 - one route alone does not know the methods of the others
            error = HTTPException(405, headers={"allow": ", ".join(_methods(app, request.scope))})
        return _http(error)

    async def refused(_request: Request, error: Exception) -> Response:
        if not isinstance(error, Refused):
            raise error
        return problem(error.status, error.detail, headers=error.headers)

    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)


def _methods(app: FastAPI, scope: Scope) -> list[str]:
    """The methods that this address takes; mounted apps take everything and know better themselves."""
    routes = [route for route in app.router.routes if not isinstance(route, Mount)]

    def taken(method: str) -> bool:
        return any(route.matches({**scope, "method": method})[0] is Match.FULL for route in routes)

    return [method for method in ("GET", "HEAD", "POST", "DELETE") if taken(method)]


def nothing_at(app: FastAPI) -> ASGIApp:
    """Answers where no route of the app took a request: 404, or 405 where the address takes other methods.

    For what is mounted at `/`: it comes to hear of a wrong method before the router would say so.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        allowed = _methods(app, scope)
        error = HTTPException(405, headers={"allow": ", ".join(allowed)}) if allowed else HTTPException(404)
        await _http(error)(scope, receive, send)

    return answer


def _validation(error: RequestValidationError) -> Response:
    found = error.errors()
    if any(e["type"] == "json_invalid" for e in found):
        return problem(400, "The body is no valid JSON.")
    fields = tuple(FieldProblem(pointer=_pointer(e["loc"]), detail=_clean(e["msg"])) for e in found)
    return problem(422, "The request does not have the form described in /openapi.json.", errors=fields)


def _pointer(location: tuple[int | str, ...]) -> str:
    inside = location[1:] if location and location[0] == "body" else location
    return "".join("/" + _clean(str(part)).replace("~", "~0").replace("/", "~1") for part in inside)


def _clean(text: str) -> str:
    """Printable in UTF-8: names of unknown fields come from outside and may hold lone surrogates."""
    return json.dumps(text)[1:-1] if not text.isprintable() else text[:200]


_DETAILS: Final = {
    404: "There is nothing at this address.",
    405: "This address does not take this method; the Allow header names those it takes.",
    400: "The body cannot be read; it must be JSON in UTF-8.",
}


def _http(error: HTTPException) -> Response:
    default = HTTPStatus(error.status_code).phrase
    own = error.detail and error.detail != default and error.status_code not in _DETAILS
    detail = str(error.detail) if own else _DETAILS.get(error.status_code, default)
    return problem(error.status_code, detail, headers=error.headers)
