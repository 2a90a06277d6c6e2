import math

import pytest
import torch

from superposition.expected_loss import activity_design, expected_loss
from superposition.features import linear_importance, sample, sparse_features
from superposition.gradients import loss_gradient
from superposition.toy_models import (
    ToyModel,
    best_linear_loss,
    features_represented,
    fit,
    reconstruction_loss,
    train,
)
from superposition.training import CACHED, DesignGradient, SampledGradient, descend, judged_loss

P = torch.tensor([0.5, 0.2, 0.01])


def generator(seed):
    return torch.Generator().manual_seed(seed)


def stack(seed, n_models, n_features, d_hidden):
    return torch.randn(n_models, n_features, d_hidden + 1, generator=generator(seed)) / 2


def by_hand(stacked, x, importance, weight=None):
    dW, db = loss_gradient(stacked[..., :-1].mT, stacked[..., -1], x, importance, weight)
    return torch.cat([dW.mT, db[..., None]], dim=-1)


@pytest.mark.parametrize("shared", [True, False])
def test_a_batch_is_what_its_uniform_numbers_say(shared):
    importance, stacked = torch.rand(6, generator=generator(0)), stack(1, 3, 6, 2)
    settings = {"batch": 40, "shared": shared, "min_active": 0.0}
    found = SampledGradient(P, importance, 2, generator=generator(9), **settings)(stacked)
    u = torch.empty(1 if shared else 3, 6, 40).uniform_(generator=generator(9))
    x = sparse_features(u.expand(3, -1, -1), P[:, None, None]).mT
    torch.testing.assert_close(found, by_hand(stacked, x, importance))


def test_the_mean_of_reweighted_gradients_is_the_plain_one():
    importance, stacked = torch.ones(4), stack(2, 1, 4, 2)
    p, rounds = torch.tensor([0.2]), 600
    draws = {"batch": 200, "generator": generator(3)}
    weighted, plain = (SampledGradient(p, importance, 2, min_active=least, **draws) for least in (1.6, 0.0))
    samples = [torch.stack([gradient(stacked)[0] for _ in range(rounds)]) for gradient in (weighted, plain)]
    means, errors = [s.mean(0) for s in samples], [s.var(0) / rounds for s in samples]
    assert bool(((means[0] - means[1]).abs() <= 4.5 * (errors[0] + errors[1]).sqrt()).all())
    design = DesignGradient(p, importance, 2, design=activity_design(4, 128))(stacked)[0]
    assert bool(((means[0] - design).abs() <= 4.5 * errors[0].sqrt() + 2e-3 * design.abs().max()).all())


def test_shared_and_own_numbers_have_one_law():
    importance, stacked, rounds = torch.ones(4), stack(4, 3, 4, 2), 300
    means, errors = [], []
    for shared in (True, False):
        gradient = SampledGradient(P, importance, 2, batch=100, shared=shared, generator=generator(5))
        drawn = torch.stack([gradient(stacked) for _ in range(rounds)])
        means.append(drawn.mean(0)), errors.append(drawn.var(0) / rounds)
    assert bool(((means[0] - means[1]).abs() < 4.5 * (errors[0] + errors[1]).sqrt() + 1e-9).all())


def test_only_shared_numbers_tie_the_models_together():
    importance, stacked = torch.ones(4), stack(6, 1, 4, 2).expand(2, -1, -1)
    p = torch.tensor([0.3, 0.3])
    tied, own = (
        SampledGradient(p, importance, 2, batch=50, shared=shared, generator=generator(7))(stacked)
        for shared in (True, False)
    )
    assert torch.equal(tied[0], tied[1])
    assert not torch.equal(own[0], own[1])


def test_models_trained_in_groups_or_alone_are_the_same():
    n_features, batch = 64, 2048
    assert 3 * n_features * batch > CACHED  # the three models make two groups
    importance, stacked = torch.ones(n_features), stack(8, 3, n_features, 4)
    together = SampledGradient(P, importance, 4, batch=batch, generator=generator(1))(stacked)
    for k in range(3):
        alone = SampledGradient(P[[k]], importance, 4, batch=batch, generator=generator(1))(stacked[[k]])
        torch.testing.assert_close(together[[k]], alone, rtol=1e-5, atol=1e-8)


