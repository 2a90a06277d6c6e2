"""Attention: queries meet keys and choose, values are averaged by that choice.

    scores = q k^T / sqrt(d_head),   pattern = softmax over keys (scores),   output = pattern v

Tokens are rows: q = x W_Q. Matrices carry one leading axis of heads, W_Q, W_K, W_V: (n_heads, d_model, d_head) and
W_O: (n_heads, d_head, d_model). A mask is True where a query may attend, as in torch's scaled_dot_product_attention;
the masks of torch's MultiheadAttention and TransformerEncoderLayer say the opposite. Source: Vaswani et al. 2017.
"""

import math
from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Shaped
from torch import Tensor, nn

Weights = tuple[Tensor, Tensor, Tensor, Tensor]


def attention_scores(
    queries: Float[Tensor, "*batch query d_head"], keys: Float[Tensor, "*batch key d_head"]
) -> Float[Tensor, "*batch query key"]:
    """Compare every query with every key: q k^T / sqrt(d_head).

    The root keeps the variance of a score at 1 when the entries of q and k are independent with variance 1.
    d_head = 0 raises ValueError.
    """
    d_head = queries.shape[-1]
    if d_head == 0:
        raise ValueError("queries and keys need at least one dimension, got d_head=0")
    return queries @ keys.mT / math.sqrt(d_head)


def attention_pattern(
    scores: Float[Tensor, "*batch query key"], mask: Shaped[Tensor, "*masks query key"] | None = None
) -> Float[Tensor, "*batch query key"]:
    """Turn each query's scores into weights that sum to 1: softmax over the keys it may attend to.

    A masked key gets exactly 0. A query with no key left raises ValueError instead of becoming NaN; a mask that is
    not boolean raises TypeError.
    """
    if mask is None:
        return scores.softmax(-1)
    if mask.dtype is not torch.bool:
        raise TypeError(f"mask must be boolean, True where a query may attend, got {mask.dtype}")
    blind = (~mask.any(-1)).nonzero()
    if len(blind):
        raise ValueError(f"every query needs a key to attend to, but the mask leaves none to query {int(blind[0, -1])}")
    return scores.masked_fill(~mask, -math.inf).softmax(-1)


def attend(
    queries: Float[Tensor, "*batch query d_head"],
    keys: Float[Tensor, "*batch key d_head"],
    values: Float[Tensor, "*batch n_values d_value"],
    *,
    mask: Bool[Tensor, "*masks query key"] | None = None,
    drop: Callable[[Tensor], Tensor] | None = None,
) -> tuple[Float[Tensor, "*batch query d_value"], Float[Tensor, "*batch query key"]]:
    """Average the values by the pattern of queries and keys; return (output, pattern).

    `drop` is applied to the weights on their way to the values, as dropout is in training; the pattern is returned as
    it was before. As many values as keys, or ValueError.
    """
    if keys.shape[-2] != values.shape[-2]:
        raise ValueError(f"each key needs one value, got {keys.shape[-2]} keys and {values.shape[-2]} values")
    pattern = attention_pattern(attention_scores(queries, keys), mask)
    weights = pattern if drop is None else drop(pattern)
    return weights @ values, pattern


def causal_mask(n_tokens: int) -> Bool[Tensor, "query key"]:
    """Let every token attend to itself and to those before it: True on and below the diagonal."""
    if n_tokens < 1:
        raise ValueError(f"n_tokens must be at least 1, got {n_tokens}")
    return torch.ones(n_tokens, n_tokens, dtype=torch.bool).tril()


def multi_head(
    x: Float[Tensor, "*batch n_tokens d_token"],
    W_Q: Float[Tensor, "n_heads d_model d_head"],
    W_K: Float[Tensor, "n_heads d_model d_head"],
    W_V: Float[Tensor, "n_heads d_model d_value"],
    W_O: Float[Tensor, "n_heads d_value d_model"],
    *,
    biases: Weights | None = None,
    context: Float[Tensor, "*batch n_context d_token"] | None = None,
    mask: Bool[Tensor, "*masks query key"] | None = None,
    drop: Callable[[Tensor], Tensor] | None = None,
) -> tuple[Float[Tensor, "*batch n_tokens d_model"], Float[Tensor, "*batch n_heads query key"]]:
    """Let several heads attend side by side and add up what they write: (output, pattern).

    output = sum over heads of pattern_h x W_V,h W_O,h. Keys and values come from `context` where one is given (cross
    attention, from a decoder to an encoder), else from `x` itself. `biases` are (b_Q, b_K, b_V, b_O) of shapes
    (n_heads, d_head) three times and (d_model,). Tokens whose size is not that of W_Q raise ValueError.
    """
    if x.shape[-1] != W_Q.shape[1]:
        raise ValueError(f"tokens have {x.shape[-1]} numbers, but W_Q reads {W_Q.shape[1]}")
    asking, answering = x.unsqueeze(-3), (x if context is None else context).unsqueeze(-3)
    queries, keys, values = asking @ W_Q, answering @ W_K, answering @ W_V
    if biases is not None:
        queries, keys, values = (h + b[:, None] for h, b in zip((queries, keys, values), biases[:3], strict=True))
    read, pattern = attend(queries, keys, values, mask=mask, drop=drop)
    output = (read @ W_O).sum(-3)
    return (output if biases is None else output + biases[3]), pattern


