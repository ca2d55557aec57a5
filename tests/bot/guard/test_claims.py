"""What a health brand must not say is found in what the bot could quote."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadWording
from bot.guard.claims import FILE, claims, read_claims
from corpus.load import Corpus

CLAIMS = read_claims(FILE)


@pytest.mark.parametrize(("code", "lang", "text"), [(c.code, c.lang, text) for c in CLAIMS for text in c.hits])
def test_a_claim_is_found(code: str, lang: str, text: str) -> None:
    assert code in claims(text, lang)


@pytest.mark.parametrize(("lang", "text"), [(c.lang, text) for c in CLAIMS for text in c.spares])
def test_an_ordinary_statement_is_none(lang: str, text: str) -> None:
    assert claims(text, lang) == ()


def test_a_brand_known_from_the_document_counts_as_a_product() -> None:
    text = "Rückenwohl lindert Schmerzen."
    assert claims(text, "de") == ()
    assert claims(text, "de", ("Rückenwohl",)) == ("product_effect",)


def test_every_language_has_the_kinds_that_matter_most() -> None:
    for lang in ("de", "en", "da", "sv"):
        codes = {claim.code for claim in CLAIMS if claim.lang == lang}
        assert {"heals", "guarantees", "product_effect", "testimonial"} <= codes


def test_nothing_that_the_bot_quotes_today_makes_a_claim(corpus: Corpus) -> None:
    quoted = [
        (document.lang, sentence.text)
        for document in corpus.documents.values()
        for section in document.sections
        if section.role != "about_article"
        for paragraph in section.paragraphs
        if not paragraph.advertising
        for sentence in paragraph.sentences
    ]
    assert len(quoted) > 100
    assert [text for lang, text in quoted if claims(text, lang)] == []


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    claims(text, "de")


@pytest.mark.parametrize(
    "content", ["[[claim]]", "[[broken", '[[claim]]\ncode="a"\nlang="de"\nany=[]\nunless=[]\nhits=[]\nspares=[]']
)
def test_a_broken_file_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "claims.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(BadWording):
        read_claims(file)
