"""Makes a `Tuned`: trains a shallow copy of the bundled model to tell labels apart.

The weights are stored with four bits, and what tuning changes is finer than their steps: rounding the tuned weights
anew would lose it. So the steps stay as they are, and what is trained is the scale that each 32 weights share (as in
PEQA, J. Kim et al., NeurIPS 2023), with all biases and norms, and the heads.

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

from index import e5s1
from index.bundled import bundled_tokenizer
from index.e5s1 import BLOCK, Array, E5Model, bundled_path, read_model, rescaled
from index.tuned import BUCKETS, Head, Tuned, pieces

# Half of the model's layers, twice as fast as all of them. The first stays as it is.
_LAYERS, _FROZEN = 6, 1
_BATCH, _RATE, _HEAD_RATE, _DROPOUT, _SMOOTHING = 64, 2e-3, 1e-3, 0.1, 0.05
_WARM_UP = 0.1
# Units between the vector and the heads.
_HIDDEN = 256
# Vectors have length 1; the heads see them so much longer.
_SCALE = 8.0
# Longer texts are cut: a story's end is seldom more telling than the rest, and attention grows with the square.
_LONGEST = 128
_PIECES_ROUNDS, _PIECES_RATE = 8, 0.02
_PROMPT = "query: "

Ints = npt.NDArray[np.int64]
Progress = Callable[[int, int, float], None]
"""Called after each round with its number, how many there are, and the mean loss."""


@dataclass(frozen=True, slots=True)
class Task:
    """What one head is to tell: its labels, and for each text the number of its label or -1 where it is not known."""

    labels: tuple[str, ...]
    wanted: Ints
    weight: float = 1.0


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


def tune(lesson: Lesson, rounds: int = 5, *, seed: int = 1, progress: Progress | None = None) -> Tuned:
    """Train on each example so many times.

    Args:
        lesson: the examples.
        rounds: how often each is seen.
        seed: of everything that is left to chance.
        progress: told after each round.
    """
    torch.manual_seed(seed)
    # With two, every operation waits for the slower one; where others use the cores that takes ten times as long.
    torch.set_num_threads(1)
    texts, tasks = lesson.texts, lesson.tasks
    model = read_model(bundled_path())
    net = _Net(model, {name: len(task.labels) for name, task in tasks.items()})
    states = net.below(_ids(model, texts))
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
    return Tuned(_LAYERS, net.stored(), _stored_linear(net.hidden, _SCALE), heads, _weigh_pieces(lesson, seed))


class _Steps:
    """Takes steps whose size first grows, then falls to nothing."""

    def __init__(self, net: "_Net", count: int) -> None:
        self._net = net
        self._count = count
        self._taken = 0
        self._optimizer = torch.optim.AdamW(
            [
                {"params": net.layers.parameters(), "peak": _RATE},
                {"params": [*net.hidden.parameters(), *net.heads.parameters()], "peak": _HEAD_RATE},
            ],
            weight_decay=0.0,
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


def _ids(model: E5Model, texts: Sequence[str]) -> list[Tensor]:
    tokenizer = bundled_tokenizer(model.vocabulary, _LONGEST)
    normalisation = dict(model.vocabulary.normalisation)
    prompted = [(_PROMPT + text).translate(normalisation) for text in texts]
    return [torch.tensor(found.ids) for found in tokenizer.encode_batch_fast(prompted)]


def _shuffled(lengths: Sequence[int], chance: np.random.Generator) -> Iterator[list[int]]:
    """All rows in batches in a random order; within a score of batches rows of like length share one."""
    order = chance.permutation(len(lengths))
    batches: list[list[int]] = []
    for start in range(0, len(order), _BATCH * 10):
        near = sorted(order[start : start + _BATCH * 10].tolist(), key=lambda row: lengths[row])
        batches += [near[at : at + _BATCH] for at in range(0, len(near), _BATCH)]
    for number in chance.permutation(len(batches)):
        yield batches[number]


class _Layer(nn.Module):
    """One layer of BERT with the tensors of the model file, under their names."""

    MATRICES = ("q.w", "k.w", "v.w", "ao.w", "fi.w", "fo.w")
    VECTORS = ("q.b", "k.b", "v.b", "ao.b", "aln.w", "aln.b", "fi.b", "fo.b", "oln.w", "oln.b")

    def __init__(self, model: E5Model, number: int) -> None:
        super().__init__()
        self.number = number
        self.shape = model.shape
        self.raw = {name: model.tensors[f"l{number}.{name}"].raw for name in self.MATRICES}
        self.vectors, self.factors = nn.ParameterDict(), nn.ParameterDict()
        for name in (*self.MATRICES, *self.VECTORS):
            values = torch.from_numpy(model.weights[f"l{number}.{name}"].copy())
            if name in self.MATRICES:
                self.register_buffer(_key(name), values.view(-1, BLOCK))
                self.factors[_key(name)] = nn.Parameter(torch.ones(len(values) // BLOCK, 1))
            else:
                self.vectors[_key(name)] = nn.Parameter(values)

    def _matrix(self, name: str) -> Tensor:
        steps: Tensor = getattr(self, name)
        inner = 4 * self.shape.hidden if name == "fo_w" else self.shape.hidden
        scaled: Tensor = (steps * self.factors[name]).view(-1, inner)
        return scaled

    def forward(self, states: Tensor, real: Tensor) -> Tensor:
        """States of shape (texts, width, hidden) to the same; `real` tells tokens from padding."""
        texts, width, hidden = states.shape
        held = self.vectors

        def part(name: str) -> Tensor:
            values = functional.linear(states, self._matrix(f"{name}_w"), held[f"{name}_b"])
            return values.view(texts, width, self.shape.heads, -1).transpose(1, 2)

        found = functional.scaled_dot_product_attention(part("q"), part("k"), part("v"), attn_mask=real[:, None, None])
        found = functional.linear(
            found.transpose(1, 2).reshape(texts, width, hidden), self._matrix("ao_w"), held["ao_b"]
        )
        states = self._normal(states + self._drop(found), held["aln_w"], held["aln_b"])
        wide = functional.gelu(functional.linear(states, self._matrix("fi_w"), held["fi_b"]))
        narrow = functional.linear(wide, self._matrix("fo_w"), held["fo_b"])
        return self._normal(states + self._drop(narrow), held["oln_w"], held["oln_b"])

    def _drop(self, states: Tensor) -> Tensor:
        return functional.dropout(states, _DROPOUT, self.training)

    def _normal(self, states: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return functional.layer_norm(states, (self.shape.hidden,), weight, bias, self.shape.epsilon)

    def stored(self) -> dict[str, e5s1.Tensor]:
        """The tensors as they are written, by the names of the file."""
        found = {}
        for name in self.MATRICES:
            factors = self.factors[_key(name)].detach().numpy()[:, 0]
            found[f"l{self.number}.{name}"] = e5s1.Tensor(rescaled(self.raw[name], factors), quantised=True)
        for name in self.VECTORS:
            raw = self.vectors[_key(name)].detach().numpy().astype("<f4").tobytes()
            found[f"l{self.number}.{name}"] = e5s1.Tensor(raw, quantised=False)
        return found


def _key(name: str) -> str:
    """A tensor's name as torch takes it."""
    return name.replace(".", "_")


