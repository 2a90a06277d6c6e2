"""What the exercises of *phases* teach is what the package computes, and what autograd and quadrature find."""

import pytest
import torch
from scipy.integrate import quad
from torch.testing import assert_close

from superposition import expected_loss, importance_sampling, phases
from superposition.course import bank

SEEDS = range(5)


def drawn(name, seed):
    """Return the answer of an exercise's reference on inputs it draws for itself, and the inputs."""
    exercise = bank.find(f"phases.{name}")
    inputs = exercise.sample(torch.Generator().manual_seed(seed), seed)
    return exercise.call(exercise.reference, inputs), inputs


@pytest.mark.parametrize("seed", SEEDS)
def test_losses_border_and_phases_are_the_packages(seed):
    losses, inputs = drawn("candidate_losses", seed)
    assert_close(losses.double(), phases.two_feature_losses(**inputs), rtol=1e-5, atol=1e-7)
    border, inputs = drawn("boundary", seed)
    assert_close(border.double(), phases.boundary(**inputs), rtol=1e-5, atol=0)
    found, inputs = drawn("phase_of", seed)
    assert_close(found, phases.phase_of(inputs["W"].unsqueeze(1), inputs["threshold"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_weights_are_the_packages(seed):
    weights, inputs = drawn("reweight", seed)
    assert_close(weights, importance_sampling.importance_weights(**inputs), rtol=1e-5, atol=0)
    weights, inputs = drawn("design_weights", seed)
    inputs.pop("points")  # the package counts the inputs of a pattern itself
    assert_close(weights.double(), expected_loss.design_weights(**inputs), rtol=1e-5, atol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_gradient_is_autograds(seed):
    gradient, inputs = drawn("weight_gradient", seed)
    W, b, x, importance = (value.double() for value in inputs.values())
    W.requires_grad_()
    loss = (importance * (torch.relu(x @ W.T @ W + b) - x).square()).mean()
    assert_close(gradient.double(), torch.autograd.grad(loss, W)[0], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_first_order_loss_tends_to_the_integral(seed):
    """A mean over midpoints in place of the random x, against the package's closed form and adaptive quadrature."""
    _, inputs = drawn("first_order_loss", seed)
    inputs["x"] = (torch.arange(4000) + 0.5) / 4000
    exercise = bank.find("phases.first_order_loss")
    ours = exercise.call(exercise.reference, inputs)
    W, b, importance = (inputs[name].double() for name in ("W", "b", "importance"))
    assert ours == pytest.approx(expected_loss.first_order_loss(W, b, importance).item(), rel=1e-5)
    overlap, n = (W.T @ W).numpy(), len(b)
    integral = sum(
        float(importance[j])
        * quad(
            lambda x, i=i, j=j: (x * (i == j) - max(overlap[i, j] * x + float(b[j]), 0)) ** 2,
            0,
            1,
            points=[min(max(-float(b[j]) / overlap[i, j], 0), 1)],
        )[0]
        for i in range(n)
        for j in range(n)
    )
    assert ours == pytest.approx(integral / n, rel=1e-5)
