"""The maths of border.js against the package's phases, on shared random cases."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from torch.testing import assert_close

from superposition import phases

N_CASES = 60
STARTS = torch.tensor([[1, 0], [0, 1], [1, -1], [0.8, -0.5]], dtype=torch.float64)


@pytest.fixture(scope="module")
def places() -> list[dict]:
    across, up = torch.rand(2, N_CASES, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    return [{"p": 10 ** float(-2 * x), "r": 10 ** float(2 * y - 1)} for x, y in zip(across, up, strict=True)]


def column(places: list[dict], name: str) -> torch.Tensor:
    return torch.tensor([place[name] for place in places], dtype=torch.float64)


def test_the_three_losses_are_the_packages(border, places) -> None:
    expected = phases.two_feature_losses(column(places, "p"), column(places, "r"))
    found = torch.tensor(border("candidateLosses", places), dtype=torch.float64)
    assert_close(found, expected, rtol=1e-12, atol=1e-15)


def test_the_border_is_the_packages_and_divides_the_winners(border, places) -> None:
    found = torch.tensor(border("boundary", places), dtype=torch.float64)
    assert_close(found, phases.boundary(column(places, "r")), rtol=1e-12, atol=0)
    winners = torch.tensor(border("candidateLosses", places)).argmin(-1)
    assert torch.equal(winners == phases.SUPERPOSED, column(places, "p") < found)


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_nodes_and_weights_are_numpys(border, n: int) -> None:
    [found] = border("gaussLegendre", [{"n": n}])
    nodes, weights = np.polynomial.legendre.leggauss(n)
    ordered = sorted((entry["node"], entry["weight"]) for entry in found)
    np.testing.assert_allclose([node for node, _ in ordered], (nodes + 1) / 2, atol=1e-14)
    np.testing.assert_allclose([weight for _, weight in ordered], weights / 2, atol=1e-14)


def test_expected_loss_and_its_slope_are_the_packages(border, places) -> None:
    draw = torch.Generator().manual_seed(9)
    cases = [place | {"w": torch.randn(4, generator=draw, dtype=torch.float64).tolist()} for place in places]
    for case, found in zip(cases, border("expectedLoss", cases), strict=True):
        w = torch.tensor(case["w"], dtype=torch.float64, requires_grad=True)
        loss = phases.two_feature_expected_loss(w[None, :2], w[2:], case["p"], case["r"], nodes=8)
        loss.backward()
        assert found["loss"] == pytest.approx(float(loss.detach()), rel=1e-9)
        assert w.grad is not None
        assert found["slope"] == pytest.approx(w.grad.tolist(), rel=1e-8, abs=1e-12)


def test_the_descent_ends_where_the_packages_search_ends(border, places) -> None:
    p, r = column(places, "p"), column(places, "r")
    W, b, loss = phases.free_optimum(p, r, starts=STARTS, nodes=8, steps=200)
    found = border("freeOptimum", places)
    assert_close(torch.tensor([end["loss"] for end in found], dtype=torch.float64), loss, rtol=1e-6, atol=1e-9)
    ends = torch.tensor([end["w"] for end in found], dtype=torch.float64)
    near = (ends - torch.cat([W[:, 0], b], dim=-1)).abs().amax(-1) < 1e-3
    assert float(near.double().mean()) > 0.9  # where two starts end equally well either may be kept


def test_no_descent_goes_below_the_best_that_a_slow_search_finds(border, places) -> None:
    def loss(w: np.ndarray, place: dict) -> float:
        W, b = torch.from_numpy(w[None, :2]), torch.from_numpy(w[2:])
        return float(phases.two_feature_expected_loss(W, b, place["p"], place["r"], nodes=8))

    for place, end in zip(places[:12], border("freeOptimum", places[:12]), strict=True):
        options = {"xatol": 1e-7, "fatol": 1e-12, "maxiter": 2000}
        best = minimize(loss, end["w"], args=(place,), method="Nelder-Mead", options=options)
        assert best.fun <= end["loss"] + 1e-12
        assert end["loss"] <= best.fun * 1.01


def test_the_descent_is_never_above_the_cheapest_way(border, places) -> None:
    cheapest = torch.tensor(border("candidateLosses", places), dtype=torch.float64).amin(-1)
    found = torch.tensor([end["loss"] for end in border("freeOptimum", places)], dtype=torch.float64)
    assert bool((found <= cheapest * 1.012).all())  # eight nodes miss up to 1.1 % where a ReLU bends


def test_phases_are_named_as_in_the_package(border) -> None:
    w = torch.randn(200, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64) / 2
    found = border("phaseOf", [{"w": pair} for pair in w.tolist()])
    assert found == phases.phase_of(w[:, None]).tolist()


def test_a_place_and_its_shares_undo_each_other(border, places) -> None:
    shares = border("shares", places)
    back = border("place", [{"across": across, "up": up} for across, up in shares])
    for place, again in zip(places, back, strict=True):
        assert (again["p"], again["r"]) == pytest.approx((place["p"], place["r"]), rel=1e-12)
    corners = border("place", [{"across": 0, "up": 0}, {"across": 1, "up": 1}])
    assert [(corner["p"], corner["r"]) for corner in corners] == [
        pytest.approx((1, 0.1)),
        pytest.approx((0.01, 10)),
    ]


@pytest.mark.parametrize(
    ("p", "r", "words"),
    [
        (0.1, 1, ["both, head to head, loss 0.00333 against 0.0308 and 0.0308", "The trained network agrees"]),
        (0.8, 0.3, ["keep the first, loss 0.0320", "The trained network agrees"]),
        (0.8, 3, ["keep the second, loss 0.107", "The trained network agrees"]),
        (0.65, 1, ["But the trained network shares"]),
    ],
)
def test_the_sentence_says_who_wins_and_whether_training_agrees(border, p: float, r: float, words: list[str]) -> None:
    [free] = border("freeOptimum", [{"p": p, "r": r}])
    [said] = border("sentence", [{"p": p, "r": r, "free": free}])
    for part in words:
        assert part in said


def test_the_tally_counts_contradictions(border) -> None:
    cells = [{"phase": 2, "winner": 2}, {"phase": 2, "winner": 0}, {"phase": -1, "winner": 0}]
    [said] = border("tally", [{"cells": cells}])
    assert said == "Trained at 3 places: 2 contradict the map, 1 of these by sharing."
