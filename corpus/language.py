"""Which of our languages a text is written in."""

from functools import cache
from typing import Any

from corpus.document import Lang

LANGUAGES: tuple[Lang, ...] = ("de", "da", "sv", "en")


@cache
def _identifier() -> Any:  # noqa: ANN401 - py3langid carries no types
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - 0.6 s, only where it is needed

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    return identifier


def detect(text: str) -> Lang:
    """The likeliest of `LANGUAGES`; German, the language of the articles, for a text without letters.

    The first call takes about half a second for the model, later ones well under a millisecond.
    """
    if not any(c.isalpha() for c in text):
        return "de"
    lang, _ = _identifier().classify(text.encode("utf-8", "replace").decode("utf-8"))
    return str(lang)
