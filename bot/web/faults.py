"""Which problem an error of the bot or the desk is; the one list for every surface."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import FastAPI, Request
from starlette.responses import Response

from bot.desk import DeskUnavailable, UnknownConversation
from bot.errors import BadQuestion
from bot.web.ask import RETRY_SECONDS, Busy, Crashed
from bot.web.problem import Refused, problem
from bot.web.texts import accepted, refused
from corpus.document import Lang

_log = logging.getLogger(__name__)

_RETRY = {"retry-after": str(RETRY_SECONDS)}

EXPECTED = (BadQuestion, Crashed, UnknownConversation, DeskUnavailable, Refused)
"""What surfaces turn into a problem; anything else is a mistake of ours."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem to be: status, what to tell, and headers."""

    status: int
    detail: str
    headers: Mapping[str, str] | None = None


def fault(error: Exception, lang: Lang) -> Fault:
    """The problem that one of `EXPECTED` is; where trying again helps, in that language and with whom to call."""
    match error:
        case Refused():
            return Fault(error.status, error.detail, error.headers)
        case BadQuestion():
            return Fault(422, str(error))
        case UnknownConversation():
            return Fault(404, "There is no such conversation, or the key is wrong.")
        case DeskUnavailable():
            _log.error("%s", error)  # tells the operator what to do
            return Fault(503, refused(lang).unkept, _RETRY)
        case Busy():
            return Fault(503, refused(lang).busy, _RETRY)
        case _:
            return Fault(500, "Something broke on our side; it has been noted.")


def install(app: FastAPI) -> None:
    """Make these errors problems wherever a route lets them through."""

    async def answer(request: Request, error: Exception) -> Response:
        found = fault(error, accepted(request.headers))
        return problem(found.status, found.detail, headers=found.headers)

    for kind in EXPECTED:
        app.add_exception_handler(kind, answer)
