"""What polygon.js trains against what the package trains: the same task, other random numbers, the same polygon."""

import math

import pytest
import torch

from superposition import features, toy_models

N_FEATURES, PROBABILITY = 5, 0.05
TASK = {"nFeatures": N_FEATURES, "featureProbability": PROBABILITY, "importanceDecay": 1.0}


def directions(W: torch.Tensor) -> list[float]:
    """Gaps in degrees between the neighbouring columns of W."""
    angles = torch.atan2(W[1], W[0]).rad2deg().sort().values
    return torch.cat([angles.diff(), angles[:1] + 360 - angles[-1:]]).tolist()


def fresh_loss(W: torch.Tensor, b: torch.Tensor, probability: float, decay: float = 1.0) -> float:
    """Loss on two million samples that no training has seen: one part in a hundred is chance."""
    x = features.sample(2_000_000, W.shape[1], probability, generator=torch.Generator().manual_seed(11))[0]
    importance = features.geometric_importance(W.shape[1], decay)
    return toy_models.reconstruction_loss(x, torch.relu(x @ W.T @ W + b), importance).item()


@pytest.fixture(scope="module")
def trained_by_the_package() -> toy_models.History:
    generator = torch.Generator().manual_seed(0)
    model = toy_models.ToyModel(N_FEATURES, 2, generator=generator)
    return toy_models.fit(
        model,
        lambda batch, generator: features.sample(batch, N_FEATURES, PROBABILITY, generator=generator),
        torch.ones(N_FEATURES),
        steps=1500,
        batch=2048,
        lr=1e-2,
        generator=generator,
    )


@pytest.fixture(scope="module")
def trained_by_the_page(polygon) -> list[dict]:
    return polygon("train", [{**TASK, "seed": seed} for seed in range(10)])


def unpacked(run: dict) -> tuple[torch.Tensor, torch.Tensor]:
    rows = torch.tensor(run["parameters"]).reshape(3, -1)
    return rows[:2], rows[2]


def test_both_find_the_regular_pentagon(trained_by_the_page, trained_by_the_package) -> None:
    assert directions(trained_by_the_package.W[0]) == pytest.approx([72] * 5, abs=2)
    for run in trained_by_the_page:
        W, _ = unpacked(run)
        assert directions(W) == pytest.approx([72] * 5, abs=2)
        assert W.norm(dim=0).tolist() == pytest.approx(trained_by_the_package.W[0].norm(dim=0).tolist(), rel=0.02)


def test_both_reach_the_same_loss_on_fresh_samples(trained_by_the_page, trained_by_the_package) -> None:
    expected = fresh_loss(trained_by_the_package.W[0], trained_by_the_package.b[0], PROBABILITY)
    assert expected < 0.25 * toy_models.best_linear_loss(N_FEATURES, 2, PROBABILITY, torch.ones(N_FEATURES))
    for run in trained_by_the_page:
        assert fresh_loss(*unpacked(run), PROBABILITY) == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize(("n", "p", "decay"), [(5, 0.05, 1.0), (3, 0.05, 1.0), (8, 0.3, 0.8), (12, 0.01, 1.0)])
def test_the_loss_it_states_is_the_loss_on_fresh_samples(polygon, n: int, p: float, decay: float) -> None:
    [run] = polygon("train", [{"nFeatures": n, "featureProbability": p, "importanceDecay": decay, "seed": 4}])
    W, b = unpacked(run)
    assert run["loss"] == pytest.approx(fresh_loss(W, b, p, decay), rel=0.03)


def test_dense_features_are_a_linear_matter(polygon) -> None:
    [run] = polygon("train", [{"nFeatures": 6, "featureProbability": 1.0, "importanceDecay": 0.5, "seed": 0}])
    linear = toy_models.best_linear_loss(6, 2, 1.0, features.geometric_importance(6, 0.5))
    assert fresh_loss(*unpacked(run), 1.0, 0.5) == pytest.approx(linear, rel=0.02)


def test_the_same_seed_gives_the_same_run_and_another_seed_another(polygon) -> None:
    first, again, other = polygon("train", [{**TASK, "seed": seed} for seed in (7, 7, 8)])
    assert first == again
    assert first["parameters"] != other["parameters"]


def test_the_sentence_of_a_trained_run(trained_by_the_page) -> None:
    for run in trained_by_the_page:
        assert run["sentence"].startswith("5 features after 300 steps: a regular pentagon, gaps 7")
        assert run["sentence"].endswith("best linear model 0.00962; D = 0.40 each, sum 2.00 of 2.")


def star(*angles: float, length: float = 1.0) -> list[list[float]]:
    return [[length * math.cos(math.radians(a)), length * math.sin(math.radians(a))] for a in angles]


@pytest.mark.parametrize(
    ("W", "words"),
    [
        (star(0, 90, 180, 270), "4 features before training: a square, gaps 90°;"),
        (star(10, 130, 250), "a regular triangle, gaps 120°;"),
        (star(0, 120, 240, 0, 120, 240), "a regular triangle, 6 arrows on 3 directions, gaps 120°;"),
        (star(0, 180) + star(45, length=0.2), "two opposite directions, 2 of 3 features kept, gaps 180°;"),
        (star(0, 90), "two directions, gaps 90° to 270°;"),
        (star(0, 50, 200), "no regular polygon, gaps 50° to 160°;"),
        (star(30) + star(80, length=0.1), "one arrow longer than 0.5;"),
        (star(30, 80, length=0.1), "no arrow longer than 0.5;"),
        (star(0, 120, 240), "D = 0.67 each, sum 2.00 of 2."),
        (star(0, 90, 180), "D = 0.50 to 1.00, sum 2.00 of 2."),
    ],
)
def test_the_sentence_names_what_is_seen(polygon, W: list[list[float]], words: str) -> None:
    [found] = polygon("sentence", [{"W": W}])
    assert words in found
