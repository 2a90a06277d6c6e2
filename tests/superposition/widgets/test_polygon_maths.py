"""The maths of polygon.js against torch, on shared random cases."""

import itertools
import math

import pytest
import torch
from torch.testing import assert_close

from superposition.features import geometric_importance, moments
from superposition.toy_models import ToyModel, best_linear_loss, reconstruction_loss

N_CASES = 120


def toy_model(parameters: torch.Tensor) -> ToyModel:
    """A model of the package with the figure's flat parameters: two rows of W, then b."""
    rows = parameters.reshape(3, -1)
    model = ToyModel(rows.shape[1], 2, generator=torch.Generator()).double()
    model.W.data, model.b.data = rows[None, :2].clone(), rows[None, 2].clone()
    return model


@pytest.fixture(scope="module")
def cases() -> list[dict]:
    generator = torch.Generator().manual_seed(5)

    def one(case: int) -> dict:
        n, size = 2 + case % 11, 1 + case % 7
        draw = torch.rand(size, n, generator=generator, dtype=torch.float64)
        return {
            "parameters": torch.randn(3 * n, generator=generator, dtype=torch.float64).tolist(),
            "x": torch.relu(1 - draw / (0.1 + 0.9 * (case % 10) / 9)).tolist(),
            "weight": (0.1 + 3 * torch.rand(size, generator=generator, dtype=torch.float64)).tolist(),
            "importance": torch.rand(n, generator=generator, dtype=torch.float64).tolist(),
        }

    return [one(case) for case in range(N_CASES)]


def tensors(case: dict) -> dict[str, torch.Tensor]:
    return {name: torch.tensor(value, dtype=torch.float64) for name, value in case.items()}


def test_forward_is_the_packages_toy_model(polygon, cases) -> None:
    for case, found in zip(cases, polygon("forward", cases), strict=True):
        given = tensors(case)
        expected = toy_model(given["parameters"])(given["x"])[0]
        assert_close(torch.tensor(found, dtype=torch.float64), expected, rtol=1e-12, atol=1e-12)


def test_loss_and_hand_derived_gradient_are_autograds(polygon, cases) -> None:
    for case, found in zip(cases, polygon("lossAndGradient", cases), strict=True):
        given = tensors(case)
        model = toy_model(given["parameters"])
        error = (given["x"] - model(given["x"])[0]).square()
        loss = (given["weight"][:, None] * given["importance"] * error).mean()
        loss.backward()
        expected = torch.cat([model.W.grad.flatten(), model.b.grad.flatten()])
        assert found["loss"] == pytest.approx(loss.item(), rel=1e-12)
        assert_close(torch.tensor(found["gradient"], dtype=torch.float64), expected, rtol=1e-10, atol=1e-12)


def test_loss_without_weights_is_the_packages(polygon, cases) -> None:
    plain = [{**case, "weight": [1.0] * len(case["x"])} for case in cases]
    for case, found in zip(plain, polygon("lossAndGradient", plain), strict=True):
        given = tensors(case)
        x_hat = toy_model(given["parameters"])(given["x"])[0]
        expected = reconstruction_loss(given["x"], x_hat, given["importance"])
        assert found["loss"] == pytest.approx(expected.item(), rel=1e-12)


def test_dimensionality_is_the_slow_double_sum(polygon, cases) -> None:
    columns = [{"W": torch.tensor(case["parameters"]).reshape(3, -1)[:2].T.tolist()} for case in cases]
    columns.append({"W": [[0.0, 0.0], [1.0, 0.0], [1.0, 0.0]]})
    for case, found in zip(columns, polygon("dimensionality", columns), strict=True):
        slow = [
            math.hypot(*w) ** 4 / sum((w[0] * v[0] + w[1] * v[1]) ** 2 for v in case["W"]) if any(w) else 0.0
            for w in case["W"]
        ]
        assert found == pytest.approx(slow, rel=1e-10)
        assert sum(found) <= 2 + 1e-9
    assert found == [0, 0.5, 0.5]


def test_best_linear_loss_is_the_packages(polygon) -> None:
    tasks = [(n, p, decay) for n in (2, 3, 7, 12) for p in (0.01, 0.3, 1.0) for decay in (0.3, 0.9, 1.0)]
    importances = [geometric_importance(n, decay).double() for n, _, decay in tasks]
    cases = [{"importance": i.tolist(), "p": p} for i, (_, p, _) in zip(importances, tasks, strict=True)]
    expected = [best_linear_loss(n, 2, p, i) for i, (n, p, _) in zip(importances, tasks, strict=True)]
    assert polygon("bestLinearLoss", cases) == pytest.approx(expected, rel=1e-6)


def mulberry32(seed: int, count: int) -> list[float]:
    """The generator once more, in whole numbers kept below 2^32 by hand."""
    state, out, low = seed, [], 2**32 - 1
    for _ in range(count):
        state = (state + 0x6D2B79F5) & low
        mixed = (state ^ state >> 15) * (state | 1) & low
        mixed ^= (mixed + ((mixed ^ mixed >> 7) * (mixed | 61) & low)) & low
        out.append((mixed ^ mixed >> 14) / 2**32)
    return out


def test_a_seed_gives_the_numbers_of_mulberry32(polygon) -> None:
    seeds = [0, 1, 77, 9999]
    found = polygon("uniforms", [{"seed": seed, "count": 200} for seed in seeds])
    assert found == [mulberry32(seed, 200) for seed in seeds]


@pytest.mark.parametrize(("n", "p"), [(5, 0.05), (5, 0.3), (12, 0.01), (2, 1.0), (8, 1 / 8)])
def test_weighted_samples_keep_the_moments_of_sparse_features(polygon, n: int, p: float) -> None:
    size = 40_000
    [batch] = polygon("sparseBatch", [{"seed": 3, "n": n, "p": p, "size": size}])
    x = torch.tensor(batch["x"], dtype=torch.float64).reshape(size, n)
    weight = torch.tensor(batch["weight"], dtype=torch.float64)
    mean, second, _ = (float(moment) for moment in moments(p))
    for values, expected in [(x[:, 0], mean), (x[:, -1] ** 2, second), (x[:, 0] * x[:, 1], mean**2)]:
        weighted = weight * values
        assert abs(weighted.mean() - expected) < 4 * weighted.std() / math.sqrt(size)
    assert abs(weight.mean() - 1) < 4 * weight.std() / math.sqrt(size) + 1e-12


@pytest.mark.parametrize(("n", "p"), list(itertools.product((2, 5, 12), (0.01, 0.05, 0.3, 1.0))))
def test_points_of_the_expected_loss_keep_the_moments(polygon, n: int, p: float) -> None:
    [points] = polygon("expectation", [{"n": n, "p": p}])
    weight = torch.tensor(points["weight"], dtype=torch.float64)
    x = torch.tensor(points["x"], dtype=torch.float64).reshape(-1, n)
    mean, second, _ = (float(moment) for moment in moments(p))
    pairs = (weight * (x.sum(dim=1) ** 2 - (x**2).sum(dim=1))).mean().item() / (n * (n - 1))
    assert weight.mean().item() == pytest.approx(1, rel=1e-5)
    assert (weight @ x / len(x)).tolist() == pytest.approx([mean] * n, rel=0.05)
    assert (weight @ x / len(x)).mean().item() == pytest.approx(mean, rel=0.01)
    assert (weight @ x**2 / len(x)).mean().item() == pytest.approx(second, rel=0.01)
    assert pairs == pytest.approx(mean**2, rel=0.03)
