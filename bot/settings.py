"""What the environment says: few names, one prefix, unknown ones rejected.

`RW_HOST`, `RW_PORT`, and those of index/settings.py.
"""

import difflib
import os
from collections.abc import Mapping

from pydantic import Field, ValidationError

from bot.errors import BadSettings
from index.settings import IndexSettings

_PREFIX = "RW_"
# Read by the tests and the screenshot tool, not by the program.
_NOT_OURS = frozenset({"RW_SCREENSHOTS"})


class Settings(IndexSettings):
    """Everything that can be set."""

    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)


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