class _Net(nn.Module):
    """The tuned layers and the heads; what lies below is run once for all."""

    def __init__(self, model: E5Model, heads: Mapping[str, int]) -> None:
        super().__init__()
        self._model = model
        self.layers = nn.ModuleList(_Layer(model, number) for number in range(_FROZEN, _LAYERS))
        self.hidden = nn.Linear(model.shape.hidden, _HIDDEN)
        self.heads = nn.ModuleDict({name: nn.Linear(_HIDDEN, labels) for name, labels in heads.items()})

    @torch.inference_mode()
    def below(self, texts: Sequence[Tensor]) -> list[Tensor]:
        """The states of each text below the tuned layers; shape (tokens, hidden) each."""
        hidden, weights = self._model.shape.hidden, self._model.weights
        words, places, types = (torch.from_numpy(weights[f"emb.{n}"]).view(-1, hidden) for n in ("word", "pos", "type"))
        norm = [torch.from_numpy(weights[f"emb.ln.{n}"]) for n in "wb"]
        frozen = [_Layer(self._model, number).eval() for number in range(_FROZEN)]
        found = []
        for ids in texts:
            states = words[ids] + places[: len(ids)] + types[0]
            states = functional.layer_norm(states, (hidden,), norm[0], norm[1], self._model.shape.epsilon)[None]
            for layer in frozen:
                states = layer(states, torch.ones(1, len(ids), dtype=torch.bool))
            found.append(states[0].clone())
        return found

    def loss(self, texts: Sequence[Tensor], tasks: Mapping[str, Task], rows: Sequence[int]) -> Tensor:
        """The weighted sum of the surprise of all heads at the labels that are known."""
        states, real = _padded(texts)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            for layer in self.layers:
                states = layer(states, real)
        shares = real[..., None].float()
        vectors = functional.normalize((states.float() * shares).sum(1) / shares.sum(1), dim=1)
        vectors = functional.relu(self.hidden(functional.dropout(vectors * _SCALE, _DROPOUT, self.training)))
        total = torch.zeros(())
        for name, task in tasks.items():
            wanted = torch.from_numpy(task.wanted[list(rows)])
            if bool((wanted >= 0).any()):
                total = total + task.weight * functional.cross_entropy(
                    self.heads[name](vectors), wanted, ignore_index=-1, label_smoothing=_SMOOTHING
                )
        return total

    def stored(self) -> dict[str, e5s1.Tensor]:
        """The tensors of all tuned layers."""
        return {name: value for layer in self.layers for name, value in layer.stored().items()}  # type: ignore[operator]  # a ModuleList does not say of what


def _padded(texts: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    width = max(len(text) for text in texts)
    states = torch.zeros(len(texts), width, texts[0].shape[1])
    real = torch.zeros(len(texts), width, dtype=torch.bool)
    for number, text in enumerate(texts):
        states[number, : len(text)] = text
        real[number, : len(text)] = True
    return states, real


def _stored_head(head: nn.Module, labels: tuple[str, ...]) -> Head:
    assert isinstance(head, nn.Linear)  # noqa: S101 - says what _Net holds
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
