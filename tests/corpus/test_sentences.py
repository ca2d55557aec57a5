from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language import LANGUAGES
from corpus.sentences import split

# Letters, digits, and what makes sentences difficult: abbreviations, ordinals, quotation marks, line breaks.
PIECES = st.sampled_from(
    [
        *("Der 3. Lauf", "z. B.", "Nr. 5", "am 16. Dezember 2025", "„Warum?“", "“Yes.”", "f.eks.", "t.ex.", "e.g."),
        *("Dr. Ritter", "50.15 €", "…", "!", "?", ".", ",", "\n", "\n\n", " ", "\u00ad", "\u2028", "🏃", "e\u0301"),
        *("läuft", "Rücken", "3.5"),
    ]
)
TEXTS = st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map(" ".join))


@given(TEXTS, st.sampled_from([*LANGUAGES, "fi"]))
def test_every_sentence_is_a_slice_and_nothing_is_lost(text: str, lang: str) -> None:
    sentences = split(text, lang)
    assert all(text[s.start : s.end] == s.text for s in sentences)
    assert all(s.text == s.text.strip() != "" for s in sentences)
    assert all(a.end <= b.start for a, b in pairwise(sentences))
    kept = "".join(s.text for s in sentences)
    assert "".join(kept.split()) == "".join(text.split())


@given(TEXTS, TEXTS, TEXTS)
def test_offsets_count_from_the_beginning_of_the_whole_text(before: str, middle: str, after: str) -> None:
    text = before + middle + after
    inside = split(text, "de", len(before), len(before) + len(middle))
    assert [s.text for s in inside] == [s.text for s in split(middle, "de")]
    assert all(text[s.start : s.end] == s.text for s in inside)


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        ("de", "Das hilft z. B. im Büro. Es kostet nichts.", 2),
        ("de", "Am 16. Dezember 2025 war der 3. Lauf. Danach kam nichts.", 2),
        ("de", "Siehe Nr. 5 auf S. 12. Dr. Egbert Ritter sagt ca. 30 Sek. pro Seite.", 2),
        ("de", "Er sagte: „Das geht nicht. Wirklich?“ Dann ging er.", 2),
        ("de", "„Warum?“, fragte sie. Niemand wusste es.", 2),
        ("de", "Das war 2018. Dann kam der Arzt (z.B. Dr. Müller).", 2),
        ("da", "Det er f.eks. godt. Den 16. december kl. 10 var det 3. løb. Se bl.a. nr. 5.", 3),
        ("sv", "Det är t.ex. bra. Kl. 10 börjar det. Bl.a. nr 5, d.v.s. bra.", 3),
        ("en", "E.g. Dr. Smith ran 3.5 km on Dec. 16. He was tired, i.e. slow.", 2),
    ],
)
def test_abbreviations_dates_ordinals_and_quotations_do_not_end_sentences(lang: str, text: str, expected: int) -> None:
    assert len(split(text, lang)) == expected, [s.text for s in split(text, lang)]
