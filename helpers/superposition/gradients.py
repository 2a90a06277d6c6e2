"""The gradient of a toy model's loss, derived by hand and computed in buffers that are used again and again.

    H = W x,   Z = relu(W^T H + b),   D = (Z - x) where Z > 0, else 0,   loss = sum_s weight_s mean_i I_i (Z - x)_is^2

    dloss/dW = (2/n) [ H (D s I)^T + (W (I D s)) x^T ]      dloss/db = (2/n) I sum_s weight_s D_s

W is used twice, to store and to read, so two terms. Inside, samples lie along the last axis ("feature-major"): the
products are then a few long rows times many columns, which a matrix library does 2 to 4 times faster than many short
rows, and importance multiplies only matrices of the size of W. The bias is one more column of W that always reads a 1.
"""

import torch
from jaxtyping import Float
from torch import Tensor

GATES = {"relu": torch.relu, "linear": lambda value: value}


def reconstruct(
    W: Float[Tensor, "*instances d_hidden n_features"],
    b: Float[Tensor, "*instances n_features"],
    x: Float[Tensor, "*batch n_samples n_features"],
    *,
    output: str = "relu",
    hidden: str = "linear",
) -> Float[Tensor, "*shape n_samples n_features"]:
    """Compute x_hat = output(hidden(x W^T) W + b), what `toy_models.ToyModel` does, from its weights alone.

    `output` and `hidden` are "relu" or "linear"; another word raises ValueError.
    """
    check_gates(output, hidden)
    return GATES[output](GATES[hidden](x @ W.mT) @ W + b.unsqueeze(-2))


def check_gates(output: str, hidden: str) -> None:
    """Refuse other words than "relu" and "linear" with a ValueError."""
    for name, value in (("output", output), ("hidden", hidden)):
        if value not in GATES:
            raise ValueError(f"{name} must be one of {', '.join(GATES)}, got {value!r}")


def _gate(gradient: Tensor, value: Tensor) -> Tensor:
    """Let a gradient pass where a ReLU of `value` is open, in place."""
    return torch.ops.aten.threshold_backward.grad_input(gradient, value, 0, grad_input=gradient)


class GradientBuffers:
    """Room for the gradient of a group of models with inputs of one shape, reused at every step.

    Calling it with the stacked weights [W^T | b], shape (group, n_features, d_hidden + 1), and inputs
    x (group or 1, n_features, n_samples) returns the gradient of the mean over samples, or, with
    `weight` (group, 1, n_samples), of the weighted sum, in the shape of the stacked weights.
    """

    def __init__(
        self,
        group: int,
        n_features: int,
        d_hidden: int,
        n_samples: int,
        like: Tensor,
        *,
        output: str = "relu",
        hidden: str = "linear",
    ):
        check_gates(output, hidden)
        self.output, self.hidden = output, hidden
        self.h = like.new_ones(group, d_hidden + 1, n_samples)
        self.z, self.error = (like.new_empty(group, n_features, n_samples) for _ in range(2))
        self.dh = like.new_empty(group, d_hidden, n_samples)
        self.n_samples = n_samples

    def _store(self, W: Tensor, x: Tensor) -> None:
        h = self.h[:, :-1]
        if len(x) == 1 < len(W):  # one input for all models: one long product instead of many short ones
            h.copy_((W.mT.reshape(-1, W.shape[1]) @ x[0]).view(h.shape))
        else:
            h.copy_(torch.bmm(W.mT, x, out=self.dh))
        if self.hidden == "relu":
            h.relu_()

    def __call__(self, stacked: Tensor, x: Tensor, importance: Tensor, weight: Tensor | None = None) -> Tensor:
        """Return the gradient with respect to the stacked weights."""
        W = stacked[..., :-1]
        self._store(W, x)
        z = torch.bmm(stacked, self.h, out=self.z)
        error = torch.sub(z, x, out=self.error)
        if self.output == "relu":
            _gate(error, z)  # where z > 0, relu(z) - x is z - x, so z itself need not be rectified
        if weight is not None:
            error.mul_(weight)
        gradient = torch.bmm(error, self.h.mT).mul_(importance[:, None])
        dh = torch.bmm((W * importance[:, None]).mT, error, out=self.dh)
        if self.hidden == "relu":
            _gate(dh, self.h[:, :-1])
        gradient[..., :-1] += self._through_store(x, dh)
        return gradient.mul_(2 / (len(importance) * (1 if weight is not None else self.n_samples)))

    @staticmethod
    def _through_store(x: Tensor, dh: Tensor) -> Tensor:
        if len(x) == 1 < len(dh):
            product = x[0] @ dh.reshape(-1, dh.shape[-1]).T
            return product.view(x.shape[1], *dh.shape[:2]).movedim(0, 1)
        return torch.bmm(x, dh.mT)


def loss_gradient(
    W: Float[Tensor, "*instances d_hidden n_features"],
    b: Float[Tensor, "*instances n_features"],
    x: Float[Tensor, "*batch n_samples n_features"],
    importance: Float[Tensor, " n_features"],
    weight: Float[Tensor, "*batch n_samples"] | None = None,
    *,
    output: str = "relu",
    hidden: str = "linear",
) -> tuple[Float[Tensor, "*instances d_hidden n_features"], Float[Tensor, "*instances n_features"]]:
    """Compute dloss/dW and dloss/db of every instance without autograd; the formula heads this module.

    `x` serves all instances, or has their leading axes. Without `weight` the loss is the mean over samples, that of
    `toy_models.reconstruction_loss`; with it the weighted sum. Anchors: 0 where x_hat = x; equal to autograd to 1e-12
    in float64. `output` and `hidden` are "relu" or "linear"; another word raises ValueError.
    """
    stacked = torch.cat([W.mT, b.unsqueeze(-1)], dim=-1).reshape(-1, W.shape[-1], W.shape[-2] + 1)
    inputs = x.mT.reshape(-1, x.shape[-1], x.shape[-2])
    if weight is not None:
        weight = weight.reshape(-1, 1, weight.shape[-1])
    sizes = (len(stacked), W.shape[-1], W.shape[-2], x.shape[-2])
    buffers = GradientBuffers(*sizes, stacked, output=output, hidden=hidden)
    gradient = buffers(stacked, inputs, importance.to(stacked), weight)
    return gradient[..., :-1].mT.reshape(W.shape), gradient[..., -1].reshape(b.shape)
