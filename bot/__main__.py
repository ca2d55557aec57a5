"""`python -m bot ask "…"`, `python -m bot batch --in FILE --out FILE`, and `python -m bot mcp` for other agents."""

import argparse
import gc
import json
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import BotError
from bot.settings import read_settings
from bot.turn import Question, Reason, Reply
from bot.wire import as_json
from corpus.console import run
from corpus.language import LANGUAGES


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when it did its work, 2 with a line on stderr when it could not."""
    options = _options(arguments)
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(message)s")
    try:
        return {"ask": _ask, "batch": _batch, "mcp": _mcp}[options.command](options)
    except BotError as error:
        print(f"error: {error}", file=sys.stderr)
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
    return 2


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("ask", help="one question, one reply")
    ask.add_argument("text")
    ask.add_argument("--lang", choices=LANGUAGES, help="the visitor's language; default: detected")
    ask.add_argument("--country", help="ISO 3166-1 code, for the numbers to call")
    ask.add_argument("--json", action="store_true", help="the whole reply")
    batch = commands.add_parser("batch", help='one JSON object a line: {"id", "text"} or {"id", "turns": [...]}')
    batch.add_argument("--in", dest="cases", type=Path, required=True)
    batch.add_argument("--out", dest="replies", type=Path, required=True)
    commands.add_parser("mcp", help="serve the Model Context Protocol on standard input and output")
    return parser.parse_args(arguments)


def _mcp(_options: argparse.Namespace) -> int:
    from bot.assemble import assemble  # noqa: PLC0415 - see `_ask`
    from bot.web.agents import serve_stdio  # noqa: PLC0415 - the same

    service = assemble(read_settings())
    service.warm_up()
    serve_stdio(service)
    return 0


def _ask(options: argparse.Namespace) -> int:
    # All that is loaded stays until the end; looking for garbage in it takes a fifth of the time.
    gc.disable()
    from bot.assemble import assemble  # noqa: PLC0415 - a second of imports

    service = assemble(read_settings())
    reply = service.reply(Question(text=options.text, lang=options.lang, country=options.country))
    if options.json:
        print(json.dumps(as_json(reply), ensure_ascii=False, indent=1))
    else:
        print(reply.text)
        for citation in reply.citations:
            print(f"\n[{citation.n}] {citation.publisher}: {' › '.join((citation.title, *citation.section))}", end="")
        print("\n" if reply.citations else "", end="")
    if reply.reason is Reason.FAILED and (problem := service.ready()) is not None:
        print(f"error: {problem}", file=sys.stderr)
        return 2
    return 0


class _Case(BaseModel):
    """One line of a batch."""

    model_config = ConfigDict(extra="ignore")  # evaluation cases carry their expectations along

    id: str | int
    text: str | None = None
    turns: Annotated[list[str], Field(min_length=1)] | None = None
    lang: Literal["de", "da", "sv", "en"] | None = None
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = None

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if (self.text is None) == (self.turns is None):
            raise ValueError('needs either "text" or "turns"')
        return self


def _batch(options: argparse.Namespace) -> int:
    from bot.assemble import assemble  # noqa: PLC0415 - see `_ask`

    if options.replies.exists() and options.replies.samefile(options.cases):
        print("error: --in and --out are the same file; the cases would be lost", file=sys.stderr)
        return 2
    service = assemble(read_settings())
    if (problem := service.ready()) is not None:
        print(f"warning: {problem}", file=sys.stderr)
    done = bad = 0
    with (
        options.cases.open("rb") as lines,
        options.replies.open("w", encoding="utf-8", errors="backslashreplace") as out,
    ):
        for done, result in enumerate(_results(service.reply, lines), 1):
            out.write(json.dumps(result, ensure_ascii=False) + "\n")
            bad += "error" in result
            print(f"\r{done} cases", end="", file=sys.stderr)
    print(f"\r{done - bad} replies, {bad} errors in {options.replies}", file=sys.stderr)
    return 0


def _results(reply: Callable[[Question], Reply], lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """One result a line; a bad line gives its error and the rest goes on."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        name: str | int | None = None
        try:
            raw = json.loads(line)
            name = raw.get("id") if isinstance(raw, dict) else None
            case = _Case.model_validate(raw)
            yield {"id": case.id, **_replies(reply, case)}
        except (ValueError, BotError) as error:  # UnicodeDecodeError and ValidationError are ValueErrors
            yield {"id": name, "error": f"line {number}: {_explained(error)}"}


def _replies(reply: Callable[[Question], Reply], case: _Case) -> dict[str, Any]:
    turns = case.turns if case.turns is not None else [case.text or ""]
    replies = [
        as_json(reply(Question(text=text, earlier=tuple(turns[:n]), lang=case.lang, country=case.country)))
        for n, text in enumerate(turns)
    ]
    return {"reply": replies[-1]} if case.turns is None else {"reply": replies[-1], "replies": replies}


def _explained(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where}: {first['msg']}" if where else first["msg"]
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    return f"not JSON: {error}" if isinstance(error, json.JSONDecodeError) else str(error)


if __name__ == "__main__":
    run(main)
