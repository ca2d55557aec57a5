"""The reading page: the whole document, and exactly the passage marked."""

from collections.abc import Iterator
from html.parser import HTMLParser

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.html import environment
from bot.web.reader import Reader
from bot.web.texts import LANGS, load_texts
from corpus.document import Document
from corpus.load import load_corpus
from tests.bot.web.fake import FakeService, answer, article
from tests.bot.web.test_api import assert_problem

ALL = Reader(FakeService(), environment(), {lang: load_texts(lang).reader for lang in LANGS})
READER = Reader(FakeService(), environment(), {lang: load_texts(lang).reader for lang in ("de", "en")})


class Marks(HTMLParser):
    """Collects the marked parts and all text of the page's body."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.marks: list[str] = []
        self.ids: list[str | None] = []
        self.text = ""
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "mark":
            self._inside = True
            self.marks.append("")
            self.ids.append(dict(attrs).get("id"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "mark":
            self._inside = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._inside:
            self.marks[-1] += data


def shown_places(document: Document) -> Iterator[tuple[int, int]]:
    for section in document.sections:
        if section.heading is not None:
            yield section.heading.start, section.heading.end
        for paragraph in section.paragraphs:
            yield paragraph.start, paragraph.end
    for promotion in document.promotions:
        for shown in (promotion.product, promotion.description):
            start = document.text.index(shown, promotion.place.start)
            yield start, start + len(shown)


@given(st.data())
def test_marked_is_exactly_what_is_shown_of_the_passage(data: st.DataObject) -> None:
    document = article()
    start = data.draw(st.integers(0, len(document.text) - 1))
    end = data.draw(st.integers(start + 1, len(document.text)))
    wanted = [
        document.text[max(start, first) : min(end, last)]
        for first, last in sorted(shown_places(document))
        if first < end and start < last
    ]
    outside = [r.place for r in document.references if r.place.start <= start and end <= r.place.end]
    wanted += [document.text[start:end] for _ in outside]
    found = Marks(READER.page("laufen", str(start), str(end)))
    assert found.marks == wanted
    assert found.ids == ["passage", *[None] * (len(wanted) - 1)][: len(wanted)]
    assert ("nicht zu finden" in found.text) == (not wanted)


def test_every_citation_is_marked_word_for_word() -> None:
    for citation in answer().citations:
        found = Marks(READER.page(citation.document, str(citation.start), str(citation.end)))
        assert "".join(found.marks) == citation.quote


def test_everything_of_the_real_corpus_that_can_be_cited_is_marked_word_for_word() -> None:
    documents = load_corpus().documents
    reader = Reader(FakeService(documents=documents), environment(), READER.texts)
    for document in documents.values():
        cited = [s for section in document.sections for s in section.sentences]
        cited += [*document.masthead, *(reference.place for reference in document.references)]
        for sentence in [*cited, *filter(None, [document.title_place])]:
            found = Marks(reader.page(document.id, str(sentence.start), str(sentence.end)))
            assert "".join(found.marks) == sentence.text


@pytest.mark.parametrize(
    ("start", "end"),
    [("x", "9"), ("9", "4"), ("4", "4"), ("0", "999999"), ("-1", "4"), ("1", ""), ("²", "9"), ("9" * 5000, "1")],
)
def test_an_impossible_place_gives_the_page_with_a_calm_line(api: str, start: str, end: str) -> None:
    response = httpx.get(f"{api}/read/laufen", params={"start": start, "end": end})
    assert response.status_code == 200
    assert "<mark" not in response.text
    assert "Die gesuchte Stelle ist in diesem Text nicht zu finden" in response.text


def test_without_a_place_there_is_no_such_line() -> None:
    assert "gesuchte Stelle" not in READER.page("laufen", "", "")


def test_the_article_is_shown_in_its_order() -> None:
    text = Marks(READER.page("laufen", "", "")).text
    wanted = [
        "Laufen ohne Schmerzen: Tipps",
        "Von Anodyne Team",
        "16. Dezember 2025",
        "Christian Vagn Uhre",
        "Physiotherapeut",
        "Viele Läufer",
        "Ursachen von Rückenschmerzen",
        "Hohlkreuz",
        "Anzeige",
        "Lendengurt",
        "50,15 €",
        "Lauftechnik",
        "Sofortmaßnahmen",
        "Anzeige in eigener Sache",
        "Anodyne-Produkte",
        "Häufige Fragen",
        "Welche Übungen helfen?",
        "Quellen",
        "Nike",
        "Zusammenfassung lesen",
        "Balance7",
        "Seite nicht gefunden, kein Text vorhanden",
    ]
    places: list[int] = []
    for words in wanted:
        places.append(text.index(words, places[-1] if places else text.index("Artikel ·")))
    assert places == sorted(places)


def test_our_words_are_in_the_visitors_language_and_the_article_in_its_own() -> None:
    html = ALL.page("laufen", "", "", "sv")
    assert '<html lang="sv">' in html
    assert 'href="/sv/"' in html
    assert '<h1 lang="de">' in html
    assert '<p class="lead" lang="de">' in html
    assert "Källor" in html
    assert ALL.page("laufen", "", "", "xx") == ALL.page("laufen", "", "") == ALL.page("laufen", "", "", "de")


def test_a_digest_says_what_it_is() -> None:
    html = READER.page("nike", "", "")
    assert "in unseren eigenen Worten" in html
    assert "Das ist die Seite, die der Artikel nennt." in html
    assert "Januar 2025" in html
    assert 'href="https://example.org/ruckenschmerzen?a=1&amp;b=2" target="_blank" rel="noopener nofollow"' in html


def test_nothing_in_a_document_is_html() -> None:
    assert "&lt;b&gt;Fett&lt;/b&gt; &amp; „Zitat“" in READER.page("laufen", "", "")


def test_the_page_asks_for_nothing_from_elsewhere() -> None:
    html = READER.page("laufen", "", "")
    assert "http" not in html
    assert "<script" not in html


@pytest.mark.parametrize(
    "document",
    ["none", "..%2f..%2fetc%2fpasswd", "../api.py", "%2e%2e", "laufen/..", "%00", "%ff", "LAUFEN", "x" * 5000],
)
def test_only_known_documents_can_be_read(api: str, document: str) -> None:
    assert_problem(httpx.get(f"{api}/read/{document}"), 404)


def test_dates_of_any_precision() -> None:
    texts = load_texts("de").reader
    assert texts.date("2025") == "2025"
    assert texts.date("2025-03") == "März 2025"
    assert load_texts("en").reader.date("2025-12-06") == "6 December 2025"
