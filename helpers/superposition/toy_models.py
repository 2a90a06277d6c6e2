"""Toy models of superposition: n features squeezed through d dimensions and back by the same matrix.

    h = hidden(x W^T),   x_hat = output(h W + b)

`W` has shape (n_instances, d_hidden, n_features) and column i is the direction of feature i; our d_hidden is the m of
Elhage et al. (2022), who introduced the linear and the ReLU-output model. Instances are independent models, trained
side by side along the leading axis.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from superposition.expected_loss import activity_design
from superposition.features import moments
from superposition.training import DESIGN_FEATURES, DesignGradient, SampledGradient, descend, judged_loss

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


@dataclass(frozen=True)
class Trained:
    """What `train` leaves: the best model of every instance, and the judged losses of all of its restarts.

    Of restarts that come within a ten-thousandth of the least loss the first is kept, so that rounding does not choose.
    """

    W: Float[Tensor, "n_instances d_hidden n_features"]
    b: Float[Tensor, "n_instances n_features"]
    losses: Float[Tensor, "n_restarts n_instances"]

    @property
    def loss(self) -> Float[Tensor, " n_instances"]:
        """The least judged loss of each instance."""
        return self.losses.amin(0)


# Starts shorter than N(0, 1/n): long ones let dense models of many features end in a worse place, and pentagons fail.
START_SCALE = 0.3
METHODS = {
    "design": {"steps": 400, "lr": 0.1, "n_restarts": 4},
    "sampled": {"steps": 2000, "lr": 5e-3, "n_restarts": 4},
}


def _checked_task(n_features: int, d_hidden: int, feature_probability: Tensor, importance: Tensor) -> None:
    if min(n_features, d_hidden) < 1:
        raise ValueError(f"sizes must be at least 1, got n_features={n_features}, d_hidden={d_hidden}")
    if importance.shape != (n_features,):
        raise ValueError(f"importance must have shape ({n_features},), got {tuple(importance.shape)}")
    if feature_probability.dim() != 1 or len(feature_probability) < 1:
        shape = tuple(feature_probability.shape)
        raise ValueError(f"feature_probability must have one entry an instance, got shape {shape}")
    moments(feature_probability)  # refuses what is no probability


def _settings(method: str, n_features: int, **given: float | None) -> tuple[str, dict[str, Any]]:
    """Fill in what was left open with what suits the method."""
    if method == "auto":
        method = "design" if n_features <= DESIGN_FEATURES else "sampled"
    if method not in METHODS:
        raise ValueError(f"method must be auto, {' or '.join(METHODS)}, got {method!r}")
    settings: dict[str, Any] = METHODS[method] | {name: value for name, value in given.items() if value is not None}
    if min(settings["steps"], settings["n_restarts"], settings.get("batch", 1)) < 1:
        raise ValueError(f"steps, batch and n_restarts must be at least 1, got {settings}")
    return method, settings


def train(
    n_features: int,
    d_hidden: int,
    feature_probability: Float[Tensor, " n_instances"],
    importance: Float[Tensor, " n_features"],
    *,
    method: str = "auto",
    steps: int | None = None,
    lr: float | None = None,
    n_restarts: int | None = None,
    batch: int = 256,
    shared: bool = True,
    min_active: float = 1.0,
    output: str = "relu",
    hidden: str = "linear",
    generator: torch.Generator,
    device: torch.device | str | None = None,
) -> Trained:
    """Train one toy model for each feature probability, fast, from several starts, and keep the best of each.

    The same mathematics as `fit` with a hand-derived gradient, and many times cheaper (`benchmarks/README.md`). Method
    "design" descends the expected loss itself, summed over all patterns of activity: 400 steps, 4 starts; nothing is
    drawn but the starts. "sampled" draws a fresh batch each step: 2,000 steps, 4 starts. "auto" takes the design up to
    6 features. Sampling sees the same uniform numbers in all instances unless `shared=False` (then they are
    independent replicas, and noisier to compare), and at least `min_active` features on, on the mean, with weights that
    undo it; a design has no use for `batch`, `shared` and `min_active`. Restarts are judged on inputs that no training
    saw (`training.judged_loss`).

    W starts as N(0, .09/n_features), b at 0. `device` is where the work is done; random numbers come from `generator`,
    on its own device, so a run has the same inputs on every device. Shapes that do not fit, probabilities outside
    (0, 1], counts below 1 and unknown words raise ValueError. Anchors: 5 equal features at p = .05 in 2 dimensions end
    as a regular pentagon; a linear output ends at `best_linear_loss`.
    """
    _checked_task(n_features, d_hidden, feature_probability, importance)
    method, settings = _settings(method, n_features, steps=steps, lr=lr, n_restarts=n_restarts, batch=batch)
    n_instances, starts = len(feature_probability), settings["n_restarts"]
    device = device or generator.device
    importance = importance.to(device, torch.get_default_dtype())
    p = feature_probability.to(importance).repeat(starts)
    start = torch.randn(len(p), n_features, d_hidden, generator=generator, device=generator.device)
    bias = torch.zeros(len(p), n_features, 1)
    stacked = torch.cat([start.to(importance) / math.sqrt(n_features) * START_SCALE, bias.to(importance)], dim=-1)
    gates: dict[str, Any] = {"output": output, "hidden": hidden}
    if method == "design":
        gradient = DesignGradient(p, importance, d_hidden, design=activity_design(n_features), **gates)
    else:
        drawing: dict[str, Any] = {"batch": batch, "shared": shared, "min_active": min_active, "generator": generator}
        gradient = SampledGradient(p, importance, d_hidden, **drawing, **gates)
    descend(stacked, gradient, steps=settings["steps"], lr=settings["lr"])
    W, b = stacked[..., :-1].mT, stacked[..., -1]
    losses = judged_loss(W, b, p, importance, **gates).view(starts, n_instances)
    first = (losses <= losses.amin(0) * (1 + 1e-4)).int().argmax(0)
    kept = first * n_instances + torch.arange(n_instances, device=losses.device)
    return Trained(W[kept].contiguous(), b[kept], losses)


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
