"""The parser on the real article, and on pages that go wrong."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import Document
from corpus.errors import NotUnderstood
from corpus.parse.page import parse_page
from corpus.parse.sidecar import Sidecar
from tests.conftest import ARTICLE

SIDECAR = Sidecar(id="a", lang="de", publisher="p", brand="Anodyne")
NOISE = ["SPAR OP TIL", "Product Image", "LÆS MERE", "Bewertungen", "Källor", "50.15", "Lesezeit"]


def shown(document: Document) -> str:
    return "\n".join(document.text[s.start : s.end] for section in document.sections for s in section.sentences)


def test_the_text_of_the_article_is_kept_as_given(article: Document) -> None:
    assert article.text == ARTICLE.read_bytes().decode("utf-8")


def test_title_lead_byline_date_and_reviewer_are_understood(article: Document) -> None:
    assert article.title == "Laufen ohne Schmerzen: Tipps gegen Rückenschmerzen im unteren Rücken"
    assert article.lead.startswith("Viele Läufer leiden")
    assert article.lead.endswith("Schmerzen zu vermeiden.")
    assert article.byline == "Anodyne Team"
    assert article.published == "2025-12-16"
    assert article.reviewer is not None
    assert article.reviewer.name == "Christian Vagn Uhre"
    assert article.reviewer.role == "Physiotherapeut und Miteigentümer von Nørre Snede Fysioterapi"


def test_what_the_article_says_of_itself_has_places_in_its_text(article: Document) -> None:
    assert [place.text for place in article.masthead[:3]] == [
        "Von Anodyne Team | 16. Dezember 2025 | Lesezeit: 7 Minuten",
        "Geprüft von Christian Vagn Uhre",
        "Physiotherapeut und Miteigentümer von Nørre Snede Fysioterapi.",
    ]
    assert article.references_path == ("Quellen",)
    assert article.references[0].place.text == 'Nike. (n.d.). "Rückenschmerzen nach dem Laufen." Nike.'
    assert article.title_place is not None
    assert (article.title_place.start, article.title_place.text) == (0, article.title)


def test_sections_stand_in_order_under_their_headings(article: Document) -> None:
    assert [s.path[-1] for s in article.sections if s.kind == "body"] == [
        "Laufen und Rückenschmerzen: ein weit verbreitetes Problem",
        "Die Bedeutung der Ursachenforschung",
        "Ziel des Artikels: Aufklärung und Lösungen",
        "Ursachen von Rückenschmerzen nach dem Laufen",
        "Präventionsstrategien für schmerzfreies Laufen",
        "Sofortmaßnahmen bei akuten Rückenschmerzen",
        "Langfristige Lösungen und Unterstützung für schmerzfreies Laufen",
        "Wann zum Arzt?",
    ]
    starts = [s.sentences[0].start for s in article.sections]
    assert starts == sorted(starts)


def test_the_faq_has_four_pairs(article: Document) -> None:
    assert [pair.question.text for pair in article.faq] == [
        "was sind die häufigsten ursachen für rückenschmerzen nach dem laufen?",
        "welche übungen helfen bei rückenschmerzen nach dem laufen?",
        "wie kann ich rückenschmerzen beim laufen langfristig vermeiden?",
        "wann sollte ich bei rückenschmerzen einen arzt aufsuchen?",
    ]
    assert all(pair.answer.path[0] == "Häufige Fragen" for pair in article.faq)


def test_ten_references_stand_in_order_and_those_not_found_have_no_document(article: Document) -> None:
    assert [r.number for r in article.references] == list(range(1, 11))
    assert [r.publisher for r in article.references[:3]] == ["Nike", "Balance7", "ThermaCare"]
    assert [r.publisher for r in article.references if r.document is None] == ["Blackroll", "Gelenk Klinik"]


def test_both_promotions_are_known_with_product_and_price(article: Document) -> None:
    assert [(p.product, p.price, p.currency) for p in article.promotions] == [
        ("Lendengurt", Decimal("50.15"), "EUR"),
        ("37 Übungen gesammelt im ultimativen Übungsbuch", Decimal("26.50"), "EUR"),
    ]


@pytest.mark.parametrize("noise", NOISE)
def test_page_noise_is_in_no_section(article: Document, noise: str) -> None:
    assert noise in article.text
    assert noise not in shown(article)


def test_nothing_repeated_is_shown_twice(article: Document) -> None:
    sentences = [s.text for section in article.sections for s in section.sentences]
    assert len(sentences) == len(set(sentences))
    assert article.title not in sentences


def test_a_paragraph_that_praises_the_brand_is_marked(article: Document) -> None:
    marked = [p for s in article.sections for p in s.paragraphs if p.advertising]
    assert len(marked) == 1
    assert "Anodyne-Produkten" in marked[0].sentences[0].text


def test_every_letter_of_the_running_text_is_in_a_section(article: Document) -> None:
    """What is left over is title, masthead, headings, boxes and references, nothing else."""
    covered = set[int]()
    for section in article.sections:
        covered.update(range(section.sentences[0].start, section.sentences[-1].end))
    left = "".join(c for i, c in enumerate(article.text[: article.text.index("Källor")]) if i not in covered)
    assert max(len(line) for line in left.splitlines()) < 300


@pytest.mark.parametrize("text", ["", " \n\t\n ", "Nur ein Titel"])
def test_a_page_without_content_is_refused_with_advice(text: str) -> None:
    with pytest.raises(NotUnderstood, match="a: "):
        parse_page(text, SIDECAR)


def test_a_reference_that_is_not_understood_is_named() -> None:
    with pytest.raises(NotUnderstood, match="Irgendwas"):
        parse_page("Titel\n\nText steht hier.\n\nQuellen\n\n1. Irgendwas ohne Form", SIDECAR)


def test_line_ends_of_windows_make_no_difference() -> None:
    text = ARTICLE.read_text("utf-8")
    windows = parse_page(text.replace("\n", "\r\n"), SIDECAR)
    assert shown(windows) == shown(parse_page(text, SIDECAR))


@given(st.lists(st.sampled_from(ARTICLE.read_text("utf-8").splitlines()), max_size=40), st.text(max_size=80))
def test_any_shuffle_of_lines_parses_or_is_refused(lines: list[str], extra: str) -> None:
    try:
        document = parse_page("\n".join([*lines, extra]), SIDECAR)
    except NotUnderstood:
        return
    assert all(document.text[s.start : s.end] == s.text for x in document.sections for s in x.sentences)
