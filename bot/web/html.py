"""The templates, with escaping switched on for good."""

import hashlib
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_HERE: Final = Path(__file__).parent


def environment() -> Environment:
    """Templates of this package; everything put into them is escaped, and a missing value is an error."""
    env = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    env.globals["brand_file"] = brand_file
    return env


def brand_file(name: str) -> str:
    """The address of a file in `static/`; it changes with the file, so that it may be cached for ever."""
    digest = hashlib.sha256((_HERE / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/brand/{name}?v={digest}"
