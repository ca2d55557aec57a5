"""What visitors ask to which a sentence is the answer: one TOML file a document, one entry a sentence."""

import logging
import tomllib
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict, ValidationError

from corpus.document import Document, Lang, Variant
from corpus.errors import NotUnderstood
from corpus.parse.sidecar import explain

_log = logging.getLogger(__name__)


class _Entry(BaseModel):
    """A sentence in its exact wording, and questions for it by language."""

    model_config = ConfigDict(frozen=True, extra="allow")

    quote: str
    __pydantic_extra__: dict[Lang, tuple[str, ...]]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sentence: tuple[_Entry, ...] = ()


def variants(text: str, document: Document, name: str) -> tuple[Variant, ...]:
    """The questions of a file, with the sentences of the document that answer them; `name` is used in errors.

    A sentence that the document does not contain any more is passed over with a warning: its questions then find
    nothing, and nothing else is lost.

    Raises:
        NotUnderstood: no TOML, or another shape.
    """
    try:
        entries = _File.model_validate(tomllib.loads(text)).sentence
    except tomllib.TOMLDecodeError as error:
        raise NotUnderstood(f"{name} is no TOML: {error}") from error
    except ValidationError as error:
        raise NotUnderstood(f"{name}: {explain(error)}") from error
    return tuple(_variants(entries, document, name))


def _variants(entries: tuple[_Entry, ...], document: Document, name: str) -> Iterator[Variant]:
    sentences = {sentence.text: sentence for section in document.sections for sentence in section.sentences}
    for entry in entries:
        sentence = sentences.get(entry.quote)
        if sentence is None:
            _log.warning(
                "%s: %s does not say %r (any more); its questions are passed over", name, document.id, entry.quote
            )
            continue
        for lang, questions in entry.__pydantic_extra__.items():
            yield from (Variant(sentence, lang, question) for question in questions)
