from pathlib import Path

import pytest

from bot.errors import BadSettings
from bot.settings import read_settings


def test_without_a_setting_the_defaults_hold() -> None:
    settings = read_settings({})
    assert (settings.host, settings.port, settings.data) == ("127.0.0.1", 7860, Path("data"))


def test_the_environment_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_PORT", "8000")
    monkeypatch.setenv("RW_DATA", "/elsewhere")
    settings = read_settings()
    assert (settings.port, settings.data) == (8000, Path("/elsewhere"))


def test_an_unknown_name_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(BadSettings, match="did you mean RW_PORT"):
        read_settings({"RW_PROT": "1"})


@pytest.mark.parametrize(
    ("name", "value"), [("RW_PORT", "http"), ("RW_PORT", "70000"), ("RW_EXTRA_SOURCES", "perhaps")]
)
def test_a_wrong_value_is_refused_and_the_name_said(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=name):
        read_settings({name: value})


def test_names_of_others_are_left_alone() -> None:
    assert read_settings({"PATH": "/bin", "RWANDA": "x"}).port == 7860
