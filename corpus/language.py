"""Which of our languages a text is written in.

Questions are short, and on three words a statistical model errs: function words decide, `py3langid` where they do not.
tests/corpus/test_language.py holds the two to the questions of evals/cases.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from corpus.document import Lang

LANGUAGES: tuple[Lang, ...] = ("de", "da", "sv", "en")

_WORDS = Path(__file__).with_name("language.toml")
_WORD = re.compile(r"[^\W\d_]+")
# One or two words that no list knows are a noun, mostly, and then the language of the articles is likeliest.
_FEW = 2
_DEFAULT: Lang = "de"
# In a long text the statistics are sure, and counting words would only take longer.
_SHORT = 400


@cache
def _function_words() -> Mapping[Lang, frozenset[str]]:
    lists: dict[Lang, str] = tomllib.loads(_WORDS.read_text("utf-8"))
    return {lang: frozenset(words.split()) for lang, words in lists.items()}


@cache
def _identifier() -> Any:  # noqa: ANN401 - py3langid carries no types
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - 0.6 s, only where it is needed

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    identifier.set_languages(list(LANGUAGES))
    return identifier


def detect(text: str, before: Lang | None = None) -> Lang:
    """The likeliest of `LANGUAGES`; that of the articles where nothing tells: no letters, or a word or two unknown.

    `before` is the language of the conversation so far: it stands where no other language has more of the words.
    The first text that nothing of this decides takes half a second more, to load the model.
    """
    words = _WORD.findall(text[:_SHORT].lower())
    counts = {lang: sum(word in known for word in words) for lang, known in _function_words().items()}
    best, second = sorted(counts.values(), reverse=True)[:2]
    if best > second:
        return max(counts, key=lambda lang: counts[lang])
    if before is not None and counts.get(before) == best:
        return before
    if len(words) <= _FEW:
        return _DEFAULT
    lang, _ = _identifier().classify(text.encode("utf-8", "replace").decode("utf-8"))
    return str(lang)
