"""Who may call the API, from where, and how often."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from ipaddress import ip_network

import httpx
import pytest

from bot.web.gate import _same_host
from bot.web.limits import Buckets, Hashed
from bot.web.site import Site
from bot.web.tokens import LIFETIME, Tokens
from tests.bot.web.client import SHOP, agree, assert_problem, stream
from tests.bot.web.fake import FakeService

OTHER = "https://other.example"
QUESTION = {"text": "Welche Übungen helfen?"}


@pytest.fixture
def shop_api(opened: Callable[[Site], str], shop: Site) -> str:
    return opened(replace(shop, origins=frozenset({SHOP, OTHER})))


def ask(address: str, **headers: str) -> httpx.Response:
    return httpx.post(f"{address}/api/v1/chat", json=QUESTION, headers=headers)


def token(address: str, origin: str = SHOP) -> str:
    answer = httpx.post(f"{address}/api/v1/sessions", json={}, headers={"Origin": origin})
    assert answer.status_code == 201
    assert answer.json()["expires_in"] == LIFETIME
    return str(answer.json()["token"])


def test_a_listed_site_gets_a_token_and_asks_with_it(shop_api: str) -> None:
    answer = ask(shop_api, Origin=SHOP, Authorization=f"Bearer {token(shop_api)}")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert "X-Reply-Id" in answer.headers["access-control-expose-headers"]
    assert answer.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in answer.headers
    assert "set-cookie" not in answer.headers


def test_a_stream_takes_the_token_as_well(shop_api: str) -> None:
    assert stream(shop_api, QUESTION, Origin=SHOP, Authorization=f"Bearer {token(shop_api)}")[-1].name == "done"


def test_a_program_without_an_origin_needs_no_token(shop_api: str) -> None:
    assert ask(shop_api).status_code == 200


def test_the_server_s_own_page_needs_no_token(shop_api: str) -> None:
    assert ask(shop_api, Origin=shop_api).status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "https://shop.example.evil.example", "http://shop.example", "x", "", "//"],
)
def test_a_site_that_is_not_listed_gets_nothing(shop_api: str, origin: str) -> None:
    for method, path in (("POST", "chat"), ("POST", "sessions"), ("GET", "config"), ("OPTIONS", "chat")):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        answer = httpx.request(method, f"{shop_api}/api/v1/{path}", headers=headers)
        assert_problem(answer, 403)
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("spoilt", ["", "x", "x.y", "Basic abc", "{t}x", "x{t}", "{head}.", "{head}.AAAA", "ü"])
def test_a_forged_token_is_refused(shop_api: str, spoilt: str) -> None:
    good = token(shop_api)
    sent = spoilt.format(t=good, head=good.partition(".")[0]).encode("latin-1")
    origins: list[dict[bytes, bytes]] = [{b"Origin": SHOP.encode()}, {}]
    for origin in origins:
        for header in (b"Bearer " + sent if sent else b"Bearer", sent):
            answer = httpx.post(f"{shop_api}/api/v1/chat", json=QUESTION, headers={**origin, b"Authorization": header})
            found = assert_problem(answer, 401)
            assert answer.headers["www-authenticate"] == "Bearer"
            assert good not in str(found)


def test_a_token_is_good_for_its_own_site_only(shop_api: str) -> None:
    assert_problem(ask(shop_api, Origin=OTHER, Authorization=f"Bearer {token(shop_api)}"), 401)


def test_a_listed_site_without_a_token_may_read_why_it_is_refused(shop_api: str) -> None:
    answer = ask(shop_api, Origin=SHOP)
    assert_problem(answer, 401)
    assert answer.headers["access-control-allow-origin"] == SHOP


def test_a_token_of_another_process_is_worth_nothing(shop_api: str) -> None:
    assert_problem(ask(shop_api, Origin=SHOP, Authorization=f"Bearer {Tokens().issue(SHOP)}"), 401)


def test_a_token_expires() -> None:
    now = 1_000.0
    tokens = Tokens(now=lambda: now)
    issued = tokens.issue(SHOP)
    session = tokens.read(issued)
    assert session is not None
    assert session.origin == SHOP
    now += LIFETIME - 1
    assert tokens.read(issued) is not None
    now += 1
    assert tokens.read(issued) is None


def test_a_preflight_tells_a_listed_site_what_it_may_send(shop_api: str) -> None:
    headers = {
        "Origin": SHOP,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    answer = httpx.options(f"{shop_api}/api/v1/chat", headers=headers)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == SHOP
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert all(name in allowed for name in ("authorization", "content-type", "x-conversation-key", "last-event-id"))


def test_a_token_needs_an_origin(shop_api: str) -> None:
    assert_problem(httpx.post(f"{shop_api}/api/v1/sessions", json={}), 403)


def test_a_conversation_s_key_is_needed_beside_the_token(shop_api: str) -> None:
    name, key = agree(shop_api)
    headers = {"Origin": SHOP, "Authorization": f"Bearer {token(shop_api)}"}
    address = f"{shop_api}/api/v1/conversations/{name}"
    assert_problem(httpx.get(address, headers=headers), 404)
    assert httpx.get(address, headers={**headers, **key}).status_code == 200


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://a.example", "a.example", True),
        ("https://a.example", "a.example", True),
        ("https://a.example:443", "A.example", True),
        ("http://a.example:7860", "a.example:7860", True),
        ("http://[::1]:7860", "[::1]:7860", True),
        ("http://a.example:7860", "a.example", False),
        ("http://a.example@b.example", "a.example", False),
        ("http://a.example/x", "a.example", False),
        ("http://a.example:99999", "a.example", False),
        ("ftp://a.example", "a.example", False),
        ("null", "", False),
        ("http://", "", False),
    ],
)
def test_what_is_the_server_s_own_page(origin: str, host: str, same: bool) -> None:  # noqa: FBT001 - a table of cases
    assert _same_host(origin, host) is same


def test_a_session_that_asks_too_much_is_told_when_to_come_back(shop_api: str) -> None:
    headers = {"Origin": SHOP, "Authorization": f"Bearer {token(shop_api)}"}
    answers = [ask(shop_api, **headers) for _ in range(25)]
    assert [a.status_code for a in answers[:20]] == [200] * 20
    assert "112" in assert_problem(answers[-1], 429)["detail"]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 3
    assert ask(shop_api, Origin=SHOP, Authorization=f"Bearer {token(shop_api)}").status_code == 200


def test_addresses_are_told_apart_behind_a_proxy_of_ours(opened: Callable[[Site], str], shop: Site) -> None:
    api = opened(replace(shop, rate=3, proxies=(ip_network("127.0.0.0/8"), ip_network("10.0.0.0/8"))))

    def statuses(forwarded: str, times: int) -> list[int]:
        return [ask(api, **{"X-Forwarded-For": forwarded}).status_code for _ in range(times)]

    assert statuses("203.0.113.1", 5) == [200, 200, 200, 429, 429]
    assert statuses("198.51.100.9, 203.0.113.1", 1) == [429], "what a visitor writes before it changes nothing"
    assert statuses("203.0.113.1, 10.1.2.3", 1) == [429], "a second proxy of ours is passed over"
    assert statuses("203.0.113.2", 1) == [200]


def test_without_a_proxy_of_ours_nobody_is_believed(opened: Callable[[Site], str], shop: Site) -> None:
    api = opened(replace(shop, rate=2, proxies=(ip_network("10.0.0.0/8"),)))
    assert [ask(api, **{"X-Forwarded-For": "203.0.113.1"}).status_code for _ in range(6)] == [200] * 6


@pytest.mark.parametrize(("believed", "scheme"), [("127.0.0.0/8", "https"), ("10.0.0.0/8", "http")])
def test_behind_a_proxy_of_ours_links_have_the_visitors_scheme(
    opened: Callable[[Site], str], shop: Site, believed: str, scheme: str
) -> None:
    api = opened(replace(shop, proxies=(ip_network(believed),)))
    asked = {"model": "rueckenwind", "messages": [{"role": "user", "content": QUESTION["text"]}]}
    answer = httpx.post(f"{api}/v1/chat/completions", json=asked, headers={"X-Forwarded-Proto": "https"})
    urls = [note["url_citation"]["url"] for note in answer.json()["choices"][0]["message"]["annotations"]]
    own = [url for url in urls if api.removeprefix("http://") in url]
    assert own
    assert all(url.startswith(f"{scheme}://") for url in own)


def test_a_bucket_is_refilled() -> None:
    now = 0.0
    buckets = Buckets(2, 0.5, now=lambda: now)
    assert [buckets.wait(b"a") for _ in range(3)] == [0, 0, 2]
    assert buckets.wait(b"b") == 0
    now += 2
    assert [buckets.wait(b"a") for _ in range(2)] == [0, 2]


def test_buckets_do_not_grow_without_bound() -> None:
    buckets = Buckets(2, 0.5, most=100)
    for n in range(1_000):
        buckets.wait(str(n).encode())
    assert len(buckets) == 100


def test_an_address_is_kept_as_a_hash_and_a_subscriber_s_network_is_one() -> None:
    hashed = Hashed()
    assert b"203" not in hashed("203.0.113.1")
    assert hashed("203.0.113.1") == hashed("203.0.113.1") == hashed("::ffff:203.0.113.1")
    assert hashed("203.0.113.1") != hashed("203.0.113.2")
    assert hashed("2001:db8::1") == hashed("2001:db8::2:3")
    assert hashed("2001:db8::1") != hashed("2001:db8:0:1::1")
    assert hashed("203.0.113.1") != Hashed()("203.0.113.1")
    assert hashed("no address \ud800")


def test_when_all_places_are_taken_the_rest_is_turned_away_at_once(api: str, service: FakeService) -> None:
    service.seconds = 0.2

    def timed(_n: int) -> tuple[int, float, httpx.Response]:
        came = time.monotonic()
        answer = client.post(f"{api}/api/v1/chat", json=QUESTION, timeout=30)
        return answer.status_code, time.monotonic() - came, answer

    with httpx.Client() as client, ThreadPoolExecutor(80) as pool:
        seen = list(pool.map(timed, range(80)))
    turned = [answer for status, _, answer in seen if status == 503]
    assert 20 <= len(turned) <= 64, "16 find a place in any case, and nobody who has to wait much longer than a second"
    assert {status for status, _, _ in seen} == {200, 503}
    assert_problem(turned[0], 503)
    assert int(turned[0].headers["retry-after"]) >= 1
    quickest = sorted(seconds for status, seconds, _ in seen if status == 503)
    assert quickest[len(quickest) // 2] < 1.0
