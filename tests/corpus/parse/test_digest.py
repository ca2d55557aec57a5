import pytest

from bot.answer.reading import reading
from corpus.document import Document
from corpus.errors import NotUnderstood
from corpus.fetch import fetch
from corpus.load import HERE, Corpus, load_corpus
from corpus.parse.digest import SourceEntry, digest, parse_sources

ENTRY = """
- id: quelle
  role: cited
  publisher: Verlag
  cited_title: Titel.
  found_title: null
  url: null
  language: de
  date: 2016-05
  match: exact
  extra: false
  facts:
  - {topic: ursachen, text: "Eins hat z. B. Gründe."}
  - {topic: waerme, text: "Zwei ist warm."}
  - {topic: ursachen, text: "Drei hat sie auch."}
  contradictions: []
"""


@pytest.fixture(scope="module")
def entries() -> tuple[SourceEntry, ...]:
    return parse_sources(fetch(HERE / "sources.yaml"))


def test_every_source_with_facts_becomes_a_digest_that_says_what_it_is(entries: tuple[SourceEntry, ...]) -> None:
    for entry in entries:
        document = digest(entry)
        assert (document is None) == (not entry.facts)
        if document is not None:
            assert document.kind == "digest"
            assert document.provenance is not None
            assert document.provenance.match == entry.match != "not_found"
            assert document.publisher == entry.publisher
            assert [s.text for x in document.sections for s in x.sentences] != []


def test_facts_are_grouped_by_topic_and_kept_word_for_word() -> None:
    document = digest(parse_sources(ENTRY)[0])
    assert document is not None
    assert [(s.path, [x.text for x in s.sentences]) for s in document.sections] == [
        (("Ursachen",), ["Eins hat z. B. Gründe.", "Drei hat sie auch."]),
        (("Wärme",), ["Zwei ist warm."]),
    ]
    assert document.published == "2016-05"
    assert document.title == "Titel"


def test_a_fact_stands_alone_since_it_is_quoted_alone() -> None:
    rules = reading("de")
    sentences = [
        s
        for d in load_corpus(extras=True).documents.values()
        if d.kind == "digest"
        for x in d.sections
        for s in x.sentences
    ]
    assert [s.text for s in sentences if rules.leans(s)] == []


def test_a_source_that_was_not_found_gives_no_document(corpus: Corpus) -> None:
    assert "blackroll" not in corpus.documents
    assert "gelenk-klinik" not in corpus.documents


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("match: exact", "match: maybe", "match"),
        ("publisher: Verlag", "publishr: Verlag", "publish"),
        ("id: quelle", "id: ../quelle", "id"),
        ("- id: quelle", "- id: [", "YAML"),
    ],
)
def test_a_wrong_entry_is_refused_and_the_field_named(old: str, new: str, named: str) -> None:
    with pytest.raises(NotUnderstood, match=named):
        parse_sources(ENTRY.replace(old, new))


def test_two_entries_with_one_id_are_refused() -> None:
    with pytest.raises(NotUnderstood, match="quelle"):
        parse_sources(ENTRY + ENTRY)


def test_a_topic_without_a_heading_is_refused() -> None:
    with pytest.raises(NotUnderstood, match="heading"):
        digest(parse_sources(ENTRY.replace("waerme", "wetter"))[0])


def _interested(interest: str) -> Document:
    document = digest(parse_sources(ENTRY.replace("  extra: false", f"  extra: false\n  interest: {interest}"))[0])
    assert document is not None
    return document


def test_what_a_publisher_sells_bears_on_the_facts_of_its_topics_and_on_those_with_its_words() -> None:
    provenance = _interested("heat").provenance
    assert provenance is not None
    assert provenance.interest == "heat"
    assert [s.text for s in provenance.interested] == ["Zwei ist warm."]
    other = _interested("footwear").provenance
    assert other is not None
    assert other.interested == ()


def test_an_unknown_interest_is_refused() -> None:
    with pytest.raises(NotUnderstood, match="interest"):
        _interested("hats")


def test_every_source_whose_note_tells_of_an_interest_has_it_as_data(entries: tuple[SourceEntry, ...]) -> None:
    telling = ("Hersteller", "Eigeninteresse", "Anbieter", "Werbetext")
    for entry in entries:
        assert (entry.interest is not None) == any(word in (entry.note or "") for word in telling), entry.id


def test_a_source_is_called_by_its_first_word_and_by_what_its_entry_adds() -> None:
    document = digest(parse_sources(ENTRY.replace("  extra: false", "  extra: false\n  names: [Müller]"))[0])
    assert document is not None
    assert document.provenance is not None
    assert document.provenance.names == ("Verlag", "Müller")


def test_a_contradiction_needs_two_sides() -> None:
    one = "[{topic: ursachen, against: [x], text: y, sides: [{document: quelle, quote: z}]}]"
    with pytest.raises(NotUnderstood, match="sides"):
        parse_sources(ENTRY.replace("contradictions: []", f"contradictions: {one}"))
