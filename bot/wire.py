"""Replies as JSON, the same on every surface."""

from typing import Any

from pydantic import TypeAdapter

from bot.turn import Reply

_REPLY = TypeAdapter(Reply)


def as_json(reply: Reply) -> dict[str, Any]:
    """The reply as plain values, field by field as in docs/design.md, section 3."""
    plain: dict[str, Any] = _REPLY.dump_python(reply, mode="json")
    return plain
