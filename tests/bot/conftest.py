"""The real service on the real index."""

from pathlib import Path

import pytest

from bot.assemble import Service, assemble
from bot.settings import Settings


@pytest.fixture(scope="session")
def service(data: Path) -> Service:
    return assemble(Settings(data=data))
