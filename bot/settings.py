"""What the environment says: few names, one prefix, unknown ones rejected.

What the fields of `Settings` are called in upper case behind `RW_`, and those of index/settings.py.
"""

import difflib
import ipaddress
import os
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import NoDecode

from bot.errors import BadSettings
from index.settings import IndexSettings

_PREFIX = "RW_"
# Read by the tests and the screenshot tool, not by the program.
_NOT_OURS = frozenset({"RW_SCREENSHOTS"})


# Scheme, host and port as browsers send them: no path, no slash at the end, lower case.
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?")
_WEB_ADDRESS = re.compile(r"https?://[^\s\"<>]+")
_MAIL = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+")
_PHONE = re.compile(r"\+?[\d ()/-]{3,30}")

Network = IPv4Network | IPv6Network


def _listed(value: object) -> object:
    """Values with commas between them, as the environment has them."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _origin(value: str) -> str:
    origin = value.lower().rstrip("/")
    if not _ORIGIN.fullmatch(origin):
        raise ValueError(f"{value!r} is no origin such as https://shop.example")
    return origin


def _networks(value: object) -> object:
    listed = _listed(value)
    if isinstance(listed, tuple):
        return tuple(ipaddress.ip_network(entry) if isinstance(entry, str) else entry for entry in listed)
    return listed


def _like(pattern: re.Pattern[str], what: str) -> AfterValidator:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"this is no {what}")
        return value

    return AfterValidator(check)


WebAddress = Annotated[str, _like(_WEB_ADDRESS, "address that begins with https:// or http://")]


class Settings(IndexSettings):
    """Everything that can be set."""

    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    origins: Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode, BeforeValidator(_listed)] = ()
    """The web sites that may show the chat, besides the server's own."""
    proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)] = ()
    """Addresses or networks of the proxies in front, whose X-Forwarded-For is believed."""
    rate: int = Field(default=60, ge=1, le=100_000)
    """Questions a minute that one address may ask."""
    country: str | None = Field(default=None, pattern="^[A-Z]{2}$")
    """The shop's country, for the numbers to call when a request names none; ISO 3166-1 alpha-2."""
    contact_url: WebAddress | None = None
    contact_email: Annotated[str, _like(_MAIL, "mail address")] | None = None
    contact_phone: Annotated[str, _like(_PHONE, "telephone number")] | None = None
    """How to reach a person."""
    privacy_url: WebAddress | None = None
    """The shop's privacy notice."""
    retention_days: int = Field(default=30, ge=1, le=3650)
    """A conversation that a visitor let us keep is deleted after so many days."""
    log_level: Literal["info", "warning", "error"] = "warning"
    """`info` also logs every request: method, route, status and time, nothing else."""


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process.

    Raises:
        BadSettings: a name with our prefix is unknown, or a value is of the wrong kind.
    """
    names = os.environ if environment is None else environment
    known = {f"{_PREFIX}{field.upper()}" for field in Settings.model_fields}
    for name in sorted(names):
        if name.startswith(_PREFIX) and name not in known | _NOT_OURS:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(sorted(known))}"
            raise BadSettings(f"the setting {name} is unknown; {hint}")
    try:
        if environment is None:
            return Settings()
        given = {n.removeprefix(_PREFIX).lower(): v for n, v in environment.items() if n in known}
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadSettings(f"the setting {_PREFIX}{str(first['loc'][0]).upper()} is wrong: {first['msg']}") from error
