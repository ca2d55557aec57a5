"""The server does what its description says: for requests of the described form, and for those it does not describe."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import positive_data_acceptance

from bot.web.api import create_app
from tests.bot.web.conftest import site_in
from tests.bot.web.fake import FakeService

EXAMPLES: Final = 20
"""Random requests for each operation, besides those at the edges of every field, which are always made."""

DESCRIPTION = create_app(FakeService(), site_in(Path("never-written"))).openapi()
schema = schemathesis.openapi.from_dict(DESCRIPTION)


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_operation_answers_as_described(case: Case[Any], steady: str, session: requests.Session) -> None:
    # That a text is blank, or comes with a conversation and earlier messages, is said in words and in no schema.
    spoken = "/v1/chat" in case.operation.path and case.operation.method == "post"
    case.call_and_validate(
        base_url=steady, session=session, excluded_checks=[positive_data_acceptance] if spoken else []
    )
