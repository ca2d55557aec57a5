"""The small TOML file beside an article: what the text of the page does not say of itself."""

import tomllib
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus.document import Lang, Role
from corpus.errors import NotUnderstood

# Ids stand in addresses (/read/<id>) and in citations.
Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]


class Sidecar(BaseModel):
    """Id, language, publisher; by heading, as it stands in the text, its spelling, purpose, and questions for it.

    `covers`: subjects of index/subjects.toml that the article or its sources treat.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id
    lang: Lang
    publisher: str
    brand: str | None = None
    url: str | None = None
    covers: tuple[str, ...] = ()
    labels: Mapping[str, str] = {}
    roles: Mapping[str, Role] = {}
    questions: Mapping[Lang, Mapping[str, str]] = {}


def parse_sidecar(text: str, name: str) -> Sidecar:
    """Read a sidecar; `name` is used in errors.

    Raises:
        NotUnderstood: no TOML, a missing or unknown field, or a wrong value.
    """
    try:
        return Sidecar.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise NotUnderstood(f"{name} is no TOML: {error}") from error
    except ValidationError as error:
        raise NotUnderstood(f"{name}: {explain(error)}") from error


def explain(error: ValidationError) -> str:
    """The first of pydantic's findings in one line."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]
