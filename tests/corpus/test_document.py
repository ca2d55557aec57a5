from dataclasses import replace

import pytest

from corpus.document import (
    Disagreement,
    Document,
    Paragraph,
    Provenance,
    Reference,
    Reviewer,
    Section,
    Slice,
    Statement,
)
from corpus.errors import BrokenSlice

TEXT = "Titel\n\nErster Satz. Zweiter Satz."
FIRST = Slice(7, 19, "Erster Satz.")
SECOND = Slice(20, 33, "Zweiter Satz.")


def document(*sentences: Slice) -> Document:
    section = Section("body", (), None, (Paragraph(sentences),))
    return Document(id="d", kind="article", lang="de", title="Titel", publisher="p", text=TEXT, sections=(section,))


def test_a_document_whose_sentences_are_slices_of_its_text_can_be_built() -> None:
    built = document(FIRST, SECOND)
    assert [built.text[s.start : s.end] for s in built.sections[0].sentences] == ["Erster Satz.", "Zweiter Satz."]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(Slice(7, 19, "Anderer Text"), id="other words"),
        pytest.param(Slice(8, 19, "Erster Satz."), id="shifted"),
        pytest.param(Slice(20, 99, "Zweiter Satz."), id="beyond the end"),
        pytest.param(Slice(-13, 33, "Zweiter Satz."), id="counted from behind"),
        pytest.param(Slice(7, 7, ""), id="empty"),
    ],
)
def test_a_place_that_does_not_show_what_it_claims_is_refused(wrong: Slice) -> None:
    with pytest.raises(BrokenSlice):
        document(wrong)


def test_sentences_that_overlap_are_refused() -> None:
    with pytest.raises(BrokenSlice, match="overlap"):
        document(FIRST, Slice(14, 33, TEXT[14:33]))


def test_the_version_changes_with_the_text_and_only_with_it() -> None:
    built = document(FIRST)
    other = replace(built, text=TEXT + " ")
    assert built.version.startswith("sha256:")
    assert other.version != built.version
    assert replace(built, title="Anders").version == built.version


def test_a_date_must_be_iso() -> None:
    with pytest.raises(ValueError, match="ISO"):
        replace(document(FIRST), published="16.12.2025")


WRONG = Slice(7, 19, "Anderer Text")


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"byline_place": WRONG}, id="byline"),
        pytest.param({"reviewer": Reviewer("n", "r", places=(WRONG,))}, id="reviewer"),
        pytest.param({"references": (Reference(1, "p", "t", WRONG),)}, id="reference"),
        pytest.param({"provenance": Provenance("exact", None, interested=(WRONG,))}, id="interest"),
        pytest.param(
            {"disagreements": (Disagreement("t", Statement("other", FIRST), Statement("d", SECOND, (WRONG,))),)},
            id="disagreement",
        ),
    ],
)
def test_every_place_that_can_be_quoted_is_checked(fields: dict[str, object]) -> None:
    with pytest.raises(BrokenSlice):
        replace(document(FIRST), **fields)  # type: ignore[arg-type]


def test_the_title_has_a_place_where_the_text_has_it() -> None:
    assert document(FIRST).title_place == Slice(0, 5, "Titel")
    assert replace(document(FIRST), title="Anders").title_place is None
    assert replace(document(FIRST), title="").title_place is None
