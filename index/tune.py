"""Makes a `Tuned`: trains the upper layers of a shallow copy of the bundled model to tell labels apart.

Importing this module imports torch; only `python -m evals train` does.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from index.e5s1 import Array, E5Model, Vocabulary, bundled_path, read_model
from index.net import SCALE, Net, Task
from index.pieces import BUCKETS, pieces
from index.tokens import bundled_tokenizer
from index.tuned import LONGEST, PROMPT, Head, Tuned

# Half of the model's layers: after tuning about as good as all of them, and twice as fast. The first stays as it is.
_LAYERS, _FROZEN = 6, 1
_BATCH, _RATE, _HEAD_RATE, _DECAY = 64, 1.5e-4, 1e-3, 0.01
_WARM_UP = 0.1
# Of the tokens in Latin letters so many of the likeliest are kept, and all that the examples have: the rest are names
# and words of other languages, and each kept one takes time to load.
_TOKENS = 30_000
# The last code point of the Latin blocks, and the one that stands for a blank.
_LATIN, _BLANK = 0x24F, "\u2581"
_PIECES_ROUNDS, _PIECES_RATE = 8, 0.02

Ints = npt.NDArray[np.int64]
Progress = Callable[[int, int, float], None]
"""Called after each round with its number, how many there are, and the mean loss."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What there is to learn from.

    Attributes:
        texts: the examples.
        words: their folded words.
        tasks: what is to be told of each, by the name of the head.
        suspicious: 1 for an example that must be looked at, 0 for one that need not be; -1 where it is not known.
    """

    texts: Sequence[str]
    words: Sequence[Sequence[str]]
    tasks: Mapping[str, Task]
    suspicious: Sequence[float]


def tune(
    lesson: Lesson, rounds: int = 5, *, seed: int = 1, threads: int = 1, progress: Progress | None = None
) -> Tuned:
    """Train on each example so many times.

    Args:
        lesson: the examples.
        rounds: how often each is seen.
        seed: of everything that is left to chance.
        threads: more than one only where nothing else runs; else every operation waits for the slowest of them, which
            takes ten times as long.
        progress: told after each round.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    texts, tasks = lesson.texts, lesson.tasks
    model = read_model(bundled_path())
    tokens = _kept(model, texts)
    net = Net(model, {name: len(t.labels) for name, t in tasks.items()}, layers=_LAYERS, frozen=_FROZEN)
    states = net.below(_ids(model, texts, tokens))
    chance = np.random.default_rng(seed)
    steps = _Steps(net, rounds * -(-len(texts) // _BATCH))
    for number in range(rounds):
        net.train()
        losses = [
            steps.take(net.loss([states[row] for row in rows], tasks, rows))
            for rows in _shuffled([len(state) for state in states], chance)
        ]
        if progress is not None:
            progress(number + 1, rounds, float(np.mean(losses)))
    heads = {name: _stored_head(net.heads[name], task.labels) for name, task in tasks.items()}
    hidden = _stored_linear(net.hidden, SCALE)
    return Tuned(_LAYERS, _FROZEN, tokens, net.stored(), hidden, heads, _weigh_pieces(lesson, seed))


class _Steps:
    """Takes steps whose size first grows, then falls to nothing."""

    def __init__(self, net: Net, count: int) -> None:
        self._net = net
        self._count = count
        self._taken = 0
        self._optimizer = torch.optim.AdamW(
            [
                {"params": net.layers.parameters(), "peak": _RATE},
                {"params": [*net.hidden.parameters(), *net.heads.parameters()], "peak": _HEAD_RATE},
            ],
            weight_decay=_DECAY,
        )

    def take(self, loss: Tensor) -> float:
        """One step against the slope of a loss; gives the loss."""
        share = min(self._taken / (_WARM_UP * self._count), 1.0) * (1 - self._taken / self._count)
        for group in self._optimizer.param_groups:
            group["lr"] = group["peak"] * share
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch annotates it no better
        nn.utils.clip_grad_norm_(self._net.parameters(), 1.0)
        self._optimizer.step()
        self._taken += 1
        return float(loss.item())


def _kept(model: E5Model, texts: Sequence[str]) -> Ints:
    """The numbers of the tokens that are told apart, ascending."""
    vocabulary = model.vocabulary
    latin = [row for row, (piece, _) in enumerate(vocabulary.pieces) if all(_is_latin(c) for c in piece)]
    likely = sorted(latin, key=lambda row: -vocabulary.pieces[row][1])[:_TOKENS]
    found = {int(row) for ids in _encoded(vocabulary, texts) for row in ids}
    special = {vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unknown}
    return np.array(sorted({*likely, *found, *special}), dtype=np.int64)


def _is_latin(character: str) -> bool:
    return ord(character) <= _LATIN or character == _BLANK


def _encoded(vocabulary: Vocabulary, texts: Sequence[str]) -> list[Ints]:
    """The tokens of each text."""
    tokenizer = bundled_tokenizer(vocabulary, LONGEST)
    prompted = [(PROMPT + text).translate(dict(vocabulary.normalisation)) for text in texts]
    return [np.array(found.ids, dtype=np.int64) for found in tokenizer.encode_batch_fast(prompted)]


def _ids(model: E5Model, texts: Sequence[str], tokens: Ints) -> list[Tensor]:
    """The same where only some tokens are told apart, by the numbers of the whole vocabulary."""
    whole = model.vocabulary
    numbers = {int(row): number for number, row in enumerate(tokens)}
    part = Vocabulary(
        pieces=tuple(whole.pieces[row] for row in tokens.tolist()),
        bos=numbers[whole.bos],
        eos=numbers[whole.eos],
        pad=numbers[whole.pad],
        unknown=numbers[whole.unknown],
        normalisation=whole.normalisation,
    )
    return [torch.from_numpy(tokens[ids]) for ids in _encoded(part, texts)]


def _shuffled(lengths: Sequence[int], chance: np.random.Generator) -> Iterator[list[int]]:
    """All rows in batches in a random order; within a score of batches rows of like length share one."""
    order = chance.permutation(len(lengths))
    batches: list[list[int]] = []
    for start in range(0, len(order), _BATCH * 10):
        near = sorted(order[start : start + _BATCH * 10].tolist(), key=lambda row: lengths[row])
        batches += [near[at : at + _BATCH] for at in range(0, len(near), _BATCH)]
    for number in chance.permutation(len(batches)):
        yield batches[number]


def _stored_head(head: nn.Module, labels: tuple[str, ...]) -> Head:
    assert isinstance(head, nn.Linear)  # noqa: S101 - says what a Net holds
    return Head(labels, *_stored_linear(head))


def _stored_linear(layer: nn.Linear, scale: float = 1.0) -> tuple[Array, Array]:
    """Weights, shape (inputs, outputs), and bias."""
    weights, bias = layer.weight.detach().numpy().T * scale, layer.bias.detach().numpy()
    return weights.astype(np.float32), bias.astype(np.float32)


def _weigh_pieces(lesson: Lesson, seed: int) -> Array:
    """Weights of the pieces of words, by logistic regression on their means."""
    torch.manual_seed(seed)
    known = [number for number, value in enumerate(lesson.suspicious) if value >= 0 and lesson.words[number]]
    rows = [torch.from_numpy(pieces(lesson.words[number])) for number in known]
    wanted = torch.tensor([lesson.suspicious[number] for number in known])
    bag = nn.EmbeddingBag(BUCKETS, 1, mode="mean")
    nn.init.zeros_(bag.weight)
    bias = nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.Adam([*bag.parameters(), bias], lr=_PIECES_RATE)
    for _round in range(_PIECES_ROUNDS):
        order = torch.randperm(len(rows))
        for start in range(0, len(order), _BATCH * 4):
            batch = order[start : start + _BATCH * 4]
            picked = [rows[number] for number in batch.tolist()]
            lengths = [len(row) for row in picked]
            starts = torch.tensor([0, *itertools.accumulate(lengths[:-1])])
            scores = bag(torch.cat(picked), starts)[:, 0] + bias
            loss = functional.binary_cross_entropy_with_logits(scores, wanted[batch])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # as above
            optimizer.step()
    found: Array = np.asarray(bag.weight.detach().numpy()[:, 0], dtype=np.float32)
    return found
