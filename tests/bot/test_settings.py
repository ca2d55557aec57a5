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


def test_a_shop_is_described_by_settings_with_commas_between_values() -> None:
    settings = read_settings(
        {
            "RW_ORIGINS": "https://shop.example, HTTPS://Other.example:8443/",
            "RW_PROXIES": "127.0.0.1,10.0.0.0/8,::1",
            "RW_CONTACT_EMAIL": "hilfe@shop.example",
            "RW_COUNTRY": "DE",
        }
    )
    assert settings.origins == ("https://shop.example", "https://other.example:8443")
    assert [str(network) for network in settings.proxies] == ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]
    assert settings.contact_email == "hilfe@shop.example"


def test_they_are_read_from_the_environment_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RW_ORIGINS", "https://shop.example,https://b.example")
    monkeypatch.setenv("RW_PROXIES", "10.0.0.0/8")
    settings = read_settings()
    assert settings.origins == ("https://shop.example", "https://b.example")
    assert str(settings.proxies[0]) == "10.0.0.0/8"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RW_ORIGINS", "*"),
        ("RW_ORIGINS", "shop.example"),
        ("RW_ORIGINS", "https://shop.example/path"),
        ("RW_PROXIES", "proxy"),
        ("RW_PROXIES", "10.0.0.1/8"),
        ("RW_CONTACT_URL", "javascript:alert(1)"),
        ("RW_CONTACT_EMAIL", "nobody"),
        ("RW_CONTACT_PHONE", "call me"),
        ("RW_COUNTRY", "de"),
        ("RW_RETENTION_DAYS", "0"),
        ("RW_LOG_LEVEL", "debug"),
        ("RW_RATE", "0"),
    ],
)
def test_a_shop_that_is_described_wrongly_is_refused_and_the_name_said(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=name):
        read_settings({name: value})