def test_design_gradient_is_the_slope_of_the_expected_loss():
    importance, stacked = torch.tensor([1.0, 0.5, 0.2]), stack(10, 3, 3, 2)
    W, b = stacked[..., :-1].mT.clone().requires_grad_(), stacked[..., -1].clone().requires_grad_()
    expected_loss(W, b, P, importance).sum().backward()
    found = DesignGradient(P, importance, 2, design=activity_design(3))(stacked)
    torch.testing.assert_close(found[..., :-1].mT, W.grad, rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(found[..., -1], b.grad, rtol=1e-4, atol=1e-6)


def test_descend_is_adam_with_a_rate_that_falls_at_the_end():
    target, steps, lr = torch.randn(2, 3, 2, generator=generator(0)), 50, 0.05
    ours = torch.zeros(2, 3, 2)
    descend(ours, lambda stacked: 2 * (stacked - target), steps=steps, lr=lr)
    theirs = torch.zeros(2, 3, 2, requires_grad=True)
    optimiser = torch.optim.Adam([theirs], lr=lr, betas=(0.9, 0.99), eps=1e-12)
    fall = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min(1, 3 - 3 * step / steps))
    for _ in range(steps):
        optimiser.zero_grad()
        (theirs - target).square().sum().backward()
        optimiser.step(), fall.step()
    torch.testing.assert_close(ours, theirs.detach(), rtol=1e-4, atol=1e-5)


def test_judged_loss_of_many_features_is_the_mean_over_samples():
    n_features, size = 8, 200_000
    W = torch.randn(3, 3, n_features, generator=generator(1)) / 3
    b = torch.zeros(3, n_features) - 0.05
    importance = torch.rand(n_features, generator=generator(2))
    found = judged_loss(W, b, P, importance)
    for k in range(3):
        x = sparse_features(torch.rand(size, n_features, generator=generator(3)), float(P[k]))
        x_hat = torch.relu(x @ W[k].T @ W[k] + b[k])
        expected = float(reconstruction_loss(x, x_hat, importance))
        assert float(found[k]) == pytest.approx(expected, rel=0.1)
        each = (importance * (x - x_hat).square()).mean(-1)
        assert abs(float(found[k]) - expected) < 5 * float(each.std()) / math.sqrt(4096)


def test_judged_loss_of_few_features_is_the_expected_loss():
    W, b, importance = torch.randn(3, 2, 4, generator=generator(4)) / 2, torch.zeros(3, 4), torch.ones(4)
    fine = expected_loss(W, b, P, importance, activity_design(4, 128))
    torch.testing.assert_close(judged_loss(W, b, P, importance).double(), fine.double(), rtol=5e-3, atol=0)


def test_the_door_and_the_rooms_agree():
    p, importance = torch.tensor([0.3, 0.1]), torch.ones(8)
    found = train(8, 2, p, importance, steps=20, n_restarts=1, batch=64, generator=generator(12))
    draw = generator(12)
    stacked = torch.cat([0.3 * torch.randn(2, 8, 2, generator=draw) / math.sqrt(8), torch.zeros(2, 8, 1)], dim=-1)
    descend(stacked, SampledGradient(p, importance, 2, batch=64, generator=draw), steps=20, lr=5e-3)
    torch.testing.assert_close(found.W, stacked[..., :-1].mT)
    torch.testing.assert_close(found.b, stacked[..., -1])


def test_train_finds_the_best_linear_model():
    importance = linear_importance(12)
    found = train(12, 3, P, importance, output="linear", batch=512, generator=generator(0))
    for loss, p in zip(found.loss.tolist(), P.tolist(), strict=True):
        assert loss == pytest.approx(best_linear_loss(12, 3, p, importance), rel=0.06)
    assert torch.equal(features_represented(found.W, threshold=0.9), torch.tensor([3, 3, 3]))


