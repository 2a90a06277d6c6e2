import itertools

import pytest
import torch

from superposition.gradients import GradientBuffers, loss_gradient, reconstruct
from superposition.toy_models import ToyModel, reconstruction_loss

GATES = [{"output": o, "hidden": h} for o, h in itertools.product(["relu", "linear"], repeat=2)]


def generator(seed):
    return torch.Generator().manual_seed(seed)


def task(seed, *instances, n_features=5, d_hidden=2, n_samples=7):
    draw = generator(seed)
    W = torch.randn(*instances, d_hidden, n_features, generator=draw, dtype=torch.float64)
    b = torch.randn(*instances, n_features, generator=draw, dtype=torch.float64) / 2
    x = torch.rand(n_samples, n_features, generator=draw, dtype=torch.float64)
    return W, b, x, torch.rand(n_features, generator=draw, dtype=torch.float64)


@pytest.mark.parametrize("gates", GATES)
def test_reconstruction_is_what_the_model_computes(gates):
    model = ToyModel(4, 3, n_instances=2, generator=generator(0), **gates)
    with torch.no_grad():
        model.b.normal_(generator=generator(1))
    x = torch.randn(2, 5, 4, generator=generator(2))
    torch.testing.assert_close(reconstruct(model.W, model.b, x, **gates), model(x))


@pytest.mark.parametrize("gates", GATES)
@pytest.mark.parametrize("instances", [(), (3,), (2, 3)])
@pytest.mark.parametrize("seed", range(3))
def test_gradient_is_that_of_autograd(gates, instances, seed):
    W, b, x, importance = task(seed, *instances, n_features=4 + seed, d_hidden=1 + seed)
    W.requires_grad_(), b.requires_grad_()
    x_hat = reconstruct(W, b, x, **gates)
    reconstruction_loss(x.expand_as(x_hat), x_hat, importance).sum().backward()
    dW, db = loss_gradient(W.detach(), b.detach(), x, importance, **gates)
    torch.testing.assert_close(dW, W.grad, rtol=0, atol=1e-12)
    torch.testing.assert_close(db, b.grad, rtol=0, atol=1e-12)


@pytest.mark.parametrize("gates", GATES)
def test_weighted_gradient_of_own_inputs_is_that_of_autograd(gates):
    W, b, _, importance = task(5, 3)
    x, weight = (torch.rand(3, 7, *tail, generator=generator(6), dtype=torch.float64) for tail in [(5,), ()])
    W.requires_grad_(), b.requires_grad_()
    error = (reconstruct(W, b, x, **gates) - x).square()
    ((error * importance).mean(-1) * weight).sum().backward()
    dW, db = loss_gradient(W.detach(), b.detach(), x, importance, weight, **gates)
    torch.testing.assert_close(dW, W.grad, rtol=0, atol=1e-12)
    torch.testing.assert_close(db, b.grad, rtol=0, atol=1e-12)


def test_gradient_is_the_slope_of_the_loss():
    W, b, x, importance = task(7)
    dW, db = loss_gradient(W, b, x, importance)
    step_W, step_b = (
        torch.randn(W.shape, generator=generator(8)).double(),
        torch.randn(b.shape, generator=generator(9)).double(),
    )

    def loss(t):
        return reconstruction_loss(x, reconstruct(W + t * step_W, b + t * step_b, x), importance)

    slope = (loss(1e-6) - loss(-1e-6)) / 2e-6
    assert float((dW * step_W).sum() + (db * step_b).sum()) == pytest.approx(float(slope), rel=1e-6)


def test_gradient_vanishes_where_nothing_is_lost_or_nothing_is_open():
    eye, zero = torch.eye(3), torch.zeros(3)
    x = torch.rand(6, 3, generator=generator(0))
    for W, b in ((eye, zero), (torch.zeros(3, 3), zero - 1)):
        dW, db = loss_gradient(W, b, x, torch.ones(3))
        assert not dW.any()
        assert not db.any()


def test_single_precision_agrees_with_double():
    W, b, x, importance = task(11, 4, n_features=20, d_hidden=5, n_samples=256)
    exact = loss_gradient(W, b, x, importance)[0]
    single = loss_gradient(W.float(), b.float(), x.float(), importance.float())[0]
    assert float((single - exact).norm() / exact.norm()) < 1e-5


def test_buffers_leave_nothing_behind():
    buffers = GradientBuffers(2, 5, 3, 7, torch.zeros(()))
    draws = [torch.rand(2, 5, size, generator=generator(size)) - 0.5 for size in (4, 7, 7)]
    stacked, first, second = draws
    fresh = buffers(stacked, first, torch.ones(5)).clone()
    buffers(stacked, second, torch.ones(5))
    assert torch.equal(buffers(stacked, first, torch.ones(5)), fresh)


@pytest.mark.parametrize("name", ["output", "hidden"])
def test_another_word_is_refused(name):
    W, b, x, importance = task(0)
    with pytest.raises(ValueError, match=rf"{name} must be one of relu, linear, got 'gelu'"):
        loss_gradient(W, b, x, importance, **{name: "gelu"})
    with pytest.raises(ValueError, match=rf"{name} must be one of relu, linear, got 'gelu'"):
        reconstruct(W, b, x, **{name: "gelu"})
