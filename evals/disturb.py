"""The same message as others would have typed it: without the letters a keyboard lacks, in capitals, with slips.

A verdict must not hang on how somebody types. What the letters are written as is data of each language.
"""

import random
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from corpus.document import Lang

_FILE = Path(__file__).with_name("disturb.toml")
# Short words are function words and names of parts of the body; a slip there often makes another word of them.
_SLIPPING = 5
_SLIPS = 2


def plain_letters(text: str, lang: Lang, _seed: str) -> str:
    """Without umlauts and their like, as on a foreign keyboard."""
    for letter, instead in _letters().get(lang, {}).items():
        text = text.replace(letter, instead).replace(letter.upper(), instead.upper())
    return text


def capitals(text: str, _lang: Lang, _seed: str) -> str:
    """All in capitals."""
    return text.upper()


def slips(text: str, _lang: Lang, seed: str) -> str:
    """Two slips in longer words: letters that change places, stand twice or are missing; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - for texts, not for secrets
    words = text.split(" ")
    long = [n for n, word in enumerate(words) if len(word) >= _SLIPPING and word.isalpha()]
    for number in chance.sample(long, min(_SLIPS, len(long))):
        words[number] = _slip(words[number], chance)
    return " ".join(words)


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(3)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at] + word[at:]
    return word[:at] + word[at + 1 :]


DISTURBANCES: Mapping[str, Callable[[str, Lang, str], str]] = {
    "plain_letters": plain_letters,
    "capitals": capitals,
    "slips": slips,
}
"""By name: from a message, its language and a seed to the message as somebody else would have typed it."""


@cache
def _letters() -> Mapping[Lang, Mapping[str, str]]:
    content: Mapping[Lang, Mapping[str, str]] = tomllib.loads(_FILE.read_text("utf-8"))
    return content
