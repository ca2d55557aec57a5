"""The log: one JSON object a line, without anything that a visitor wrote.

The text of an exception may quote a message, so of an exception only its kind and place are logged.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Final

from bot.errors import where

_requests: Final = logging.getLogger("bot.requests")


class JsonLines(logging.Formatter):
    """Formats an entry as JSON; what a caller puts into `extra={"fields": …}` becomes fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The entry as one line."""
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1] is not None:
            entry["error"] = where(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=False)


def configure(level: str) -> None:
    """Send every log entry of the process to stderr as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # Other people's programs log addresses and queries at this level; ours does not.
    logging.getLogger("bot").setLevel(level.upper())


def request(method: str, route: str, status: int, seconds: float) -> None:
    """Log a request; `route` is the pattern, not the address."""
    if _requests.isEnabledFor(logging.INFO):
        fields = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
        _requests.info("request", extra={"fields": fields})
