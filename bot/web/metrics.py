"""What is counted, for Prometheus: how much is asked, what comes of it, how long it takes. Never who or what.

Every label comes from a closed list (routes, kinds, levels, reasons, codes of the guard, stages); no text of a visitor,
no id and no address can become one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.turn import Reply

MEDIA_TYPE: Final = CONTENT_TYPE_LATEST
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_OTHER: Final = "other"
"""The route of a request that none takes: its path is the visitor's own text."""
_SHED: Final = {429, 503}


@dataclass(frozen=True, slots=True)
class Metrics:
    """The counters of one server."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    shed: Counter = field(init=False)
    replies: Counter = field(init=False)
    verdicts: Counter = field(init=False)
    stages: Histogram = field(init=False)
    waits: Histogram = field(init=False)
    streams: Gauge = field(init=False)
    places: Gauge = field(init=False)

    def __post_init__(self) -> None:
        """Register everything."""
        held = self.registry
        made = {
            "requests": Counter("rw_requests", "Requests by route and status.", ("route", "status"), registry=held),
            "shed": Counter("rw_shed", "Requests turned away for load, by status.", ("status",), registry=held),
            "replies": Counter(
                "rw_replies",
                "Replies by kind, level of triage, reason of a refusal and finding of the guard.",
                ("kind", "level", "reason", "code"),
                registry=held,
            ),
            "verdicts": Counter("rw_verdicts", "What visitors say of replies.", ("verdict",), registry=held),
            "stages": Histogram(
                "rw_stage_seconds",
                "Time of each stage of a reply.",
                ("stage",),
                buckets=_SECONDS,
                registry=held,
            ),
            "waits": Histogram(
                "rw_wait_seconds", "Time a question waited for a thread.", buckets=_SECONDS, registry=held
            ),
            "streams": Gauge("rw_streams_open", "Streams being read.", registry=held),
            "places": Gauge("rw_places_taken", "Questions being answered or waiting.", registry=held),
        }
        for name, metric in made.items():
            object.__setattr__(self, name, metric)

    def replied(self, reply: Reply, code: str) -> None:
        """Count a reply, and note its times; `code` is what the guard found."""
        self.replies.labels(reply.kind.value, reply.triage.level.value, reply.reason or "", code).inc()
        for stage, milliseconds in reply.timings_ms.items():
            self.stages.labels(stage).observe(milliseconds / 1000)

    def judged(self, verdict: str) -> None:
        """Count a verdict."""
        self.verdicts.labels(verdict).inc()

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)


Heard = Callable[[str, str, int, float], None]
"""Method, route, status, seconds."""


@dataclass(frozen=True, slots=True)
class Counting:
    """The layer that counts requests by the route that took them."""

    app: ASGIApp
    metrics: Metrics
    heard: Heard
    clock: Callable[[], float]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through and count it when its response begins."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        came = self.clock()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._count(scope, message["status"], self.clock() - came)
            await send(message)

        await self.app(scope, receive, counted)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", _OTHER)
        self.metrics.requests.labels(route, str(status)).inc()
        if status in _SHED:
            self.metrics.shed.labels(str(status)).inc()
        self.heard(scope["method"], route, status, seconds)
