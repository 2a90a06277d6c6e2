import inspect
import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from superposition.features import linear_importance, moments, sample
from superposition.frames import polygon
from superposition.toy_models import (
    SCHEDULES,
    ToyModel,
    best_linear_loss,
    features_represented,
    fit,
    mean_only_loss,
    reconstruction_loss,
)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def sampler(n_features, p, n_instances=1):
    def draw(batch, generator):
        return sample(batch, n_features, p, n_instances=n_instances, generator=generator)

    return draw


@pytest.mark.parametrize(("hidden", "output"), [("linear", "linear"), ("linear", "relu"), ("relu", "relu")])
def test_forward_is_the_slow_loop(hidden, output):
    model = ToyModel(4, 3, n_instances=2, hidden=hidden, output=output, generator=generator(1))
    with torch.no_grad():
        model.b.normal_(generator=generator(2))
    x = torch.randn(2, 5, 4, generator=generator(3))
    relu = {"linear": lambda v: v, "relu": lambda v: max(v, 0.0)}
    x_hat = model(x).detach()
    for k in range(2):
        W, b = model.W[k].tolist(), model.b[k].tolist()
        for s in range(5):
            h = [relu[hidden](sum(W[a][i] * float(x[k, s, i]) for i in range(4))) for a in range(3)]
            for i in range(4):
                expected = relu[output](sum(W[a][i] * h[a] for a in range(3)) + b[i])
                assert float(x_hat[k, s, i]) == pytest.approx(expected, abs=1e-5)


def test_the_model_starts_at_the_stated_law_and_from_its_generator():
    model = ToyModel(50, 20, n_instances=30, generator=generator(4))
    n = model.W.numel()
    assert float(model.W.detach().std()) == pytest.approx(1 / math.sqrt(50), rel=4 / math.sqrt(2 * n))
    assert not model.b.any()
    assert torch.equal(model.W, ToyModel(50, 20, n_instances=30, generator=generator(4)).W)
    assert not torch.equal(model.W, ToyModel(50, 20, n_instances=30, generator=generator(5)).W)


def test_a_basis_keeps_the_coordinates_it_spans():
    model = ToyModel(4, 2, output="linear", generator=generator())
    with torch.no_grad():
        model.W.copy_(torch.eye(2, 4)[None])
    x = torch.rand(1, 6, 4, generator=generator(1))
    assert torch.equal(model(x), x * torch.tensor([1.0, 1, 0, 0]))


@given(seed=st.integers(0, 10**6))
def test_a_rotation_of_the_hidden_space_changes_nothing(seed):
    model = ToyModel(5, 3, generator=generator(seed)).double()
    x = torch.rand(1, 4, 5, generator=generator(seed + 1), dtype=torch.float64)
    before = model(x).detach()
    rotation = torch.linalg.qr(torch.randn(3, 3, generator=generator(seed + 2), dtype=torch.float64)).Q
    with torch.no_grad():
        model.W.copy_(rotation @ model.W)
    torch.testing.assert_close(model(x).detach(), before)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"output": "gelu"}, "output must be one of linear, relu, got 'gelu'"),
        ({"hidden": "tanh"}, "hidden must be one of linear, relu, got 'tanh'"),
        ({"n_instances": 0}, "sizes must be at least 1, got n_features=3, d_hidden=2, n_instances=0"),
    ],
)
def test_bad_models_are_refused_in_one_sentence(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        ToyModel(3, 2, generator=generator(), **arguments)


def test_loss_by_hand_and_by_torch():
    x, x_hat = torch.tensor([[1.0, 2.0]]), torch.zeros(1, 2)
    assert float(reconstruction_loss(x, x_hat, torch.tensor([1.0, 0.5]))) == 1.5
    x, x_hat = torch.rand(3, 7, 4, generator=generator(1)), torch.rand(3, 7, 4, generator=generator(2))
    plain = torch.stack([torch.nn.functional.mse_loss(a, b) for a, b in zip(x, x_hat, strict=True)])
    torch.testing.assert_close(reconstruction_loss(x, x_hat, torch.ones(4)), plain)


@given(seed=st.integers(0, 10**6), factor=st.floats(0, 5))
def test_loss_is_linear_in_importance(seed, factor):
    x, x_hat = torch.rand(2, 6, 3, generator=generator(seed), dtype=torch.float64)
    first, second = torch.rand(2, 3, generator=generator(seed + 1), dtype=torch.float64)
    together = reconstruction_loss(x, x_hat, first + factor * second)
    apart = reconstruction_loss(x, x_hat, first) + factor * reconstruction_loss(x, x_hat, second)
    torch.testing.assert_close(together, apart)


@pytest.mark.parametrize(("shape", "length"), [((4, 3), 2), ((4, 2), 3)])
def test_loss_names_the_shapes_that_do_not_fit(shape, length):
    plain = inspect.unwrap(reconstruction_loss)  # without the shape checks that pytest adds
    with pytest.raises(ValueError, match=r"one importance a feature, got x \(4, 3\)"):
        plain(torch.rand(4, 3), torch.rand(*shape), torch.ones(length))


@pytest.mark.parametrize("p", [0.1, 0.5, 1.0])
def test_best_linear_loss_is_weighted_principal_components(p):
    """Reference: the best affine rank-2 map on a large sample, from the singular values of the weighted data."""
    n, d, n_samples = 6, 2, 200_000
    importance = torch.tensor([0.9, 0.2, 0.5, 0.15, 0.7, 0.3], dtype=torch.float64)
    x = sample(n_samples, n, p, generator=generator(6), dtype=torch.float64)[0]
    weighted = (x - x.mean(0)) * importance.sqrt()
    left_over = torch.linalg.svdvals(weighted.T @ weighted / n_samples)[d:].sum() / n
    assert best_linear_loss(n, d, p, importance) == pytest.approx(float(left_over), rel=0.01)


def test_best_linear_loss_at_its_anchors():
    importance = linear_importance(40, 1.0, 0.1)
    values = [best_linear_loss(40, 5, p, importance) for p in (0.9, 0.5, 0.1)]
    assert values == pytest.approx([0.042, 0.0448718, 0.0132821], abs=1e-6)
    assert best_linear_loss(40, 40, 0.5, importance) == 0.0
    assert best_linear_loss(40, 50, 0.5, importance) == 0.0
    variance = float(moments(0.3)[2])
    assert mean_only_loss(0.3, importance) == pytest.approx(0.55 * variance, rel=1e-6)
    shuffled = importance[torch.randperm(40, generator=generator(7))]
    assert best_linear_loss(40, 5, 0.5, shuffled) == pytest.approx(values[1], rel=1e-6)


@given(p=st.floats(0.01, 1), d=st.integers(0, 7))
def test_one_more_dimension_never_hurts_a_linear_model(p, d):
    importance = linear_importance(8)
    assert best_linear_loss(8, d + 1, p, importance) <= best_linear_loss(8, d, p, importance)


def test_best_linear_loss_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match=r"importance must have shape \(5,\), got \(4,\)"):
        best_linear_loss(5, 2, 0.5, torch.ones(4))
    with pytest.raises(ValueError, match="d_hidden must not be negative, got -1"):
        best_linear_loss(5, -1, 0.5, torch.ones(5))