def split_heads(layer: nn.MultiheadAttention) -> tuple[Weights, Weights]:
    """Take torch's weights apart, head by head: (W_Q, W_K, W_V, W_O) and (b_Q, b_K, b_V, b_O) for `multi_head`.

    Torch multiplies from the other side and stacks the heads, so matrices are transposed and cut. A layer without
    biases, or with keys of another size than queries, raises ValueError.
    """
    packed, bias, d_model = layer.in_proj_weight, layer.in_proj_bias, layer.embed_dim
    if packed is None or bias is None:
        raise ValueError("the layer must have biases and one size for queries, keys and values")
    heads = (layer.num_heads, layer.head_dim)
    matrices = [block.T.reshape(d_model, *heads).transpose(0, 1) for block in packed.detach().chunk(3)]
    W_O = layer.out_proj.weight.detach().T.reshape(*heads, d_model)
    W_Q, W_K, W_V = matrices
    b_Q, b_K, b_V = (block.reshape(heads) for block in bias.detach().chunk(3))
    return (W_Q, W_K, W_V, W_O), (b_Q, b_K, b_V, layer.out_proj.bias.detach())


def qk_circuit(
    W_Q: Float[Tensor, "n_heads d_model d_head"], W_K: Float[Tensor, "n_heads d_model d_head"]
) -> Float[Tensor, "n_heads d_model d_model"]:
    """Merge what chooses: W_QK = W_Q W_K^T, so that scores = x W_QK x^T / sqrt(d_head). Its rank is at most d_head."""
    return W_Q @ W_K.mT


def ov_circuit(
    W_V: Float[Tensor, "n_heads d_model d_head"], W_O: Float[Tensor, "n_heads d_head d_model"]
) -> Float[Tensor, "n_heads d_model d_model"]:
    """Merge what is moved: W_OV = W_V W_O, so that a head adds pattern x W_OV. Its rank is at most d_head."""
    return W_V @ W_O


def row_entropy(pattern: Float[Tensor, "*batch query key"]) -> Float[Tensor, "*batch query"]:
    """Measure how widely each query looks: -sum p ln p in nats, with 0 ln 0 = 0.

    Anchors: one key only gives 0, n equal weights give ln n. Rows that do not sum to 1 raise ValueError.
    """
    sums = pattern.sum(-1).flatten()
    furthest = float(sums[(sums - 1).abs().argmax()])
    if not math.isclose(furthest, 1, abs_tol=1e-4):
        raise ValueError(f"each row of a pattern sums to 1, got a row with sum {furthest:.4g}")
    return -torch.special.xlogy(pattern, pattern).sum(-1)


def retrieval_weight(inverse_temperature: float, n_keys: int) -> float:
    """Weigh one key of score beta among n - 1 of score 0: e^beta / (e^beta + n - 1).

    Anchors: beta = 0 gives 1/n; 25 keys and beta = 7.7732 give .99. n_keys < 1 raises ValueError.
    """
    if n_keys < 1:
        raise ValueError(f"n_keys must be at least 1, got {n_keys}")
    return 1 / (1 + (n_keys - 1) * math.exp(-inverse_temperature))


def inverse_temperature_for(weight: float, n_keys: int) -> float:
    """Find the score that gives one key this weight among n: ln((n - 1) w / (1 - w)), the inverse of retrieval_weight.

    A weight that is not between 1/n and 1 raises ValueError: at 1/n nothing is chosen, and 1 is never reached.
    """
    if not 1 / n_keys < weight < 1:
        raise ValueError(f"weight must lie between 1/n_keys={1 / n_keys:.4g} and 1, got {weight}")
    return math.log((n_keys - 1) * weight / (1 - weight))
