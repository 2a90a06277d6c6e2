"""Toy models of superposition: n features squeezed through d dimensions and back by the same matrix.

    h = hidden(x W^T),   x_hat = output(h W + b)

`W` has shape (n_instances, d_hidden, n_features) and column i is the direction of feature i; our d_hidden is the m of
Elhage et al. (2022), who introduced the linear and the ReLU-output model. Instances are independent models, trained
side by side along the leading axis.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from superposition.features import moments

Sampler = Callable[[int, torch.Generator], Tensor]

ACTIVATIONS = {"linear": nn.Identity(), "relu": nn.ReLU()}
SCHEDULES = {
    "constant": lambda _: 1.0,
    "linear": lambda done: 1 - done,
    "cosine": lambda done: (1 + math.cos(math.pi * done)) / 2,
}


def _choose(options: dict, name: str, value: str) -> Callable:
    if value not in options:
        raise ValueError(f"{name} must be one of {', '.join(options)}, got {value!r}")
    return options[value]


class ToyModel(nn.Module):
    """Store n features in d dimensions with one tied matrix: x_hat = output(hidden(x W^T) W + b).

    `output="relu", hidden="linear"` is the model that shows superposition; `output="linear"` is the linear model;
    `hidden="relu"` rectifies the d hidden numbers too. W starts as N(0, 1/n_features), b at 0. Sizes below 1 and
    other words than "linear" and "relu" raise ValueError. Source: Elhage et al. 2022.
    """

    def __init__(
        self,
        n_features: int,
        d_hidden: int,
        *,
        n_instances: int = 1,
        output: str = "relu",
        hidden: str = "linear",
        generator: torch.Generator,
    ):
        super().__init__()
        if min(n_features, d_hidden, n_instances) < 1:
            sizes = f"n_features={n_features}, d_hidden={d_hidden}, n_instances={n_instances}"
            raise ValueError(f"sizes must be at least 1, got {sizes}")
        self._output = _choose(ACTIVATIONS, "output", output)
        self._hidden = _choose(ACTIVATIONS, "hidden", hidden)
        start = torch.randn(n_instances, d_hidden, n_features, generator=generator, device=generator.device)
        self.W = nn.Parameter(start / math.sqrt(n_features))
        self.b = nn.Parameter(torch.zeros(n_instances, n_features, device=generator.device))

    def encode(
        self, x: Float[Tensor, "*batch n_samples n_features"]
    ) -> Float[Tensor, "n_instances n_samples d_hidden"]:
        """Add up the directions of the features that are on: h = hidden(x W^T)."""
        return self._hidden(x @ self.W.mT)

    def forward(
        self, x: Float[Tensor, "*batch n_samples n_features"]
    ) -> Float[Tensor, "n_instances n_samples n_features"]:
        """Read every feature back with its own direction: x_hat = output(h W + b)."""
        return self._output(self.encode(x) @ self.W + self.b[:, None])


def reconstruction_loss(
    x: Float[Tensor, "*instances n_samples n_features"],
    x_hat: Float[Tensor, "*instances n_samples n_features"],
    importance: Float[Tensor, " n_features"],
) -> Float[Tensor, "*instances"]:
    """Average the weighted squared error over samples and features: mean of I_i (x_i - x_hat_i)^2.

    Not divided by the sum of importances; Elhage et al. (2022) sum over features, so their values are n_features
    times ours. Shapes that do not fit raise ValueError.
    """
    if x.shape != x_hat.shape or importance.shape != x.shape[-1:]:
        given = f"x {tuple(x.shape)}, x_hat {tuple(x_hat.shape)}, importance {tuple(importance.shape)}"
        raise ValueError(f"x and x_hat must have one shape, with one importance a feature, got {given}")
    return (importance * (x - x_hat).square()).mean(dim=(-2, -1))


@dataclass(frozen=True)
class History:
    """What a training run leaves: the batch loss before each step, and the final weights."""

    loss: Float[Tensor, "steps n_instances"]
    W: Float[Tensor, "n_instances d_hidden n_features"]
    b: Float[Tensor, "n_instances n_features"]


def fit(
    model: ToyModel,
    sampler: Sampler,
    importance: Float[Tensor, " n_features"],
    *,
    steps: int,
    batch: int,
    lr: float = 1e-2,
    schedule: str = "cosine",
    generator: torch.Generator,
) -> History:
    """Train every instance with Adam on fresh samples, the rate falling from `lr` to 0 by `schedule`.

    `sampler(batch, generator)` returns x of shape (n_instances, batch, n_features). The losses of the instances are
    summed: their gradients do not mix. Schedules: "constant", "linear", "cosine"; another word raises ValueError,
    as do steps or batch below 1.
    """
    if min(steps, batch) < 1:
        raise ValueError(f"steps and batch must be at least 1, got steps={steps}, batch={batch}")
    shape = _choose(SCHEDULES, "schedule", schedule)
    optimiser = torch.optim.Adam(model.parameters(), lr=lr)
    losses = torch.empty(steps, len(model.W), device=model.W.device)
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = lr * shape(step / steps)
        x = sampler(batch, generator)
        loss = reconstruction_loss(x, model(x), importance)
        optimiser.zero_grad()
        loss.sum().backward()
        optimiser.step()
        losses[step] = loss.detach()
    return History(losses, model.W.detach().clone(), model.b.detach().clone())


def best_linear_loss(
    n_features: int, d_hidden: int, feature_probability: float, importance: Float[Tensor, " n_features"]
) -> float:
    """Evaluate the least loss that any linear model reaches: (1/n) sum over the dropped features of I_i Var(x_i).

    The best linear map keeps the d_hidden most important features exactly and predicts the mean p/2 of all others, so
    each dropped feature costs its importance times p/3 - p^2/4. Importances may come in any order. Anchors: 0 for
    d_hidden >= n_features; 40 features with importance from 1 to .1 in 5 dimensions at p = .1 give .0132821.
    Holds for independent features (Eckart-Young); a tied W attains it. A negative d_hidden, or not one importance a
    feature, raises ValueError.
    """
    if d_hidden < 0:
        raise ValueError(f"d_hidden must not be negative, got {d_hidden}")
    if importance.shape != (n_features,):
        raise ValueError(f"importance must have shape ({n_features},), got {tuple(importance.shape)}")
    variance = float(moments(feature_probability)[2])
    dropped = importance.double().sort(descending=True).values[d_hidden:]
    return float(dropped.sum()) * variance / n_features


def mean_only_loss(feature_probability: float, importance: Float[Tensor, " n_features"]) -> float:
    """Evaluate the loss of a model that stores nothing and predicts the mean: mean(I) (p/3 - p^2/4)."""
    return best_linear_loss(len(importance), 0, feature_probability, importance)


def features_represented(
    W: Float[Tensor, "*instances d_hidden n_features"], threshold: float = 0.5
) -> Int[Tensor, "*instances"]:
    """Count the features whose direction is longer than `threshold` (the length, not its square)."""
    return (W.norm(dim=-2) > threshold).sum(-1)