def test_train_ends_where_autograd_ends():
    p, importance = 0.3, torch.tensor([1.0, 0.8, 0.6, 0.4])
    found = train(4, 2, torch.tensor([p]), importance, generator=generator(1))
    model = ToyModel(4, 2, n_instances=4, generator=generator(2))

    def sampler(batch, generator):
        return sample(batch, 4, p, n_instances=4, generator=generator)

    fit(model, sampler, importance, steps=1500, batch=1024, generator=generator(3))
    theirs = expected_loss(model.W.detach(), model.b.detach(), p, importance, activity_design(4, 32))
    assert float(found.loss) == pytest.approx(float(theirs.min()), rel=0.01)


@pytest.mark.parametrize("seed", range(10))
def test_five_rare_features_end_as_a_regular_pentagon(seed):
    found = train(5, 2, torch.tensor([0.05]), torch.ones(5), generator=generator(seed))
    angles = torch.atan2(found.W[0, 1], found.W[0, 0]).sort().values
    gaps = torch.diff(torch.cat([angles, angles[:1] + 2 * math.pi])) * 180 / math.pi
    assert float((gaps - 72).abs().max()) < 3
    torch.testing.assert_close(found.W[0].norm(dim=0), found.W[0].norm(dim=0).mean().expand(5), rtol=0.02, atol=0)


@pytest.mark.parametrize("method", ["design", "sampled"])
def test_train_keeps_the_best_restart_of_each_instance(method):
    settings = {"method": method, "steps": 60, "n_restarts": 5}
    found = train(4, 2, P, torch.ones(4), generator=generator(4), **settings)
    assert found.W.shape == (3, 2, 4)
    assert found.b.shape == (3, 4)
    assert found.losses.shape == (5, 3)
    again = expected_loss(found.W, found.b, P, torch.ones(4), activity_design(4, 16, seed=1))
    least = found.losses.amin(0).float()
    torch.testing.assert_close(again.float(), least, rtol=1.1e-4, atol=0)  # a near tie goes to the first
    assert torch.equal(found.loss, found.losses.amin(0))
    assert float((found.losses - found.losses[0]).abs().max()) > 0


@pytest.mark.parametrize("method", ["design", "sampled"])
def test_the_same_seed_trains_the_same_model(method):
    settings = {"method": method, "steps": 30, "n_restarts": 2}
    runs = [train(4, 2, P, torch.ones(4), generator=generator(s), **settings) for s in (6, 6, 7)]
    assert torch.equal(runs[0].W, runs[1].W)
    assert torch.equal(runs[0].losses, runs[1].losses)
    assert not torch.equal(runs[0].W, runs[2].W)


def test_longer_training_costs_less():
    losses = [train(8, 3, P, torch.ones(8), steps=steps, generator=generator(8)).loss for steps in (10, 100, 1000)]
    assert bool((losses[0] > losses[1]).all())
    assert bool((losses[1] > losses[2]).all())


def test_train_on_a_named_device_is_train():
    settings = {"steps": 20, "generator": generator(9), "device": "cpu"}
    named = train(7, 2, P, torch.ones(7), **settings)
    plain = train(7, 2, P, torch.ones(7), steps=20, generator=generator(9))
    assert torch.equal(named.W, plain.W)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_features": 0}, "sizes must be at least 1, got n_features=0, d_hidden=2"),
        ({"importance": torch.ones(3)}, r"importance must have shape \(4,\), got \(3,\)"),
        ({"feature_probability": torch.tensor([])}, "feature_probability must have one entry an instance, got shape"),
        ({"feature_probability": torch.tensor([0.0])}, r"feature_probability must lie in \(0, 1\]"),
        ({"method": "newton"}, "method must be auto, design or sampled, got 'newton'"),
        ({"steps": 0}, "steps, batch and n_restarts must be at least 1"),
        ({"batch": 0}, "steps, batch and n_restarts must be at least 1"),
        ({"n_restarts": 0}, "steps, batch and n_restarts must be at least 1"),
        ({"output": "gelu"}, "output must be one of relu, linear, got 'gelu'"),
        (
            {"n_features": 12, "importance": torch.ones(12), "method": "design"},
            "inputs for 12 features; the most is 10",
        ),
    ],
)
def test_train_refuses_bad_input(change, message):
    task = {"n_features": 4, "d_hidden": 2, "feature_probability": torch.tensor([0.5]), "importance": torch.ones(4)}
    with pytest.raises(ValueError, match=message):
        train(**task | change, generator=generator(0))
