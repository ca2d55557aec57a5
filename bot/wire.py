"""Replies as JSON, the same on every surface."""

import json
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from bot.turn import Reply

_REPLY = TypeAdapter(Reply)


def as_bytes(reply: Reply) -> bytes:
    """The reply as a JSON document in UTF-8."""
    return _REPLY.dump_json(replace(reply, timings_ms=dict(reply.timings_ms)))  # a read-only mapping cannot be written


def as_json(reply: Reply) -> dict[str, Any]:
    """The reply as plain values, field by field as in docs/design.md, section 7."""
    plain: dict[str, Any] = json.loads(as_bytes(reply))
    return plain
