"""The chat page, built with Gradio: the only door to it.

Importing this module imports Gradio, which takes seconds; `bot/web/serve.py` does so late.
"""

import asyncio
import os

# Gradio reads these while it is imported: no telemetry, and no question to its makers for a newer version.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# Nobody sees its statistics here (the address is closed); computing them would load pandas for every question.
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(10**9)
os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount

from bot.errors import BadQuestion
from bot.turn import Citation, Level, Question, Triage
from bot.web.ask import Busy, Crashed
from bot.web.conversation import Conversation, Log
from bot.web.html import environment
from bot.web.problem import nothing_at, problem
from bot.web.render import Cited, Renderer, dialled
from bot.web.service import ChatService
from bot.web.shell import Shell
from bot.web.talk import Answered, Talk
from bot.web.telling import Piece, Told, tell
from bot.web.texts import LANGS, Texts, load_texts
from corpus.document import Lang

# The order matters: mounts are tried in turn, and "/" would answer for "/en" as well.
PATHS: Final[tuple[tuple[Lang, str], ...]] = (("en", "/en"), ("da", "/da"), ("sv", "/sv"), ("de", "/"))
DEFAULT_LANG: Final[Lang] = "de"

# The input field's own limit; the bot has its own word on long messages.
MAX_LENGTH: Final = 4_000
# Not more than a screenful on a phone.
SUGGESTIONS: Final = 5
# Waiting is cheap; the threads are limited where the question is asked.
_AT_ONCE: Final = 64

_FONT: Final = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")


def mount_page(app: FastAPI, service: ChatService, talk: Talk, closing: asyncio.Event) -> FastAPI:
    """Put the chat page into the app: German at `/`, the other languages at `/en/`, `/da/`, `/sv/`.

    `closing` is set by the server when it is about to stop.

    Raises:
        BadWording: the data files with the page's texts are incomplete.
    """
    for _lang, path in PATHS:
        if path != "/":
            app.add_route(path, _redirect(f"{path}/"), include_in_schema=False)
    for lang, path in PATHS:
        page = _Page.of(service, talk, load_texts(lang), lang)
        blocks = _build(page)
        gr.mount_gradio_app(
            app,
            blocks,
            path,
            footer_links=[],
            run_history=False,
            app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
            show_error=False,
            max_file_size=1,
            ssr_mode=False,
            enable_monitoring=False,
            pwa=False,
            mcp_server=False,
            theme=gr.themes.Base(font=_FONT, font_mono=("ui-monospace", "monospace")),
        )
        mount = app.router.routes[-1]
        if not isinstance(mount, Mount):
            message = "Gradio mounts itself in a new way; bot/web/page.py must wrap it differently"
            raise TypeError(message)
        # Below another path than "/" the routes of the app mean nothing.
        missing = nothing_at(app) if path == "/" else problem(404, "There is nothing at this address.")
        prefix = path.rstrip("/")
        mount.app = Shell(mount.app, page.texts.page, lang, prefix, closing, missing, _forgetting(blocks))
    return app


def _forgetting(blocks: gr.Blocks) -> Callable[[str], None]:
    """Drops what Gradio holds of a session: our state, and a copy of everything that was shown."""

    def forget(session: str) -> None:
        held = blocks.state_holder
        held.session_data.pop(session, None)
        held.time_last_used.pop(session, None)

    return forget


def _redirect(to: str) -> Callable[[Request], Awaitable[RedirectResponse]]:
    async def answer(_request: Request) -> RedirectResponse:
        return RedirectResponse(to, 308)

    return answer


