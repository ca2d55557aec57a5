"""The one place that builds things: settings → stages → chain → a service that the surfaces can use."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.answer.about import About
from bot.answer.compose import answer, refusal
from bot.answer.offers import Offers
from bot.chat import Chat, Stages, chain, searching
from bot.cite import cite_place
from bot.country import stated
from bot.followup import spoken
from bot.guard import Screen, load_guard, load_screen_limits
from bot.judging import load_judge
from bot.library import Library
from bot.quotable import addresses_machine, judge_ahead, named_with, quotable
from bot.referral import Referrals, compose, load_referrals
from bot.retrieve import Retriever
from bot.rewrite import Rewriter
from bot.settings import Settings
from bot.smalltalk import small_talk
from bot.triage import Triager, load_limits, load_rules
from bot.turn import Citation, Level, Question, Reply, Stage, Turn, Watch
from bot.verify import Verifier
from bot.wording import FALLBACK, wording_for, wordings
from corpus.document import Document, Lang
from index.errors import IndexProblem
from index.passage import Hit, Passage

_log = logging.getLogger(__name__)


def assemble(settings: Settings) -> "Service":
    """A service for these settings; the index is opened when it is first needed.

    Raises:
        BadWording: a data file of the bot is incomplete.
    """
    # LangChain sends runs to its maker's service when these are set in the environment; health data never goes there.
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2"):
        os.environ[name] = "false"
    library = Library(settings.index_folder, settings.recipe)
    referrals = load_referrals()
    judge = load_judge()
    triage = Triager(load_rules(), judge, load_limits())
    guard = Screen(load_guard(), judge, load_screen_limits())
    stages = Stages(
        begin=_begin,
        triage=_Triage(triage, referrals, library, settings.country),
        guard=_GuardStage(guard),
        small_talk=small_talk,
        about=_either(About(library), Offers(library)),
        rewrite=Rewriter(library),
        retrieve=Retriever(library),
        answer=answer,
        verify=Verifier(_lines()),
    )
    return Service(library, Chat(chain(stages), searching(stages)), triage, guard)


@dataclass(frozen=True, slots=True)
class Service:
    """The bot as the surfaces see it; safe to use from several threads."""

    library: Library
    chat: Chat
    triage: Triager
    guard: Screen

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents of the current index; none while there is no index."""
        try:
            return self.library.current().corpus.documents
        except IndexProblem:
            return MappingProxyType({})

    def ready(self) -> str | None:
        """None when questions can be answered, else what to do."""
        try:
            self.library.current()
        except IndexProblem as problem:
            return str(problem)
        return None

    def examples(self, lang: Lang) -> tuple[str, ...]:
        """Questions to begin with."""
        return wording_for(lang).examples

    def reply(self, question: Question, watch: Watch | None = None) -> Reply:
        """See `Chat.reply`. Without an index warning signs are still referred; everything else is refused."""
        return self.chat.reply(question, watch)

    def search(self, text: str, count: int) -> tuple[Hit, ...]:
        """Passages for a question, best first; none that addresses the machine, and none while there is no index."""
        try:
            index = self.library.current()
            hits = index.searcher.search(text, count)
        except IndexProblem:
            return ()
        return tuple(hit for hit in hits if not _addresses_machine(hit.passage, index.corpus.documents))

    def warm_up(self) -> None:
        """Load what the first question would wait for; a missing index is logged, not raised."""
        if (problem := self.ready()) is not None:
            _log.warning("not ready: %s", problem)
            return
        judge_ahead(self.documents.values())
        self.reply(Question(text=wording_for(FALLBACK).examples[0]))


def _addresses_machine(passage: Passage, documents: Mapping[str, Document]) -> bool:
    """Whether whoever reads the passage, another machine perhaps, would be told what to do."""
    named = named_with(documents[passage.source.document], passage.source.section)
    return any(map(addresses_machine, (*named, *(sentence.text for sentence in passage.sentences))))


def _begin(question: Question) -> Turn:
    """A turn in the language asked for, or the conversation's; in the fallback where there is no wording for it."""
    lang = question.lang or spoken(question.text, question.earlier)
    return Turn(question=question, lang=lang if lang in wordings() else FALLBACK)


@dataclass(frozen=True, slots=True)
class _Triage:
    """The stage: a referral when the conversation holds a warning sign."""

    triager: Triager
    referrals: Referrals
    library: Library
    shop: str | None
    """The shop's country, for visitors who do not say where they are."""

    def __call__(self, turn: Turn) -> Turn:
        question = turn.question
        messages = (*question.earlier, question.text)
        triage = self.triager(messages)
        turn = replace(turn, triage=triage)
        if triage.level is Level.NONE:
            return turn
        documents, signs = self._warning_signs()
        country = stated(messages) or question.country or self.shop
        reply = compose(self.referrals, triage, lang=turn.lang, country=country, warning_signs=signs)
        return replace(turn, documents=documents, reply=reply)

    def _warning_signs(self) -> tuple[Mapping[str, Document], Citation | None]:
        """What the article says of warning signs, with its documents; nothing must keep a referral from being shown."""
        try:
            documents = self.library.current().corpus.documents
            return documents, _red_flags(documents)
        except Exception:  # noqa: BLE001 - without the index the referral goes out without the quotation
            _log.error("a referral goes out without its quotation: the index cannot be opened")
            return MappingProxyType({}), None


def _red_flags(documents: Mapping[str, Document]) -> Citation | None:
    """The first sentence of the last section that tells of red flags: in an FAQ it is a complete answer."""
    places = [
        (section.kind == "faq", document.id, section.sentences[0])
        for document in documents.values()
        for section in document.sections
        if section.role == "red_flags" and quotable(document, section.sentences[0].text, section.path)
    ]
    if not places:
        return None
    _, document, place = max(places, key=lambda found: found[0])
    return cite_place(1, documents, document, place)


@dataclass(frozen=True, slots=True)
class _GuardStage:
    """The stage: a refusal for what the bot must not do."""

    screen: Screen

    def __call__(self, turn: Turn) -> Turn:
        verdict = self.screen(turn.question.text)
        turn = replace(turn, verdict=verdict)
        if verdict.reason is None:
            return turn
        return replace(turn, reply=refusal(turn, verdict.reason, code=verdict.code))


def _either(first: Stage, second: Stage) -> Stage:
    """One stage of two: the second one has its turn where the first one has not replied."""

    def stage(turn: Turn) -> Turn:
        turn = first(turn)
        return turn if turn.reply is not None else second(turn)

    return stage


def _lines() -> frozenset[str]:
    """Every line that the bot may say without a citation, referrals apart."""
    texts = [text for w in wordings().values() for text in (*w.refusal.values(), *w.answer.model_dump().values())]
    texts += [entry.text for w in wordings().values() for entry in w.smalltalk.values()]
    return frozenset(line.strip() for text in texts for line in text.split("\n"))
