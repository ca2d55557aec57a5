"""Errors as RFC 9457 problem details: the one shape in which this server says no.

No problem repeats what the visitor wrote: a message about one's health has no place in an error or a log.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.responses import Response

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
    title = _TITLES.get(status) or HTTPStatus(status).phrase
    body = Problem(title=title, status=status, detail=detail, errors=list(errors))
    return Response(body.model_dump_json(exclude_defaults=False), status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make every error of this app a problem."""

    async def validation(_request: Request, error: Exception) -> Response:
        return _validation(error) if isinstance(error, RequestValidationError) else problem(422, str(error))

    async def http(_request: Request, error: Exception) -> Response:
        return _http(error) if isinstance(error, HTTPException) else problem(500, "")

    app.add_exception_handler(RequestValidationError, validation)
    app.add_exception_handler(HTTPException, http)


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
