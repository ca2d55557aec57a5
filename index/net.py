"""The layers of the bundled model as torch trains them, and the heads over them. Importing it imports torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from index.e5s1 import Array, E5Model

Ints = npt.NDArray[np.int64]

DROPOUT, SMOOTHING = 0.1, 0.05

HIDDEN = 256
"""Units between the vector and the heads."""

SCALE = 8.0
"""Vectors have length 1; the units see them so much longer."""


@dataclass(frozen=True, slots=True)
class Task:
    """What one head is to tell: its labels, and for each text the number of its label or -1 where it is not known."""

    labels: tuple[str, ...]
    wanted: Ints
    weight: float = 1.0


class Layer(nn.Module):
    """One layer of BERT with the tensors of the model file, under their names."""

    MATRICES = ("q.w", "k.w", "v.w", "ao.w", "fi.w", "fo.w")
    VECTORS = ("q.b", "k.b", "v.b", "ao.b", "aln.w", "aln.b", "fi.b", "fo.b", "oln.w", "oln.b")

    def __init__(self, model: E5Model, number: int) -> None:
        super().__init__()
        self.number = number
        self.shape = model.shape
        self.held = nn.ParameterDict()
        for name in (*self.MATRICES, *self.VECTORS):
            values = torch.from_numpy(model.weights[f"l{number}.{name}"].copy())
            inner = 4 * model.shape.hidden if name == "fo.w" else model.shape.hidden
            self.held[_key(name)] = nn.Parameter(values.view(-1, inner) if name in self.MATRICES else values)

    def forward(self, states: Tensor, real: Tensor) -> Tensor:
        """States of shape (texts, width, hidden) to the same; `real` tells tokens from padding."""
        texts, width, hidden = states.shape
        held = self.held

        def part(name: str) -> Tensor:
            values = functional.linear(states, held[f"{name}_w"], held[f"{name}_b"])
            return values.view(texts, width, self.shape.heads, -1).transpose(1, 2)

        found = functional.scaled_dot_product_attention(part("q"), part("k"), part("v"), attn_mask=real[:, None, None])
        found = functional.linear(found.transpose(1, 2).reshape(texts, width, hidden), held["ao_w"], held["ao_b"])
        states = self._normal(states + self._drop(found), held["aln_w"], held["aln_b"])
        wide = functional.gelu(functional.linear(states, held["fi_w"], held["fi_b"]), approximate="tanh")
        narrow = functional.linear(wide, held["fo_w"], held["fo_b"])
        return self._normal(states + self._drop(narrow), held["oln_w"], held["oln_b"])

    def _drop(self, states: Tensor) -> Tensor:
        return functional.dropout(states, DROPOUT, self.training)

    def _normal(self, states: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return functional.layer_norm(states, (self.shape.hidden,), weight, bias, self.shape.epsilon)

    def stored(self) -> dict[str, Array]:
        """The weights by the names of the model file, matrices of shape (outputs, inputs)."""
        return {
            f"l{self.number}.{n}": self.held[_key(n)].detach().numpy().copy() for n in (*self.MATRICES, *self.VECTORS)
        }


def _key(name: str) -> str:
    """A tensor's name as torch takes it."""
    return name.replace(".", "_")


class Net(nn.Module):
    """The tuned layers and the heads; what lies below is run once for all."""

    def __init__(self, model: E5Model, heads: Mapping[str, int], *, layers: int, frozen: int) -> None:
        super().__init__()
        self._model = model
        self.frozen = frozen
        self.layers = nn.ModuleList(Layer(model, number) for number in range(frozen, layers))
        self.hidden = nn.Linear(model.shape.hidden, HIDDEN)
        self.heads = nn.ModuleDict({name: nn.Linear(HIDDEN, labels) for name, labels in heads.items()})

    @torch.inference_mode()
    def below(self, texts: Sequence[Tensor]) -> list[Tensor]:
        """The states of each text below the tuned layers; shape (tokens, hidden) each."""
        hidden, weights = self._model.shape.hidden, self._model.weights
        words, places, types = (torch.from_numpy(weights[f"emb.{n}"]).view(-1, hidden) for n in ("word", "pos", "type"))
        norm = [torch.from_numpy(weights[f"emb.ln.{n}"]) for n in "wb"]
        frozen = [Layer(self._model, number).eval() for number in range(self.frozen)]
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
        vectors = functional.relu(self.hidden(functional.dropout(vectors * SCALE, DROPOUT, self.training)))
        total = torch.zeros(())
        for name, task in tasks.items():
            wanted = torch.from_numpy(task.wanted[list(rows)])
            if bool((wanted >= 0).any()):
                total = total + task.weight * functional.cross_entropy(
                    self.heads[name](vectors), wanted, ignore_index=-1, label_smoothing=SMOOTHING
                )
        return total

    def stored(self) -> dict[str, Array]:
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
