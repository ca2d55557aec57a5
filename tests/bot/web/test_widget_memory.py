"""What the widget keeps, forgets, and saves from being lost."""

import json
import re

import pytest
from playwright.sync_api import Browser, expect

from tests.bot.web import fake
from tests.bot.web.test_widget import WORDS
from tests.bot.web.widget_visit import PHONE, Visit, visiting

pytestmark = pytest.mark.browser

DE = WORDS["de"]


def again(visit: Visit) -> None:
    """The visitor loads the page anew and opens the chat."""
    visit.page.reload()
    expect(visit.launch).to_be_visible()
    visit.launch.click()
    expect(visit.page.locator(".start > *").first).to_be_visible()


def test_a_kept_conversation_is_there_after_a_reload(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.open()
        visit.agree()
        reply = visit.ask("Welche Übungen helfen?")
        reply.get_by_role("button", name=DE["helpful"], exact=True).click()
        visit.ask("Ich bin taub zwischen den Beinen.")
        assert visit.stored() == {"rueckenwind-chat": '{"id":"c0","key":"key"}'}
        assert [(b["conversation"], b["earlier"]) for b in visit.fake.asked] == [("c0", []), ("c0", [])]
        again(visit)
        expect(visit.replies).to_have_count(2)
        assert visit.page.locator(".mine").all_text_contents() == [
            f"{DE['from_you']}Welche Übungen helfen?",
            f"{DE['from_you']}Ich bin taub zwischen den Beinen.",
        ]
        expect(visit.page.locator(".consent")).to_have_count(0)
        expect(visit.page.locator(".status")).to_contain_text("23. Dezember 2026")
        expect(visit.page.get_by_role("link", name="112 anrufen: Notruf")).to_be_in_viewport()
        visit.ask("Und nun?")
        assert visit.fake.asked[-1]["conversation"] == "c0"


def test_a_conversation_that_is_not_kept_is_gone_after_a_reload(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.open()
        visit.press(DE["leave"])
        visit.ask("Welche Übungen helfen?")
        again(visit)
        expect(visit.page.locator(".mine")).to_have_count(0)
        expect(visit.page.locator(".consent")).to_be_visible()
        assert visit.stored() == {}


def test_nothing_is_read_from_the_browsers_storage_before_the_chat_is_opened(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.page.add_init_script(
            "const get = Storage.prototype.getItem; window.reads = 0;"
            "Storage.prototype.getItem = function (name) { window.reads += 1; return get.call(this, name); }"
        )
        visit.go()
        assert visit.page.evaluate("reads") == 0
        assert not any("/api/" in request.url for request in visit.requests)


def test_deleting_removes_everything_here_and_on_the_server(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.open()
        visit.agree()
        visit.ask("Welche Übungen helfen?")
        visit.press(DE["more"])
        visit.press(DE["erase"])
        expect(visit.page.get_by_role("group", name=DE["erase_title"])).to_be_focused()
        visit.press(DE["erase_no"])
        assert list(visit.fake.kept) == ["c0"]
        visit.press(DE["more"])
        visit.press(DE["erase"])
        visit.press(DE["erase_yes"])
        expect(visit.page.get_by_text(DE["erased"])).to_be_visible()
        expect(visit.page.locator(".mine")).to_have_count(0)
        expect(visit.page.locator(".consent")).to_be_visible()
        assert visit.fake.kept == {}
        assert visit.stored() == {}


def test_a_failed_deletion_is_not_called_done(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.open()
        visit.agree()
        visit.page.route("**/conversations/c0", lambda route: route.abort())
        visit.press(DE["more"])
        visit.press(DE["erase"])
        visit.press(DE["erase_yes"])
        expect(visit.page.get_by_text(DE["erase_failed"])).to_be_visible()
        assert "c0" in visit.fake.kept
        assert visit.stored() != {}


@pytest.mark.parametrize("kept", [True, False])
def test_the_conversation_can_be_taken_along(browser: Browser, kept: bool) -> None:  # noqa: FBT001 - a case
    with visiting(browser) as visit:
        visit.open()
        if kept:
            visit.agree()
        visit.ask("Welche Übungen helfen?")
        visit.press(DE["more"])
        with visit.page.expect_download() as downloading:
            visit.press(DE["download"])
        assert downloading.value.suggested_filename == "rueckenwind.json"
        messages = json.loads(downloading.value.path().read_text("utf-8"))["messages"]
        assert [m["role"] for m in messages] == ["visitor", "bot"]
        assert messages[1]["reply"]["text"] == fake.answer().text


def test_a_conversation_that_has_expired_is_forgotten_and_said_to_be(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.open()
        visit.agree()
        visit.fake.kept.clear()
        visit.send("Welche Übungen helfen?")
        expect(visit.page.get_by_text(DE["expired"])).to_be_visible()
        assert visit.stored() == {}
        visit.press(DE["again"])
        expect(visit.replies).to_have_count(1)
        assert "conversation" not in visit.fake.asked[-1]


def test_where_the_browser_allows_no_storage_the_chat_works(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.page.add_init_script(
            "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"
        )
        visit.open()
        visit.agree()
        visit.ask("Welche Übungen helfen?")
        assert visit.fake.asked[0]["conversation"] == "c0"


@pytest.mark.parametrize("after", [1, 2, 4])
def test_a_dropped_stream_is_taken_up_where_it_broke(browser: Browser, after: int) -> None:
    with visiting(browser) as visit:
        visit.open()
        visit.fake.drop_after = after
        reply = visit.ask("Welche Übungen helfen?")
        assert visit.fake.resumed == [f"s1:{after - 1}"]
        assert len(visit.fake.asked) == 1
        assert reply.locator("q").all_text_contents() == [s.text for s in fake.answer().sentences]
        expect(visit.page.get_by_text(DE["reconnecting"])).to_have_count(0)


def test_a_stream_that_is_lost_for_good_can_be_asked_for_anew(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.open()
        visit.fake.drop_after, visit.fake.lose_streams = 2, True
        visit.send("Welche Übungen helfen?")
        expect(visit.page.get_by_text(DE["unreachable"])).to_be_visible()
        expect(visit.page.locator(".mine")).to_contain_text("Welche Übungen helfen?")
        visit.fake.drop_after = None
        visit.press(DE["again"])
        expect(visit.replies).to_have_count(1)
        expect(visit.page.locator(".mine")).to_have_count(1)


def test_offline_nothing_typed_is_lost(browser: Browser) -> None:
    with visiting(browser, PHONE, has_touch=True, is_mobile=True) as visit:
        visit.open()
        visit.context.set_offline(True)
        visit.send("Welche Übungen helfen?")
        expect(visit.page.get_by_text(DE["offline"])).to_be_visible()
        expect(visit.page.locator(".mine")).to_contain_text("Welche Übungen helfen?")
        visit.box.fill("Und was ist mit Wärme?")
        visit.context.set_offline(False)
        visit.press(DE["again"])
        expect(visit.replies).to_have_count(1)
        expect(visit.box).to_have_value("Und was ist mit Wärme?")


@pytest.mark.parametrize(("status", "key"), [(503, "busy_for"), (429, "busy_for"), (500, "failed"), (413, "refused")])
def test_an_error_of_the_server_is_explained_and_can_be_tried_again(browser: Browser, status: int, key: str) -> None:
    with visiting(browser) as visit:
        visit.open()
        visit.fake.refuse = [status]
        visit.send("Welche Übungen helfen?")
        expect(visit.page.get_by_role("alert").filter(has_text=DE[key].format(seconds=7))).to_be_visible()
        expect(visit.page.get_by_role("link", name=DE["call_help"])).to_have_attribute("href", "tel:112")
        visit.press(DE["again"])
        expect(visit.replies).to_have_count(1)


def test_a_chat_opened_without_a_server_recovers(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.page.route("**/api/**", lambda route: route.abort())
        visit.open()
        expect(visit.page.get_by_text(DE["notice_machine"])).to_be_visible()
        expect(visit.page.get_by_text(DE["unreachable"])).to_be_visible()
        visit.page.unroute("**/api/**")
        visit.press(DE["again"])
        expect(visit.page.locator(".consent")).to_be_visible()


def test_a_widget_whose_files_do_not_come_says_so_and_can_be_tried_again(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.page.route("**/chat.css", lambda route: route.abort())
        visit.go()
        visit.launch.click()
        expect(visit.page.get_by_role("alert")).to_have_text(re.compile("nicht laden"))
        visit.page.unroute("**/chat.css")
        visit.launch.click()
        expect(visit.dialog).to_be_visible()


def test_an_expired_session_is_renewed_without_a_word(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.open()
        visit.fake.valid = "another secret"
        visit.ask("Welche Übungen helfen?")
        assert visit.fake.sessions == 2
    with visiting(browser) as visit:
        visit.fake.expires_in = 0
        visit.open()
        visit.ask("Welche Übungen helfen?")
        assert visit.fake.sessions >= 2
        assert "token" not in json.dumps(visit.stored())
