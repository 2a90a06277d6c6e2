"""One block of a transformer: attention moves between tokens, neurons work on each token, both write into a sum.

The row of vectors that the blocks read and add to, one a token, is the residual stream.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from superposition.attention import Weights, multi_head, split_heads

NONLINEARITIES = {"relu": torch.relu, "gelu": nn.functional.gelu}


def layer_norm(
    x: Float[Tensor, "*batch d_model"],
    gain: Float[Tensor, " d_model"] | None = None,
    bias: Float[Tensor, " d_model"] | None = None,
    eps: float = 1e-5,
) -> Float[Tensor, "*batch d_model"]:
    """Centre and scale each token by itself: (x - mean) / sqrt(variance + eps), then times gain, plus bias.

    The variance is the mean square (divided by d, not d - 1). A constant vector becomes 0.
    """
    centred = x - x.mean(-1, keepdim=True)
    scaled = centred / (centred.square().mean(-1, keepdim=True) + eps).sqrt()
    scaled = scaled if gain is None else scaled * gain
    return scaled if bias is None else scaled + bias


def dropout(
    x: Float[Tensor, "*shape"], probability: float, generator: torch.Generator | None = None
) -> Float[Tensor, "*shape"]:
    """Set each number to 0 with this probability and divide the others by 1 - probability: the mean stays.

    With probability 0 nothing is drawn. One outside [0, 1) raises ValueError.
    """
    if not 0 <= probability < 1:
        raise ValueError(f"probability must lie in [0, 1), got {probability}")
    if probability == 0:
        return x
    return x * torch.empty_like(x).bernoulli_(1 - probability, generator=generator) / (1 - probability)


@dataclass(frozen=True)
class Block:
    """One transformer layer as its weights: heads, two norms, and a layer of neurons.

    `heads` and `head_biases` are those of `attention.multi_head`; `norms` holds (gain, bias) before or after attention
    and then the neurons'. W_in has shape (d_model, n_neurons), W_out (n_neurons, d_model).
    With `norm_first` (pre-norm) a part reads layer_norm(stream) and adds to the stream; without (post-norm) the stream
    itself is normalised after each addition. Calling the block changes nothing in it.
    """

    heads: Weights
    head_biases: Weights
    norms: tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]
    W_in: Float[Tensor, "d_model n_neurons"]
    b_in: Float[Tensor, " n_neurons"]
    W_out: Float[Tensor, "n_neurons d_model"]
    b_out: Float[Tensor, " d_model"]
    norm_first: bool
    activation: str = "relu"

    @classmethod
    def from_torch(cls, layer: nn.TransformerEncoderLayer) -> "Block":
        """Copy the weights of torch's layer. Another activation than ReLU or GELU raises ValueError."""
        activation = getattr(layer.activation, "__name__", type(layer.activation).__name__).lower()
        if activation not in NONLINEARITIES:
            raise ValueError(f"activation must be one of {', '.join(NONLINEARITIES)}, got {activation}")
        heads, head_biases = split_heads(layer.self_attn)
        first_norm, second_norm = ((norm.weight.detach(), norm.bias.detach()) for norm in (layer.norm1, layer.norm2))
        first, second = layer.linear1, layer.linear2
        neurons = (first.weight.detach().T, first.bias.detach(), second.weight.detach().T, second.bias.detach())
        return cls(heads, head_biases, (first_norm, second_norm), *neurons, layer.norm_first, activation)

    def neurons(
        self, x: Float[Tensor, "*batch d_model"], probability: float = 0.0, generator: torch.Generator | None = None
    ) -> Float[Tensor, "*batch d_model"]:
        """Run each token through a layer of ordinary neurons: activation(x W_in + b_in) W_out + b_out."""
        active = NONLINEARITIES[self.activation](x @ self.W_in + self.b_in)
        return dropout(active, probability, generator) @ self.W_out + self.b_out

    def __call__(
        self,
        x: Float[Tensor, "*batch n_tokens d_model"],
        *,
        mask: Bool[Tensor, "query key"] | None = None,
        probability: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> Float[Tensor, "*batch n_tokens d_model"]:
        """Add what the heads say, then what the neurons say; `probability` is dropout's, 0 outside training.

        Random numbers are drawn in torch's order, so equal seeds give torch's result in training, too, for one sequence
        at a time: in a batch, torch draws one of the masks in another order of the memory.
        """

        def drop(values: Tensor) -> Tensor:
            return dropout(values, probability, generator)

        def heads(tokens: Tensor) -> Tensor:
            return multi_head(tokens, *self.heads, biases=self.head_biases, mask=mask, drop=drop)[0]

        def neurons(tokens: Tensor) -> Tensor:
            return self.neurons(tokens, probability, generator)

        for part, norm in zip((heads, neurons), self.norms, strict=True):
            x = x + drop(part(layer_norm(x, *norm))) if self.norm_first else layer_norm(x + drop(part(x)), *norm)
        return x
