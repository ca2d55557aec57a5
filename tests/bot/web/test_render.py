"""A reply as HTML: nothing lost, nothing added, everything escaped."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.handoff import Reach
from bot.turn import CitedSentence, Contact, Kind, Level, Reply, Triage
from bot.web.html import environment
from bot.web.render import Cited, Framing, Renderer, dialled, paragraphs, segments
from bot.web.texts import LANGS, load_texts
from tests.bot.web.fake import QUOTE, FakeService, answer, referral, refusal, smalltalk


@pytest.fixture(scope="module")
def render() -> Renderer:
    return Renderer(environment(), load_texts("de").reply, FakeService(), "de")


class Tags(HTMLParser):
    """Collects tags with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def links(self) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == "a"]


texts = st.text(st.sampled_from("ab. [1]2,\n<&"), max_size=12)
sentences = st.builds(CitedSentence, texts, st.lists(st.integers(1, 3), max_size=2).map(tuple))


@given(st.lists(st.tuples(texts, sentences)), texts, st.lists(sentences, max_size=3))
def test_joined_segments_give_the_text_back(
    parts: list[tuple[str, CitedSentence]], end: str, strangers: list[CitedSentence]
) -> None:
    shown = "".join(f"{frame}{s.text}{''.join(f' [{n}]' for n in s.citations)}" for frame, s in parts) + end
    reply = Reply(kind=Kind.ANSWER, lang="de", text=shown, sentences=(*(s for _, s in parts), *strangers))
    assert "".join(s.text for s in segments(reply)) == shown


@given(st.lists(st.tuples(st.sampled_from(["", "So:\n\n", " Und "]), st.integers(1, 9)), max_size=5))
def test_every_sentence_is_found_with_its_numbers(parts: list[tuple[str, int]]) -> None:
    wanted = [CitedSentence(f"Satz {n}.", (n,)) for _, n in parts]
    shown = "".join(f"{frame}{s.text} [{s.citations[0]}]" for (frame, _), s in zip(parts, wanted, strict=True))
    found = segments(Reply(kind=Kind.ANSWER, lang="de", text=shown, sentences=tuple(wanted)))
    assert [(s.sentence, s.citations) for s in found if isinstance(s, Cited)] == [(s.text, s.citations) for s in wanted]


def test_a_sentence_that_also_stands_in_the_framing_is_taken_where_its_number_is() -> None:
    text = "Gut. Im Artikel: Gut. [1]"
    reply = Reply(kind=Kind.ANSWER, lang="de", text=text, sentences=(CitedSentence("Gut.", (1,)),))
    assert segments(reply) == (Framing("Gut. Im Artikel: "), Cited("Gut.", (1,), " [1]"))


def test_several_numbers_in_any_of_the_usual_forms() -> None:
    for markers in (" [1][2]", " [1] [2]", " [1, 2]", "[1,2]"):
        reply = Reply(kind=Kind.ANSWER, lang="de", text=f"Gut.{markers}", sentences=(CitedSentence("Gut.", (1, 2)),))
        assert segments(reply) == (Cited("Gut.", (1, 2), markers),)


def test_a_number_opens_the_quotation_in_its_surroundings(render: Renderer) -> None:
    tags = Tags(render(answer(), "r1"))
    press = next(attributes for _, attributes in tags.tags if attributes.get("class", "") == "cite")
    assert press["aria-label"] == "Beleg 1: Sofortmaßnahmen bei akuten Rückenschmerzen"
    sheet = next(attributes for _, attributes in tags.tags if attributes.get("id") == press["popovertarget"])
    assert "popover" in sheet
    assert f"{QUOTE} Wärme entspannt." in tags.text


def test_from_the_quotation_it_goes_on_to_the_marked_passage(render: Renderer) -> None:
    citation = answer().citations[0]
    links = [link for link in Tags(render(answer(), "r1")).links() if str(link["href"]).startswith(citation.read)]
    assert len(links) == 2
    for link in links:
        assert link["href"] == f"/read/laufen?start={citation.start}&end={citation.end}&lang=de#passage"
        assert (link["target"], link["rel"]) == ("_blank", "noopener")


def test_a_quotation_from_another_version_is_shown_without_surroundings(render: Renderer) -> None:
    citation = replace(answer().citations[0], version="sha256:0")
    text = Tags(render(replace(answer(), citations=(citation,)), "r1")).text
    assert "Wärme entspannt." not in text
    assert text.count(QUOTE) == 2


def test_a_quotation_says_its_language(render: Renderer) -> None:
    assert '<span class="quoted" lang="de">' in render(answer(lang="da"))
    assert '<span class="quoted">' in render(answer())


def test_what_has_a_name_can_be_judged(render: Renderer) -> None:
    assert 'data-reply="r1"' in render(answer(), "r1")
    assert "data-reply" not in render(answer())
    assert "data-reply" not in render(smalltalk(), "r1")
    assert "wrong_source" not in render(refusal(), "r1")


