"""Documents and places as values."""

from dataclasses import replace
from urllib.parse import unquote

import httpx

from bot.web.around import around
from bot.web.documents import live
from corpus.load import load_corpus
from tests.bot.web.client import assert_problem
from tests.bot.web.fake import QUOTE, FakeService, answer, article, digest


def test_a_document_is_shown_with_its_places(api: str, service: FakeService) -> None:
    found = httpx.get(f"{api}/api/v1/documents/laufen").json()
    document = service.documents["laufen"]
    assert found["version"] == document.version
    assert found["sections"][1]["path"] == ["Ursachen von Rückenschmerzen"]
    for section in found["sections"]:
        for paragraph in section["paragraphs"]:
            assert document.text[paragraph["start"] : paragraph["end"]] == paragraph["text"]
    assert_problem(httpx.get(f"{api}/api/v1/documents/none"), 404)


def test_a_citation_leads_to_what_stands_around_it(api: str, service: FakeService) -> None:
    citation = answer().citations[0]
    found = httpx.get(
        f"{api}/api/v1/documents/laufen/context", params={"start": citation.start, "end": citation.end}
    ).json()
    assert found["quote"] == citation.quote == QUOTE
    assert found["section"] == list(citation.section)
    assert found["read"] == citation.read
    assert found["before"] == ""
    assert found["after"].startswith("Wärme entspannt.")
    assert f"{QUOTE} Wärme entspannt." in service.documents["laufen"].text


def test_what_stands_around_a_place_is_no_advertising_and_no_noise() -> None:
    document = article()
    start = document.text.index("Ein weiterer Grund")
    found = around(document, start, document.text.index(" <b>Fett"))
    assert found.before == (
        "Rückenschmerzen können viele Ursachen haben. Zu den biomechanischen Faktoren gehört ein Hohlkreuz."
    )
    assert found.after == "<b>Fett</b> & „Zitat“ sind nur Text."


def test_between_two_paragraphs_there_is_an_empty_line_whatever_lay_there() -> None:
    document = article()
    found = around(document, document.text.index("<b>Fett"), document.text.index("sind nur Text.") + 5)
    assert found.before.endswith("gehört ein Hohlkreuz.\n\nEin weiterer Grund ist die falsche Lauftechnik.")
    assert found.after == "nur Text."


def test_the_brands_own_praise_is_left_out() -> None:
    document = article()
    section = document.sections[2]
    praise = replace(section.paragraphs[1], advertising=True)
    praised = replace(section, paragraphs=(section.paragraphs[0], praise))
    document = replace(document, sections=(*document.sections[:2], praised, *document.sections[3:]))
    found = around(document, document.text.index(QUOTE), document.text.index(QUOTE) + len(QUOTE))
    assert found.after == "Wärme entspannt."


def test_no_sentence_of_the_real_corpus_has_advertising_around_it() -> None:
    for document in load_corpus().documents.values():
        boxes = [promotion.place.text.split("\n")[0] for promotion in document.promotions]
        for sentence in (s for section in document.sections for s in section.sentences):
            found = around(document, sentence.start, sentence.end)
            beside = found.before + found.after
            assert not any(box in beside for box in boxes)
            assert "LÆS MERE" not in beside


def test_the_live_page_opens_at_the_words() -> None:
    document = replace(article(), url="https://shop.example/artikel#teil")
    short = live(document, "Kräftiger Rumpf, Katze-Kuh & mehr")
    assert short is not None
    assert short.startswith("https://shop.example/artikel#:~:text=")
    fragment = short.partition("text=")[2]
    assert unquote(fragment) == "Kräftiger Rumpf, Katze-Kuh & mehr"
    assert not set(fragment) & set(" ,-&")
    long = live(document, QUOTE)
    assert long is not None
    first, last = (unquote(part) for part in long.partition("text=")[2].split(","))
    assert QUOTE.startswith(first)
    assert QUOTE.endswith(last)


def test_a_digest_leads_to_its_page_and_an_article_without_an_address_nowhere() -> None:
    assert live(digest(), "Nike rät") == digest().url
    assert live(article(), QUOTE) is None
    assert live(replace(article(), url="javascript:alert(1)"), QUOTE) is None


def test_the_chat_on_a_page_is_told_what_it_has_to_know(api: str) -> None:
    found = httpx.get(f"{api}/api/v1/config?lang=en").json()
    assert found == {
        "lang": "en",
        "langs": ["de", "da", "sv", "en"],
        "examples": ["Which exercises help?", "When should I see a doctor?"],
        "contact": None,
        "retention_days": 30,
        "privacy_url": None,
        "documents": {"laufen": "de", "nike": "de"},
    }
    assert httpx.get(f"{api}/api/v1/config?lang=fr").json()["lang"] == "en"
    assert httpx.get(f"{api}/api/v1/config").json()["lang"] == "de"
    assert_problem(httpx.get(f"{api}/api/v1/config?lang=<b>"), 422)
