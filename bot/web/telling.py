"""A reply as it comes, for every surface that shows one piece by piece: triage, then the text, then the whole."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass

from bot.turn import Citation, Question, Reply, Triage, Turn
from bot.web.render import Cited, Segment, segments
from bot.web.talk import Answered, Talk


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the reply's text with what it cites; joined, the pieces are the text."""

    index: int
    segment: Segment
    citations: tuple[Citation, ...]


Told = Triage | Piece | Answered


def pieces(reply: Reply) -> Iterator[Piece]:
    """The reply's text piece by piece: a sentence with its numbers, or words of ours between two."""
    cited = {citation.n: citation for citation in reply.citations}
    for index, segment in enumerate(segments(reply)):
        numbers = segment.citations if isinstance(segment, Cited) else ()
        yield Piece(index, segment, tuple(cited[n] for n in numbers if n in cited))


async def tell(talk: Talk, question: Question, conversation: str | None = None) -> AsyncGenerator[Told, None]:
    """What triage found, as soon as it is known; then every piece; then the whole reply with its name.

    Raises:
        BadQuestion, Busy, Crashed: see `Asker`.
    """
    loop = asyncio.get_running_loop()
    found: asyncio.Future[Triage] = loop.create_future()

    def settle(triage: Triage) -> None:
        if not found.done():
            found.set_result(triage)

    def watch(stage: str, turn: Turn) -> None:
        if stage == "triage":
            loop.call_soon_threadsafe(settle, turn.triage)

    answering = asyncio.ensure_future(talk.answer(question, conversation, watch))
    try:
        await asyncio.wait((found, answering), return_when=asyncio.FIRST_COMPLETED)
        early = found.done()
        if early:
            yield found.result()
        answered = await answering
        if not early:
            yield answered.reply.triage
        for piece in pieces(answered.reply):
            yield piece
        yield answered
    finally:
        found.cancel()
        answering.cancel()