@dataclass(frozen=True, slots=True)
class _Page:
    """What happens when a visitor sends a question or begins anew, in one language of the page.

    Handlers give the new log, the conversation, the input field, the label of the suggestions, and the suggestions.
    """

    service: ChatService
    talk: Talk
    texts: Texts
    lang: Lang
    log: Log
    render: Renderer

    @classmethod
    def of(cls, service: ChatService, talk: Talk, texts: Texts, lang: Lang) -> "_Page":
        """Built from what the page is given."""
        templates = environment()
        render = Renderer(templates, texts.reply, service, lang)
        return cls(service, talk, texts, lang, Log(templates, texts.page, talk.site.privacy_url), render)

    async def ask(self, text: str | None, conversation: Conversation) -> AsyncIterator[list[Any]]:
        """Show the question at once, then the reply as it comes; what fails goes back into the field."""
        text = text or ""
        unchanged = [gr.skip() for _ in range(SUGGESTIONS + 1)]
        if text.strip():
            yield [self.log(conversation, pending=text), gr.skip(), "", *unchanged]
        # On the page in the default language the bot finds out by itself what the visitor writes.
        lang = None if self.lang == DEFAULT_LANG else self.lang
        question = Question(text=text, earlier=conversation.earlier, lang=lang)
        try:
            async with aclosing(tell(self.talk, await self.talk.prepare(question, None, None))) as told:
                async for shown in self._shown(told):
                    if isinstance(shown, str):
                        yield [self.log(conversation, pending=text, begun=shown), gr.skip(), gr.skip(), *unchanged]
                    else:
                        yield self._answered(conversation, text, shown)
        except (BadQuestion, Crashed) as error:
            yield [self.log(conversation, trouble=self._trouble(error)), gr.skip(), text, *unchanged]

    async def _shown(self, told: AsyncIterator[Told]) -> AsyncIterator[str | Answered]:
        """The HTML of what there is of the reply, each time that there is more; then the whole reply.

        Of a referral there is the heading first; then all of it, for its numbers stand between its sentences.
        """
        triage, text = Triage(), ""
        sentences: tuple[Cited, ...] = ()
        citations: dict[int, Citation] = {}
        async for part in told:
            match part:
                case Triage():
                    triage = part
                case Piece(segment=segment):
                    text += segment.text
                    sentences += (segment,) if isinstance(segment, Cited) else ()
                    citations |= {citation.n: citation for citation in part.citations}
                case Answered():
                    yield part
                    return
            if (triage.level is Level.NONE) is bool(text):
                yield self.render.begun(triage, text, sentences, tuple(citations.values()))

    def _answered(self, conversation: Conversation, text: str, answered: Answered) -> list[Any]:
        reply = answered.reply
        longer = conversation.with_exchange(text, self.render(reply, answered.reply_id))
        return [self.log(longer), longer, gr.skip(), *_suggest(self.texts.page.follow_ups, reply.follow_ups)]

    def _trouble(self, error: BadQuestion | Crashed) -> str:
        match error:
            case BadQuestion():
                return str(error)
            case Busy():
                return self.texts.page.busy
            case _:
                return self.texts.page.crashed

    def restart(self) -> list[Any]:
        """An empty conversation."""
        return [self.log(Conversation()), Conversation(), "", *self.beginning()]

    def beginning(self) -> list[Any]:
        """The example questions as suggestions."""
        return _suggest(self.texts.page.examples, self.service.examples(self.lang))


def _suggest(label: str, questions: tuple[str, ...]) -> list[Any]:
    """The label and every suggestion, the spare ones hidden."""
    shown = questions[:SUGGESTIONS]
    spare = SUGGESTIONS - len(shown)
    chips = [gr.update(value=q, visible=True) for q in shown] + [gr.update(visible=False)] * spare
    return [label if shown else "", *chips]


def _build(page: _Page) -> gr.Blocks:
    words = page.texts.page
    blocks = gr.Blocks(analytics_enabled=False, title=words.title, fill_width=True)
    with blocks:
        with gr.Row(elem_id="top"):
            _static(_top(page), "brand")
            restart = gr.Button(words.restart, elem_id="restart", scale=0)
        state = gr.State(Conversation())
        log = _static(page.log(Conversation()), "log")
        label, chips = _suggestions(page)
        with gr.Column(elem_id="composer"):
            with gr.Row(elem_id="entry"):
                box = _box(page)
                send = gr.Button(words.send, elem_id="send", variant="primary", scale=0)
            _static(_small_print(page), "small-print")
        outputs = [log, state, box, label, *chips]
        _listen([box.submit, send.click], page.ask, [box, state], outputs)
        for chip in chips:
            _listen([chip.click], page.ask, [chip, state], outputs)
        _listen([restart.click], page.restart, None, outputs)
    blocks.queue(api_open=False, default_concurrency_limit=_AT_ONCE)
    return blocks


def _top(page: _Page) -> str:
    # At the bare address a browser that prefers another language is led to that one.
    addresses = {lang: f"{path}/" if path != "/" else f"/?lang={lang}" for lang, path in PATHS}
    pages = [(lang, addresses[lang], load_texts(lang).page.own_name) for lang in LANGS]
    return page.log.templates.get_template("top.html").render(texts=page.texts.page, pages=pages)


def _small_print(page: _Page) -> str:
    template = page.log.templates.get_template("small_print.html")
    return template.render(texts=page.texts.page, reach=page.talk.site.reach, dialled=dialled)


def _listen(events: list[Any], handler: Callable[..., object], inputs: Any, outputs: list[Any]) -> None:  # noqa: ANN401 - Gradio's own types
    gr.on(events, handler, inputs, outputs, show_progress="hidden", api_visibility="private")


def _static(html: str, elem_id: str) -> gr.HTML:
    """HTML of ours; nothing of Gradio's looks and no script of its own."""
    return gr.HTML(html, elem_id=elem_id, apply_default_css=False, js_on_load=None)


def _suggestions(page: _Page) -> tuple[gr.HTML, list[gr.Button]]:
    questions = page.service.examples(page.lang)[:SUGGESTIONS]
    with gr.Column(elem_id="suggestions"):
        label = _static(page.texts.page.examples if questions else "", "suggestions-label")
        with gr.Row(elem_id="chips"):
            chips = [
                gr.Button(questions[i] if i < len(questions) else "", visible=i < len(questions), elem_classes="chip")
                for i in range(SUGGESTIONS)
            ]
    return label, chips


def _box(page: _Page) -> gr.Textbox:
    words = page.texts.page
    return gr.Textbox(
        label=words.input,
        placeholder=words.placeholder,
        max_length=MAX_LENGTH,
        lines=1,
        max_lines=6,
        elem_id="question",
        container=False,
        scale=1,
    )
