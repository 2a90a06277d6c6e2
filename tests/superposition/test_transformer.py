import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from superposition.attention import causal_mask
from superposition.transformer import Block, dropout, layer_norm

CLOSE = {"rtol": 0.0, "atol": 1e-12}


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def torch_layer(norm_first, activation="relu", probability=0.1):
    """Torch's layer, every weight and bias drawn at random: gains of 1 and biases of 0 would hide mistakes."""
    layer = nn.TransformerEncoderLayer(
        16, 4, 40, probability, activation, norm_first=norm_first, batch_first=True, dtype=torch.float64
    )
    for number, weight in enumerate(layer.parameters()):
        weight.data = 0.4 * random(*weight.shape, seed=number)
    return layer


@given(d=st.integers(1, 20), seed=st.integers(0, 10**6))
def test_layer_norm_is_torchs(d, seed):
    x, gain, bias = random(4, d, seed=seed), random(d, seed=seed + 1), random(d, seed=seed + 2)
    assert_close(layer_norm(x, gain, bias), nn.functional.layer_norm(x, (d,), gain, bias), rtol=0, atol=1e-10)
    assert_close(layer_norm(x), nn.functional.layer_norm(x, (d,)), rtol=0, atol=1e-10)


def test_layer_norm_makes_every_token_the_same_length():
    x = random(5, 32) * torch.arange(1.0, 6)[:, None] + 3
    assert_close(layer_norm(x, eps=0).square().sum(-1), torch.full((5,), 32.0, dtype=torch.float64), rtol=0, atol=1e-9)
    assert float(layer_norm(torch.ones(2, 4)).abs().max()) == 0


def test_dropout_draws_what_torch_draws():
    x = random(50, 60)
    torch.manual_seed(3)
    expected = nn.functional.dropout(x, 0.3)
    ours = dropout(x, 0.3, torch.Generator().manual_seed(3))
    assert_close(ours, expected, **CLOSE)
    assert 0.25 < float((ours == 0).double().mean()) < 0.35
    assert dropout(x, 0.0) is x
    with pytest.raises(ValueError, match=r"\[0, 1\), got 1"):
        dropout(x, 1.0)


MODES = list(itertools.product([False, True], ["relu", "gelu"], [False, True]))


@pytest.mark.parametrize(("norm_first", "activation", "causal"), MODES)
def test_a_block_is_torchs_layer_in_evaluation_by_both_of_its_paths(norm_first, activation, causal):
    layer, x = torch_layer(norm_first, activation).eval(), random(2, 7, 16)
    mask = causal_mask(7) if causal else None
    ours = Block.from_torch(layer)(x, mask=mask)
    theirs = None if mask is None else ~mask
    assert_close(ours, layer(x, src_mask=theirs).detach(), **CLOSE)
    with torch.inference_mode():  # torch takes a fused path here
        assert_close(ours, layer(x, src_mask=theirs), **CLOSE)


@pytest.mark.parametrize(("norm_first", "activation", "causal"), MODES)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_block_is_torchs_layer_in_training_number_by_number(norm_first, activation, causal, seed):
    layer, x = torch_layer(norm_first, activation).train(), random(1, 7, 16)
    mask = causal_mask(7) if causal else None
    torch.manual_seed(seed)
    expected = layer(x, src_mask=None if mask is None else ~mask).detach()
    ours = Block.from_torch(layer)(x, mask=mask, probability=0.1, generator=torch.Generator().manual_seed(seed))
    assert_close(ours, expected, **CLOSE)
    assert float((ours - Block.from_torch(layer)(x, mask=mask)).abs().max()) > 0.01  # dropout did something


def test_a_pre_norm_block_adds_to_its_stream_and_a_post_norm_block_does_not_keep_it():
    x = random(7, 16)
    for norm_first in (True, False):
        block = Block.from_torch(torch_layer(norm_first))
        silent = Block(
            (*block.heads[:3], 0 * block.heads[3]),
            (*block.head_biases[:3], 0 * block.head_biases[3]),
            block.norms,
            block.W_in,
            block.b_in,
            0 * block.W_out,
            0 * block.b_out,
            norm_first,
        )
        assert torch.equal(silent(x), x) is norm_first


def test_an_unknown_activation_is_refused():
    with pytest.raises(ValueError, match="activation must be one of relu, gelu, got tanh"):
        Block.from_torch(torch_layer(True, torch.tanh))
