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
from dataclasses import dataclass
from typing import Any, Final

import gradio as gr
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount

from bot.errors import BadQuestion
from bot.turn import Question
from bot.web.ask import Asker, Crashed
from bot.web.conversation import Conversation, Log
from bot.web.html import environment
from bot.web.render import Renderer
from bot.web.service import ChatService
from bot.web.shell import Shell
from bot.web.texts import Texts, load_texts
from corpus.document import Lang

# The order matters: mounts are tried in turn, and "/" would answer for "/en" as well.
PATHS: Final[tuple[tuple[Lang, str], ...]] = (("en", "/en"), ("de", "/"))
DEFAULT_LANG: Final[Lang] = "de"

# The input field's own limit; the bot has its own word on long messages.
MAX_LENGTH: Final = 4_000
# Not more than a screenful on a phone.
SUGGESTIONS: Final = 5
# Waiting is cheap; the threads are limited where the question is asked.
_AT_ONCE: Final = 64

_FONT: Final = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")


def mount_page(app: FastAPI, service: ChatService, asker: Asker, closing: asyncio.Event) -> FastAPI:
    """Put the chat page into the app: German at `/`, English at `/en/`.

    `closing` is set by the server when it is about to stop.

    Raises:
        BadWording: the data files with the page's texts are incomplete.
    """
    for _lang, path in PATHS:
        if path != "/":
            app.add_route(path, _redirect(f"{path}/"), include_in_schema=False)
    for lang, path in PATHS:
        texts = load_texts(lang)
        gr.mount_gradio_app(
            app,
            _build(_Talk.of(service, asker, texts, lang)),
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
        mount.app = Shell(mount.app, texts.page, lang, path.rstrip("/"), closing)
    return app


def _redirect(to: str) -> Callable[[Request], Awaitable[RedirectResponse]]:
    async def answer(_request: Request) -> RedirectResponse:
        return RedirectResponse(to, 308)

    return answer


@dataclass(frozen=True, slots=True)
class _Talk:
    """What happens when a visitor sends a question or begins anew, in one language of the page.

    Handlers give the new log, the conversation, the input field, the label of the suggestions, and the suggestions.
    """

    service: ChatService
    asker: Asker
    texts: Texts
    lang: Lang
    log: Log
    render: Renderer

    @classmethod
    def of(cls, service: ChatService, asker: Asker, texts: Texts, lang: Lang) -> "_Talk":
        """Built from what the page is given."""
        templates = environment()
        render = Renderer(templates, texts.reply, service, lang)
        return cls(service, asker, texts, lang, Log(templates, texts.page), render)

    async def ask(self, text: str | None, conversation: Conversation) -> AsyncIterator[list[Any]]:
        """Show the question at once, then the reply; when something fails, the question goes back into the field."""
        text = text or ""
        unchanged = [gr.skip() for _ in range(SUGGESTIONS + 1)]
        if text.strip():
            yield [self.log(conversation, pending=text), gr.skip(), "", *unchanged]
        # On the page in the default language the bot finds out by itself what the visitor writes.
        lang = None if self.lang == DEFAULT_LANG else self.lang
        try:
            reply = await self.asker(Question(text=text, earlier=conversation.earlier, lang=lang))
        except (BadQuestion, Crashed) as error:
            trouble = str(error) if isinstance(error, BadQuestion) else self.texts.page.crashed
            yield [self.log(conversation, trouble=trouble), gr.skip(), text, *unchanged]
            return
        longer = conversation.with_exchange(text, self.render(reply))
        yield [self.log(longer), longer, gr.skip(), *_suggest(self.texts.page.follow_ups, reply.follow_ups)]

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


def _build(talk: _Talk) -> gr.Blocks:
    words = talk.texts.page
    templates = talk.log.templates
    blocks = gr.Blocks(analytics_enabled=False, title=words.title, fill_width=True)
    with blocks:
        with gr.Row(elem_id="top"):
            _static(templates.get_template("top.html").render(texts=words), "brand")
            restart = gr.Button(words.restart, elem_id="restart", scale=0)
        state = gr.State(Conversation())
        log = _static(talk.log(Conversation()), "log")
        label, chips = _suggestions(talk)
        with gr.Column(elem_id="composer"):
            with gr.Row(elem_id="entry"):
                box = _box(talk)
                send = gr.Button(words.send, elem_id="send", variant="primary", scale=0)
            _static(templates.get_template("small_print.html").render(texts=words), "small-print")
        outputs = [log, state, box, label, *chips]
        for trigger, source in ((box.submit, box), (send.click, box), *((chip.click, chip) for chip in chips)):
            _listen(trigger, talk.ask, [source, state], outputs)
        _listen(restart.click, talk.restart, None, outputs)
    blocks.queue(api_open=False, default_concurrency_limit=_AT_ONCE)
    return blocks


def _listen(event: Callable[..., object], handler: Callable[..., object], inputs: Any, outputs: list[Any]) -> None:  # noqa: ANN401 - Gradio's own type
    event(handler, inputs, outputs, show_progress="hidden", api_visibility="private")


def _static(html: str, elem_id: str) -> gr.HTML:
    """HTML of ours; nothing of Gradio's looks and no script of its own."""
    return gr.HTML(html, elem_id=elem_id, apply_default_css=False, js_on_load=None)


def _suggestions(talk: _Talk) -> tuple[gr.HTML, list[gr.Button]]:
    questions = talk.service.examples(talk.lang)[:SUGGESTIONS]
    with gr.Column(elem_id="suggestions"):
        label = _static(talk.texts.page.examples if questions else "", "suggestions-label")
        with gr.Row(elem_id="chips"):
            chips = [
                gr.Button(questions[i] if i < len(questions) else "", visible=i < len(questions), elem_classes="chip")
                for i in range(SUGGESTIONS)
            ]
    return label, chips


def _box(talk: _Talk) -> gr.Textbox:
    words = talk.texts.page
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
