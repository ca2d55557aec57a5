"""What the web side is told about the shop it serves, and the desk that keeps conversations."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bot.desk import Desk, Redact
from bot.desk.database import Database
from bot.desk.handoff import Reach
from bot.settings import Network, Settings

_DATABASE: Final = "conversations.sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One shop. `rate` is how many questions a minute one address may ask."""

    desk: Desk
    origins: frozenset[str] = frozenset()
    proxies: tuple[Network, ...] = ()
    rate: int = 60
    country: str | None = None
    reach: Reach = field(default_factory=Reach)
    privacy_url: str | None = None


def site_of(settings: Settings, redact: Redact) -> Site:
    """The shop that the settings describe."""
    return Site(
        desk=desk_in(settings.data, redact, settings.retention_days),
        origins=frozenset(settings.origins),
        proxies=settings.proxies,
        rate=settings.rate,
        country=settings.country,
        reach=Reach(
            url=settings.contact_url,
            email=settings.contact_email,
            phone=settings.contact_phone,
            country=settings.country,
        ),
        privacy_url=settings.privacy_url,
    )


def desk_in(data: Path, redact: Redact, retention_days: int) -> Desk:
    """The desk of that data folder; nothing is opened or written before it is needed."""
    return Desk(database=Database(data / _DATABASE), redact=redact, retention_days=retention_days)
