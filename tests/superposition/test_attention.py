import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.testing import assert_close

from superposition.attention import (
    attend,
    attention_pattern,
    attention_scores,
    causal_mask,
    inverse_temperature_for,
    multi_head,
    ov_circuit,
    qk_circuit,
    retrieval_weight,
    row_entropy,
    split_heads,
)

CLOSE = {"rtol": 0.0, "atol": 1e-12}


def random(*shape, seed=0, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def heads(d_model=16, d_head=4, n_heads=2, seed=0):
    W_Q, W_K, W_V = random(3, n_heads, d_model, d_head, seed=seed) / d_model**0.5
    return W_Q, W_K, W_V, random(n_heads, d_head, d_model, seed=seed + 1) / d_head**0.5


def torch_layer(**settings):
    """Torch's layer with biases that are not 0: a forgotten one would otherwise pass."""
    layer = nn.MultiheadAttention(32, 4, batch_first=True, dtype=torch.float64, **settings)
    for number, weight in enumerate(layer.parameters()):
        weight.data = 0.3 * random(*weight.shape, seed=number)
    return layer.eval()


def test_scores_are_the_double_loop():
    queries, keys = random(3, 5), random(4, 5, seed=1)
    for s, query in enumerate(queries.tolist()):
        for t, key in enumerate(keys.tolist()):
            expected = sum(a * b for a, b in zip(query, key, strict=True)) / math.sqrt(5)
            assert float(attention_scores(queries, keys)[s, t]) == pytest.approx(expected, abs=1e-12)
    with pytest.raises(ValueError, match="at least one dimension, got d_head=0"):
        attention_scores(torch.empty(3, 0), torch.empty(4, 0))


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize(("dtype", "atol"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
def test_attend_is_torchs_scaled_dot_product_attention(causal, dtype, atol):
    queries, keys, values = random(3, 2, 4, 10, 16, dtype=dtype)
    output, _ = attend(queries, keys, values, mask=causal_mask(10) if causal else None)
    expected = nn.functional.scaled_dot_product_attention(queries, keys, values, is_causal=causal)
    assert_close(output, expected, rtol=0, atol=atol)


def test_a_mask_of_its_own_for_every_sentence_means_what_torchs_means():
    queries, keys, values = random(3, 2, 4, 6, 8)
    mask = random(2, 1, 6, 6, seed=3) > 0
    mask |= torch.eye(6, dtype=torch.bool)
    output, pattern = attend(queries, keys, values, mask=mask)
    assert_close(output, nn.functional.scaled_dot_product_attention(queries, keys, values, attn_mask=mask), **CLOSE)
    assert_close(pattern.sum(-1), torch.ones(2, 4, 6, dtype=torch.float64), **CLOSE)
    assert float(pattern[~mask.expand_as(pattern)].abs().max()) == 0.0


def test_a_blind_query_and_a_mask_of_numbers_are_refused():
    mask = torch.ones(3, 3, dtype=torch.bool)
    mask[1] = False
    with pytest.raises(ValueError, match="the mask leaves none to query 1"):
        attention_pattern(random(3, 3), mask)
    with pytest.raises(ValueError, match="got 3 keys and 2 values"):
        attend(random(3, 4), random(3, 4), random(2, 4))
    with pytest.raises(ValueError, match="n_tokens must be at least 1, got 0"):
        causal_mask(0)


def test_a_mask_that_is_not_boolean_is_a_type_error():
    with pytest.raises(TypeError, match=r"mask must be boolean, True where a query may attend, got torch\.float32"):
        attention_pattern(random(3, 3), torch.ones(3, 3))


@given(n=st.integers(1, 12))
def test_the_causal_mask_is_torchs_lower_triangle(n):
    assert torch.equal(causal_mask(n), torch.ones(n, n).tril() == 1)


@pytest.mark.parametrize("causal", [False, True])
def test_multi_head_is_torchs_layer(causal):
    layer, x = torch_layer(), random(2, 7, 32)
    weights, biases = split_heads(layer)
    mask = causal_mask(7) if causal else None
    output, pattern = multi_head(x, *weights, biases=biases, mask=mask)
    theirs = None if mask is None else ~mask  # here True means: may not attend
    expected, expected_pattern = layer(x, x, x, attn_mask=theirs, average_attn_weights=False)
    assert_close(output, expected.detach(), **CLOSE)
    assert_close(pattern, expected_pattern.detach(), **CLOSE)


def test_cross_attention_is_torchs_layer_with_keys_from_elsewhere():
    layer, x, context = torch_layer(), random(2, 5, 32), random(2, 9, 32, seed=1)
    weights, biases = split_heads(layer)
    output, pattern = multi_head(x, *weights, biases=biases, context=context)
    assert pattern.shape == (2, 4, 5, 9)
    assert_close(output, layer(x, context, context)[0].detach(), **CLOSE)


def test_layers_that_cannot_be_taken_apart_and_tokens_of_another_size_are_refused():
    for layer in (nn.MultiheadAttention(8, 2, bias=False), nn.MultiheadAttention(8, 2, kdim=4)):
        with pytest.raises(ValueError, match="must have biases and one size"):
            split_heads(layer)
    with pytest.raises(ValueError, match="tokens have 5 numbers, but W_Q reads 16"):
        multi_head(random(3, 5), *heads())


def test_two_matrices_make_a_head():
    x, weights = random(9, 16, seed=5), heads()
    W_QK, W_OV = qk_circuit(*weights[:2]), ov_circuit(*weights[2:])
    pattern = torch.stack([(x @ W @ x.T / 2).softmax(-1) for W in W_QK])
    output, expected = multi_head(x, *weights)
    assert_close(pattern, expected, **CLOSE)
    assert_close((pattern @ x @ W_OV).sum(0), output, **CLOSE)
    assert torch.linalg.matrix_rank(W_QK).tolist() == torch.linalg.matrix_rank(W_OV).tolist() == [4, 4]


@given(seed=st.integers(0, 10**6))
def test_permuting_tokens_permutes_the_output(seed):
    x, weights = random(6, 16, seed=seed), heads()
    order = torch.randperm(6, generator=torch.Generator().manual_seed(seed))
    assert_close(multi_head(x[order], *weights)[0], multi_head(x, *weights)[0][order], **CLOSE)


@given(seed=st.integers(0, 10**6))
def test_entropy_is_torchs_and_counts_zero_as_zero(seed):
    pattern = attention_pattern(3 * random(4, 5, seed=seed), causal_mask(5)[1:])
    assert_close(row_entropy(pattern), torch.distributions.Categorical(pattern).entropy(), rtol=0, atol=1e-9)


def test_entropy_has_its_anchors_and_refuses_what_is_no_pattern():
    assert float(row_entropy(torch.full((1, 8), 1 / 8))) == pytest.approx(math.log(8))
    assert float(row_entropy(torch.eye(3)).abs().max()) == 0
    with pytest.raises(ValueError, match=r"got a row with sum 0\.5"):
        row_entropy(torch.tensor([[0.5, 0.5], [0.25, 0.25]]))


@given(beta=st.floats(-20, 20), n=st.integers(1, 50))
def test_retrieval_is_a_softmax(beta, n):
    scores = torch.zeros(n, dtype=torch.float64)
    scores[0] = beta
    assert retrieval_weight(beta, n) == pytest.approx(float(scores.softmax(-1)[0]), rel=1e-12)


@given(beta=st.floats(0.1, 15), n=st.integers(2, 50))
def test_the_inverse_inverts(beta, n):
    assert inverse_temperature_for(retrieval_weight(beta, n), n) == pytest.approx(beta, abs=1e-7)


def test_retrieval_has_its_anchors_and_refuses_the_impossible():
    assert inverse_temperature_for(0.99, 25) == pytest.approx(7.7732, abs=1e-4)
    assert inverse_temperature_for(0.999, 25) == pytest.approx(10.0848, abs=1e-4)
    with pytest.raises(ValueError, match=r"between 1/n_keys=0.04 and 1, got 0.04"):
        inverse_temperature_for(0.04, 25)
    with pytest.raises(ValueError, match="n_keys must be at least 1"):
        retrieval_weight(1.0, 0)