def test_features_represented_counts_lengths_not_squares():
    W = torch.tensor([[0.6, 0.0, 0.3], [0.0, 0.4, 0.45]])  # lengths .6, .4, .54; squares .36, .16, .29
    assert int(features_represented(W)) == 2
    assert int(features_represented(W, threshold=0.35)) == 3
    rotation = torch.linalg.qr(torch.randn(2, 2, generator=generator(8))).Q
    assert int(features_represented(rotation @ W)) == 2
    assert torch.equal(features_represented(torch.stack([W, 2 * W])), torch.tensor([2, 3]))


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_schedules_begin_at_one_and_do_not_rise(schedule):
    shape = [SCHEDULES[schedule](done / 50) for done in range(50)]
    assert shape[0] == 1
    assert all(later <= earlier for earlier, later in pairwise(shape))
    if schedule != "constant":
        assert SCHEDULES[schedule](1.0) == pytest.approx(0, abs=1e-12)


def test_training_the_linear_model_reaches_its_closed_form_and_not_below():
    n, d, p = 8, 3, 0.5
    importance = linear_importance(n)
    model = ToyModel(n, d, n_instances=4, output="linear", generator=generator(9))
    fit(model, sampler(n, p, 4), importance, steps=1500, batch=256, lr=1e-2, generator=generator(10))
    x = sample(50_000, n, p, n_instances=4, generator=generator(11))
    loss = reconstruction_loss(x, model(x).detach(), importance)
    exact = best_linear_loss(n, d, p, importance)
    assert float(loss.min()) > 0.99 * exact
    assert float(loss.max()) < 1.02 * exact
    assert features_represented(model.W.detach()).tolist() == [d] * 4


def test_training_finds_the_pentagon():
    model = ToyModel(5, 2, n_instances=6, generator=generator(12))
    history = fit(model, sampler(5, 0.05, 6), torch.ones(5), steps=1500, batch=512, lr=2e-2, generator=generator(13))
    best = history.loss[-200:].mean(0).argmin()
    angles = torch.atan2(history.W[best, 1], history.W[best, 0]).sort().values
    gaps = torch.cat([angles.diff(), angles[:1] + 2 * torch.pi - angles[-1:]]).rad2deg()
    torch.testing.assert_close(gaps, torch.full((5,), 72.0), atol=6, rtol=0)
    assert float(polygon(5)[0, 1]) == pytest.approx(math.cos(math.radians(72)))


def test_a_first_adam_step_moves_every_weight_by_the_rate_against_its_gradient():
    model = ToyModel(4, 2, generator=generator(14))
    start = model.W.detach().clone()
    x, ones = sample(64, 4, 0.5, generator=generator(15)), torch.ones(4)
    reconstruction_loss(x, model(x), torch.ones(4)).sum().backward()
    gradient = model.W.grad.clone()
    history = fit(model, lambda batch, generator: x, ones, steps=1, batch=64, lr=1e-2, generator=generator())
    torch.testing.assert_close(history.W - start, -1e-2 * gradient.sign(), rtol=1e-3, atol=1e-6)
    assert history.loss.shape == (1, 1)


def test_instances_do_not_mix():
    p = torch.tensor([0.9, 0.1])[:, None, None]
    uniform = sample(32, 3, p, n_instances=2, generator=generator(16))
    pair = ToyModel(3, 2, n_instances=2, generator=generator(17))
    lone = ToyModel(3, 2, generator=generator(18))
    with torch.no_grad():
        lone.W.copy_(pair.W[1:])
    for model, x in ((pair, uniform), (lone, uniform[1:])):
        fit(model, lambda batch, generator, x=x: x, torch.ones(3), steps=20, batch=32, generator=generator())
    torch.testing.assert_close(pair.W[1:], lone.W)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"steps": 0}, "steps and batch must be at least 1, got steps=0, batch=8"),
        ({"schedule": "step"}, "schedule must be one of constant, linear, cosine, got 'step'"),
    ],
)
def test_fit_refuses_bad_settings(arguments, sentence):
    settings = {"steps": 2, "batch": 8, "generator": generator()} | arguments
    with pytest.raises(ValueError, match=sentence):
        fit(ToyModel(3, 2, generator=generator()), sampler(3, 0.5), torch.ones(3), **settings)
