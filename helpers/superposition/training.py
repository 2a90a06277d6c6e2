"""A fast trainer of many toy models at once: one uniform number a feature, gradients by hand, Adam in place.

The models are a stack [W^T | b] of shape (n_models, n_features, d_hidden + 1). There are two ways to its gradient:
`SampledGradient` draws a fresh batch at each call, `DesignGradient` sums over all patterns of a few features. `descend`
follows either; `judged_loss` compares the results. `toy_models.train` is the door to all this.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from superposition.expected_loss import Design, activity_design, design_weights, weighted_loss
from superposition.gradients import GradientBuffers
from superposition.importance_sampling import drawn_probability, weighted_sample, weights_of

Stack = Float[Tensor, "n_models n_features columns"]
# How many numbers one activation buffer may hold: models go in groups whose four buffers stay in the cache of a core.
CACHED = 2**18
# The judges' inputs.
JUDGE_SEED, JUDGE_SAMPLES = 1, 4096
# Up to this many features a design is cheap: 6 need 5,825 inputs, 7 would need 17,489.
DESIGN_FEATURES = 6


def _groups(n_models: int, numbers: int) -> list[slice]:
    size = max(1, min(n_models, CACHED // numbers))
    return [slice(first, min(first + size, n_models)) for first in range(0, n_models, size)]


def _buffers(groups: list[slice], like: Tensor, d_hidden: int, n_samples: int, gates: dict) -> dict:
    """Make one set of buffers for each size of group: all groups are equal but perhaps the last."""
    sizes = {group.stop - group.start for group in groups}
    return {size: GradientBuffers(size, len(like), d_hidden, n_samples, like, **gates) for size in sizes}


class SampledGradient:
    """The gradient of the mean loss of a fresh batch, at each call.

    `feature_probability` has one entry a model. With `shared` all models see the same uniform numbers u, and
    x = relu(1 - u/p) with their own p. Each model then has its exact law and differences between models are less
    noisy, but the models are no independent replicas: error bars need `shared=False`, or other seeds. Where p is small
    the batch is drawn with more features on, and weighted (see `importance_sampling`).
    """

    def __init__(
        self,
        feature_probability: Tensor,
        importance: Tensor,
        d_hidden: int,
        *,
        batch: int,
        shared: bool = True,
        min_active: float = 1.0,
        generator: torch.Generator,
        **gates: str,
    ):
        n_features = len(importance)
        self.importance, self.shared, self.generator = importance, shared, generator
        self.p = feature_probability[:, None, None]
        self.q = drawn_probability(self.p, n_features, min_active)
        self.groups = _groups(len(self.p), batch * n_features)
        self.weighted = [bool((self.q[group] > self.p[group]).any()) for group in self.groups]
        self.buffers = _buffers(self.groups, importance, d_hidden, batch, gates)
        largest = self.groups[0].stop
        self.x = importance.new_empty(largest, n_features, batch)
        self.u = torch.empty(1 if shared else largest, n_features, batch, device=generator.device).to(importance.dtype)
        self.slope, self.one = -1 / self.q, importance.new_ones(())

    def _inputs(self, position: int, group: slice) -> Tensor:
        size = group.stop - group.start
        if position == 0 or not self.shared:
            self.u.uniform_(generator=self.generator)
        u = self.u[:size].to(self.x.device)
        return torch.addcmul(self.one, u, self.slope[group], out=self.x[:size]).relu_()

    def _weight(self, position: int, group: slice, x: Tensor) -> Tensor | None:
        if not self.weighted[position]:
            return None
        active_count = x.sign().sum(1, keepdim=True)
        return weights_of(active_count, self.p[group], self.q[group], x.shape[1]).div_(x.shape[-1])

    def __call__(self, stacked: Stack) -> Stack:
        """Draw a batch and return the gradient of its mean loss, weighted where it has to be."""
        parts = []
        for position, group in enumerate(self.groups):
            x = self._inputs(position, group)
            buffers = self.buffers[len(x)]
            parts.append(buffers(stacked[group], x, self.importance, self._weight(position, group, x)))
        return torch.cat(parts)


class DesignGradient:
    """The gradient of the loss on a design, the same at each call: a model's end depends on nothing but its start."""

    def __init__(self, feature_probability: Tensor, importance: Tensor, d_hidden: int, *, design: Design, **gates: str):
        x, active_count = design
        self.importance, self.x = importance, x.T.contiguous().to(importance)[None]
        weight = design_weights(active_count.to(importance.device), feature_probability, len(importance))
        self.weight = weight.to(importance)[:, None]
        self.groups = _groups(len(feature_probability), x.numel())
        self.buffers = _buffers(self.groups, importance, d_hidden, len(x), gates)

    def __call__(self, stacked: Stack) -> Stack:
        """Return the gradient of the design's loss."""
        sizes = [group.stop - group.start for group in self.groups]
        return torch.cat(
            [
                self.buffers[size](stacked[group], self.x, self.importance, self.weight[group])
                for size, group in zip(sizes, self.groups, strict=True)
            ]
        )


def descend(stacked: Stack, gradient: Callable[[Stack], Stack], *, steps: int, lr: float) -> None:
    """Follow a gradient with Adam, in place: the rate stays at `lr` for two thirds and then falls to 0 along a line.

    m <- .9 m + .1 g,  v <- .99 v + .01 g^2,  stacked <- stacked - rate m_ / (sqrt(v_) + 1e-12), where m_ and v_ are
    divided by 1 - .9^t and 1 - .99^t. Source: Kingma & Ba 2015; .99 instead of .999 because the runs are short, 1e-12
    instead of 1e-8 because rare features have small gradients.
    """
    mean, square, root = (torch.zeros_like(stacked) for _ in range(3))
    for step in range(1, steps + 1):
        g = gradient(stacked)
        mean.lerp_(g, 0.1)
        square.mul_(0.99).addcmul_(g, g, value=0.01)
        torch.div(square, 1 - 0.99**step, out=root).sqrt_().add_(1e-12)
        rate = lr * min(1, 3 * (1 - (step - 1) / steps))
        stacked.addcdiv_(mean, root, value=-rate / (1 - 0.9**step))


def judged_loss(
    W: Float[Tensor, "n_models d_hidden n_features"],
    b: Float[Tensor, "n_models n_features"],
    feature_probability: Float[Tensor, " n_models"],
    importance: Float[Tensor, " n_features"],
    **gates: str,
) -> Float[Tensor, " n_models"]:
    """Compare models on inputs that no training saw, the same for all of them.

    Up to 6 features a design with other points than the training's, and twice as many; above, one large sample
    of uniform numbers, turned into inputs for each model's p and weighted. Selecting by the training loss instead would
    reward the luck of a batch.
    """
    n_features = len(importance)
    if n_features <= DESIGN_FEATURES:
        x, active_count = activity_design(n_features, 16, seed=JUDGE_SEED)
        weight = design_weights(active_count.to(W.device), feature_probability, n_features)
        return weighted_loss(W, b, x.to(W), weight, importance, **gates)
    losses = []
    for model_W, model_b, p in zip(W, b, feature_probability.tolist(), strict=True):
        generator = torch.Generator().manual_seed(JUDGE_SEED)
        x, weight = weighted_sample(JUDGE_SAMPLES, n_features, p, generator=generator)
        losses.append(weighted_loss(model_W, model_b, x.to(W), weight.to(W), importance, **gates))
    return torch.stack(losses)
