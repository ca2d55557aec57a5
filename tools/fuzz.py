"""What the checks do with messages that nobody would write: `make fuzz`; `python tools/fuzz.py --count 1000` to try it.

Random text of all Unicode planes, and messages of `evals/cases` cut, doubled, mixed and strewn with signs; up to the
longest message that is accepted. Every check that runs before an answer must take each of them without an exception and
within `SLOWEST_MS`. Afterwards the same messages are asked again, one after the other and from several threads at
once: the verdict must be the same each time. The exit status is 1 when something of this did not hold.
"""

import argparse
import itertools
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from bench_figures import Row, markdown

from bot.chat import LONGEST_MESSAGE
from bot.country import stated
from bot.followup import understood
from bot.guard.check import check, load_guard
from bot.guard.claims import claims
from bot.guard.documents import suspicious
from bot.guard.screen import Screen, load_screen_limits
from bot.judging import load_judge
from bot.redact import redact
from bot.triage import Triager, assess, load_limits, load_rules
from corpus.language import detect

CASES: Final = Path(__file__).resolve().parent.parent / "evals" / "cases"
SLOWEST_MS: Final = 200.0
"""The longest that one check may take for one message."""
_REPEATED: Final = 1_000
_THREADS: Final = 8
_PLANES: Final = ((0x20, 0x7E), (0xA0, 0x24F), (0x250, 0xFFFF), (0x1_0000, 0x1_FFFF), (0xE_0000, 0xE_01EF), (0, 0x1F))
_SURROGATES: Final = range(0xD800, 0xE000)
_STREWN: Final = (
    "\u200b",
    "\u202e",
    "\u0301",
    "\x00",
    "\n",
    "  ",
    "...",
    "<b>",
    "&amp;",
    "%20",
    "=",
    "🙂",
    "ß",
    "İ",
)

Check = Callable[[str], object]


def main() -> int:
    """Run it and print what was found."""
    options = _options()
    chance = random.Random(options.seed)  # noqa: S311 - for texts, not for secrets
    seeds = list(_messages())
    rules, guard = load_rules(), load_guard()
    checks: Mapping[str, Check] = {
        "triage by rules": lambda text: assess(rules, (text,)),
        "guard by patterns": lambda text: check(guard, text),
        "redaction": redact,
        "language": detect,
        "country": lambda text: stated((text,)),
        "follow-up": lambda text: understood(text, "de", (text,)),
        "claims": lambda text: claims(text, "de"),
        "instructions in a text": suspicious,
    }
    slowest, broken = _run(checks, _texts(seeds, chance, options.count))
    unlike = _unlike(seeds, chance)
    rows = [Row(f"{name}: slowest", f"{ms:.0f} ms") for name, ms in slowest.items()]
    rows += [Row(f"exceptions in {options.count} messages", str(len(broken)))]
    rows += [Row(f"verdicts unlike the first in {_REPEATED} repeated and {_REPEATED} concurrent runs", str(unlike))]
    print(markdown(rows))
    for name, text in broken[:10]:
        print(f"{name}: {text[:200]!r}", file=sys.stderr)
    return int(bool(broken) or unlike > 0 or max(slowest.values()) > SLOWEST_MS)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=50_000, help="messages; default: 50,000")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _messages() -> Iterator[str]:
    for folder in ("triage", "guard"):
        for line in (CASES / folder / "dev.jsonl").read_text("utf-8").splitlines():
            yield json.loads(line)["text"]


def _texts(seeds: Sequence[str], chance: random.Random, count: int) -> Iterator[str]:
    for number in range(count):
        text = _anything(chance) if number % 3 == 0 else _mutated(seeds, chance)
        # One in fifty is as long as a message may be.
        yield (text * LONGEST_MESSAGE)[:LONGEST_MESSAGE] if text and number % 50 == 0 else text[:LONGEST_MESSAGE]


def _anything(chance: random.Random) -> str:
    low, high = chance.choice(_PLANES)
    codes = (chance.randint(low, high) for _ in range(chance.randrange(1, 400)))
    return "".join(chr(code) for code in codes if code not in _SURROGATES)


def _mutated(seeds: Sequence[str], chance: random.Random) -> str:
    text = chance.choice(seeds)
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(text) + 1)
        text = chance.choice(_CHANGES)(text[:at], text[at:], seeds, chance)
    return text


_CHANGES: Final[tuple[Callable[[str, str, Sequence[str], random.Random], str], ...]] = (
    lambda before, after, _, chance: before + after[chance.randrange(1, 12) :],
    lambda before, after, _, chance: before + chance.choice(_STREWN) * chance.randrange(1, 30) + after,
    lambda before, after, seeds, chance: before + chance.choice(seeds) + after,
    lambda before, after, _, chance: before + after[:5] * chance.randrange(2, 60) + after,
    lambda before, after, _, chance: chance.choice(_STREWN).join(before + after),
    lambda before, after, _, chance: before + _anything(chance) + after,
)


def _run(checks: Mapping[str, Check], texts: Iterator[str]) -> tuple[dict[str, float], list[tuple[str, str]]]:
    """How long each check took at most, in milliseconds, and what broke it."""
    slowest = dict.fromkeys(checks, 0.0)
    broken: list[tuple[str, str]] = []
    for number, text in enumerate(texts):
        for name, ask in checks.items():
            try:
                slowest[name] = max(slowest[name], _time(ask, text))
            except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
                broken.append((name, text))
        if number % 1_000 == 0:
            print(f"\r{number}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return slowest, broken


def _time(ask: Check, text: str) -> float:
    """Milliseconds; what seems slow is timed again, for something else may have had the processor."""
    best = float("inf")
    for _ in range(3):
        began = time.perf_counter()
        ask(text)
        best = min(best, (time.perf_counter() - began) * 1000)
        if best < SLOWEST_MS / 2:
            break
    return best


def _unlike(seeds: Sequence[str], chance: random.Random) -> int:
    """How many verdicts of triage and guard, with the model, differ from the first one on the same message."""
    judge = load_judge()
    triage = Triager(load_rules(), judge, load_limits())
    screen = Screen(load_guard(), judge, load_screen_limits())
    texts = chance.sample(seeds, 20)

    # Blanks at the end change nothing but what the judge would remember the message by.
    padded = itertools.count()

    def verdict(text: str) -> object:
        blanks = " " * (next(padded) % _REPEATED)
        return triage((text + blanks,)), screen(text + blanks)

    first = {text: verdict(text) for text in texts}
    asked = [text for _ in range(_REPEATED // len(texts)) for text in texts]
    unlike = sum(verdict(text) != first[text] for text in asked)
    chance.shuffle(asked)
    with ThreadPoolExecutor(_THREADS) as pool:
        return unlike + sum(got != first[text] for text, got in zip(asked, pool.map(verdict, asked), strict=True))


if __name__ == "__main__":
    sys.exit(main())