def test_a_reply_that_is_coming_in_begins_like_the_whole(render: Renderer) -> None:
    whole = Tags(render(answer(), "r1")).text
    first, second, _ = (s for s in segments(answer()) if isinstance(s, Cited))
    text = answer().text[: answer().text.index(second.text)]
    begun = Tags(render.begun(Triage(), text, (first,), answer().citations[:1])).text
    assert QUOTE in begun
    assert second.sentence not in begun
    assert "".join(whole.split()).startswith("".join(begun.split()))


def test_of_a_referral_that_is_coming_in_the_heading_stands_first(render: Renderer) -> None:
    html = render.begun(Triage(Level.EMERGENCY), "", (), ())
    assert "Notfall: jetzt handeln" in html
    assert 'role="alert"' in html


def test_a_referral_in_another_language_has_its_heading_in_that_language(render: Renderer) -> None:
    html = render(replace(referral(), lang="da"))
    assert f'<p class="label" lang="da">{load_texts("da").reply.levels[referral().triage.level]}</p>' in html


@pytest.mark.parametrize("lang", LANGS)
def test_a_way_to_a_person_is_always_named(lang: str) -> None:
    texts = load_texts(lang).page
    template = environment().get_template("small_print.html")
    none = Tags(template.render(texts=texts, reach=Reach(), dialled=dialled))
    assert texts.no_person in none.text
    reach = Reach(url="https://x.example/?a=1&b=2", email="a+b@x.example", phone="+49 (30) 1")
    ways = Tags(template.render(texts=texts, reach=reach, dialled=dialled))
    assert texts.no_person not in ways.text
    addresses = [link["href"] for link in ways.links()]
    assert addresses == ["tel:112", "tel:+49301", "mailto:a%2Bb@x.example", "https://x.example/?a=1&b=2"]


def test_the_text_is_shown_without_the_raw_markers(render: Renderer) -> None:
    shown = Tags(render(answer())).text
    assert QUOTE in shown
    assert "[1]" not in shown


def test_a_digest_is_called_a_summary(render: Renderer) -> None:
    assert Tags(render(answer())).text.count("Zusammenfassung der Quelle") == 2, "in the list and on the sheet"


def test_empty_lines_make_paragraphs() -> None:
    reply = Reply(kind=Kind.SMALLTALK, lang="de", text="Eins.\nZwei.\n\n\nDrei.\n")
    lines = [["".join(piece.text for piece in line) for line in p] for p in paragraphs(reply)]
    assert lines == [["Eins.", "Zwei."], ["Drei."]]


def test_a_referral_has_numbers_to_tap_and_does_not_repeat_them(render: Renderer) -> None:
    html = render(referral())
    tags = Tags(html)
    assert [link["href"] for link in tags.links()] == ["tel:112", "tel:116117"]
    assert 'role="alert"' in html
    assert "Notfall: jetzt handeln" in tags.text
    assert tags.text.count("116 117") == 1
    assert "Rufen Sie jetzt den Notruf 112 an" in tags.text


@pytest.mark.parametrize("level", [Level.DOCTOR, Level.URGENT, Level.EMERGENCY])
def test_every_level_looks_different(render: Renderer, level: Level) -> None:
    html = render(replace(referral(), triage=Triage(level)))
    assert f"level-{level.value}" in html
    assert load_texts("de").reply.levels[level] in html


def test_a_refusal_is_plain_text(render: Renderer) -> None:
    assert "Dazu steht nichts in unserem Artikel." in render(refusal())


def test_everything_is_escaped(render: Renderer) -> None:
    evil = '<img src=x onerror="a()">\'&'
    citation = replace(answer().citations[0], title=evil, publisher=evil, section=(evil,), read=f'/read/x"{evil}')
    reply = Reply(
        kind=Kind.REFERRAL,
        lang="de",
        text=f"{evil}\n{evil} [1]",
        sentences=(CitedSentence(evil, (1,)),),
        citations=(citation,),
        contact=(Contact(evil, '1"><b>', "DE"),),
        triage=Triage(Level.URGENT),
    )
    tags = Tags(render(reply))
    assert "img" not in {tag for tag, _ in tags.tags}
    assert "b" not in {tag for tag, _ in tags.tags}
    assert evil in tags.text
    assert not any(name.startswith("on") for _, attributes in tags.tags for name in attributes)


def test_a_number_without_a_citation_is_no_link(render: Renderer) -> None:
    reply = Reply(kind=Kind.ANSWER, lang="de", text="Gut. [7]", sentences=(CitedSentence("Gut.", (7,)),))
    html = render(reply)
    assert "<a" not in html
    assert "<button" not in html
    assert "<sup>7</sup>" in html


def test_a_reply_in_another_language_says_so(render: Renderer) -> None:
    assert 'lang="da"' in render(Reply(kind=Kind.SMALLTALK, lang="da", text="Hej!"))
    assert "lang=" not in render(Reply(kind=Kind.SMALLTALK, lang="de", text="Hallo!"))


def test_only_what_a_telephone_dials_is_left_of_a_number() -> None:
    assert dialled("+49 (30) 116-117") == "+4930116117"
