"""The maths of border.js against the package's phases, scipy's quadrature and torch's Adam, on shared random cases."""

import math

import numpy as np
import pytest
import torch
from jaxtyping import Float
from scipy.integrate import quad
from scipy.optimize import minimize
from torch import Tensor
from torch.testing import assert_close

from superposition import phases

N_CASES = 60
GAUSS = torch.tensor([0.5 - 12**-0.5, 0.5 + 12**-0.5], dtype=torch.float64)


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


@pytest.mark.parametrize(("p", "r", "ways"), [(0.8, 1, [0, 1]), (0.8, 0.9, [0]), (0.8, 1.1, [1]), (0.5, 1, [2])])
def test_equal_losses_share_the_first_place(border, p: float, r: float, ways: list[int]) -> None:
    assert border("cheapest", [{"p": p, "r": r}]) == [ways]


@pytest.fixture(scope="module")
def networks(places) -> list[dict]:
    draw = torch.Generator().manual_seed(9)
    return [place | {"w": torch.randn(4, generator=draw, dtype=torch.float64).tolist()} for place in places]


def integral(case: dict) -> float:
    """Expected loss by scipy's adaptive quadrature, which knows nothing of where the ReLUs bend."""
    w, b, p, r = np.array(case["w"][:2]), np.array(case["w"][2:]), case["p"], case["r"]

    def loss(*x: float) -> float:
        errors = np.maximum(0, w * (w @ np.array(x)) + b) - np.array(x)
        return float(errors @ (errors * (1, r)))

    def over(value, tolerance: float) -> float:
        return quad(value, 0, 1, epsabs=tolerance, epsrel=tolerance, limit=400, full_output=1)[0]  # grumbles silently

    alone = over(lambda x: loss(x, 0), 1e-11) + over(lambda x: loss(0, x), 1e-11)
    both = over(lambda x1: over(lambda x2: loss(x1, x2), 1e-11), 1e-8)
    return (1 - p) ** 2 * loss(0, 0) + p * (1 - p) * alone + p**2 * both


def test_the_expected_loss_is_scipys(border, networks) -> None:
    cases = networks[:16]
    found = [case["loss"] for case in border("expectedLoss", cases)]
    assert found == pytest.approx([integral(case) for case in cases], rel=1e-7)


def test_the_expected_loss_is_the_packages_as_far_as_its_nodes_reach(border, networks) -> None:
    w = torch.tensor([case["w"] for case in networks], dtype=torch.float64)
    W, b = w[:, None, :2], w[:, 2:]
    expected = phases.two_feature_expected_loss(W, b, column(networks, "p"), column(networks, "r"), nodes=100)
    found = torch.tensor([case["loss"] for case in border("expectedLoss", networks)], dtype=torch.float64)
    assert_close(found, expected, rtol=1e-4, atol=0)


def test_the_candidates_cost_what_their_formulas_say(border, places) -> None:
    ways = [place | {"arrows": arrows} for place in places for arrows in ([1, 0], [0, 1], [1, -1])]
    starts = border("start", ways)
    assert starts[:3] == [[1, 0, 0, places[0]["p"] / 2], [0, 1, places[0]["p"] / 2, 0], [1, -1, 0, 0]]
    stiff = [way | {"w": w} for way, w in zip(ways, starts, strict=True)]
    found = np.reshape([case["loss"] for case in border("expectedLoss", stiff)], (-1, 3))
    np.testing.assert_allclose(found, border("candidateLosses", places), rtol=1e-12)


def test_the_slope_is_that_of_the_loss(border, networks) -> None:
    step = 1e-5
    moves = step * np.concatenate([np.eye(4), -np.eye(4)])
    around = [case | {"w": (np.array(case["w"]) + move).tolist()} for case in networks for move in moves]
    up, down = np.reshape([case["loss"] for case in border("expectedLoss", around)], (-1, 2, 4)).swapaxes(0, 1)
    slopes = [case["slope"] for case in border("expectedLoss", networks)]
    np.testing.assert_allclose((up - down) / (2 * step), slopes, rtol=1e-6, atol=1e-8)


def cut(cuts: Float[Tensor, "*cases n_cuts"]) -> tuple[Tensor, Tensor]:
    """Two nodes and their weights in each piece of (0, 1) between the cuts; a piece may be empty."""
    inner = torch.nan_to_num(cuts.detach(), 0.0).clamp(0, 1).sort(-1).values
    ends = torch.cat([torch.zeros_like(inner[..., :1]), inner, torch.ones_like(inner[..., :1])], dim=-1)
    width = ends.diff(dim=-1)[..., None]
    return (ends[..., :-1, None] + width * GAUSS).flatten(-2), (width / 2).expand(*width.shape[:-1], 2).flatten(-2)


def exact_loss(w: Float[Tensor, "*cases 4"], p: Tensor, r: Tensor) -> Tensor:
    """Cut where a ReLU bends, w . x = -b / w, and integrate the pieces; differentiable, since the cuts are held."""
    w1, w2, b = w[..., 0], w[..., 1], w[..., 2:]
    bends = -b / w[..., :2]

    def loss(x1: Tensor, x2: Tensor) -> Tensor:
        axes = (...,) + (None,) * (x1.ndim - w1.ndim)
        h = w1[axes] * x1 + w2[axes] * x2
        first = torch.relu(w1[axes] * h + b[..., 0][axes]) - x1
        second = torch.relu(w2[axes] * h + b[..., 1][axes]) - x2
        return first.square() + r[axes] * second.square()

    x1, share1 = cut(bends / w1[..., None])
    x2, share2 = cut(bends / w2[..., None])
    none = loss(torch.zeros_like(w1), torch.zeros_like(w1))
    alone = (share1 * loss(x1, 0 * x1)).sum(-1) + (share2 * loss(0 * x2, x2)).sum(-1)
    x1, across = cut(torch.cat([bends, bends - w2[..., None]], dim=-1) / w1[..., None])
    x2, up = cut((bends[..., None, :] - (w1[..., None] * x1)[..., None]) / w2[..., None, None])
    both = ((up * loss(x1[..., None].expand_as(x2), x2)).sum(-1) * across).sum(-1)
    return (1 - p) ** 2 * none + p * (1 - p) * alone + p**2 * both


@pytest.fixture(scope="module")
def trained(places) -> tuple[Tensor, Tensor]:
    """The same descents by torch: autograd, its Adam and its cosine. The best point of each place, and its loss."""
    p, r = column(places, "p")[:, None], column(places, "r")[:, None]
    start = phases.STARTS.expand(N_CASES, -1, 2)
    w = torch.cat([start, torch.where(start == 0, p[..., None] / 2, 0)], dim=-1).requires_grad_()
    optimiser = torch.optim.Adam([w], lr=0.05)
    kept, least = w.detach().clone(), torch.full(start.shape[:2], math.inf, dtype=torch.float64)
    for step in range(201):
        loss = exact_loss(w, p, r)
        better = loss.detach() < least
        least, kept = torch.where(better, loss.detach(), least), torch.where(better[..., None], w.detach(), kept)
        optimiser.param_groups[0]["lr"] = 0.05 * (1 + math.cos(math.pi * step / 200)) / 2
        optimiser.zero_grad()
        loss.sum().backward()
        optimiser.step()
    winner = least.argmin(-1)
    return kept[torch.arange(N_CASES), winner], least.amin(-1)


def test_the_descent_ends_where_torchs_ends(border, places, trained) -> None:
    w, loss = trained
    found = border("freeOptimum", places)
    assert_close(torch.tensor([end["loss"] for end in found], dtype=torch.float64), loss, rtol=1e-6, atol=0)
    near = (torch.tensor([end["w"] for end in found], dtype=torch.float64) - w).abs().amax(-1) < 1e-3
    assert float(near.double().mean()) > 0.9  # where two starts end equally well either may be kept


def test_the_descent_ends_near_the_packages_search(border, places) -> None:
    some = places[:20]
    _, _, expected = phases.free_optimum(column(some, "p"), column(some, "r"), nodes=40, steps=200)
    found = torch.tensor([end["loss"] for end in border("freeOptimum", some)], dtype=torch.float64)
    assert_close(found, expected, rtol=2e-3, atol=0)  # 40 nodes miss up to .05 %, and so its search stops elsewhere


def test_no_descent_goes_below_the_best_that_a_slow_search_finds(border, places) -> None:
    for place, end in zip(places[:10], border("freeOptimum", places[:10]), strict=True):
        p, r = (torch.tensor(place[name], dtype=torch.float64) for name in "pr")

        def loss(w: np.ndarray, p: Tensor = p, r: Tensor = r, scale: float = end["loss"]) -> tuple[float, np.ndarray]:
            free = torch.from_numpy(w).requires_grad_()
            value = exact_loss(free, p, r) / scale
            return float(value.detach()), torch.autograd.grad(value, free)[0].numpy()

        biases = [[0 if weight else place["p"] / 2 for weight in start] for start in phases.STARTS.tolist()]
        starts = [start + bias for start, bias in zip(phases.STARTS.tolist(), biases, strict=True)]
        options = {"gtol": 1e-8, "maxiter": 2000}
        best = min(minimize(loss, w, jac=True, method="BFGS", options=options).fun for w in [*starts, end["w"]])
        assert 1 - 0.007 <= best <= 1 + 1e-12


def test_the_descent_is_never_above_the_cheapest_way(border, places) -> None:
    cheapest = torch.tensor(border("candidateLosses", places), dtype=torch.float64).amin(-1)
    found = torch.tensor([end["loss"] for end in border("freeOptimum", places)], dtype=torch.float64)
    assert bool((found <= cheapest * (1 + 1e-12)).all())


def test_the_map_is_its_own_mirror_image(border, places) -> None:
    """Numbering the two features the other way round divides every loss by r."""
    mirrored = [{"p": place["p"], "r": 1 / place["r"]} for place in places]
    found, other = (
        torch.tensor([end["loss"] for end in border("freeOptimum", cases)], dtype=torch.float64)
        for cases in (places, mirrored)
    )
    assert_close(other * column(places, "r"), found, rtol=1e-3, atol=0)


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
        (0.8, 0.3, ["keep the first, loss 0.0320", "The trained network agrees: W = (1.00, 0.00)", "nothing saved."]),
        (0.8, 3, ["keep the second, loss 0.107", "The trained network agrees: W = (0.00, 1.00)"]),
        (0.65, 1, ["keep the first or keep the second, loss 0.111 each against", "But the trained network shares"]),
        (0.9, 1.02, ["keep the second, loss 0.0975", "But the trained network shares", "under 0.1 % less."]),
        (0.01, 0.1, ["loss 0.0000183 against 0.000331 and 0.00331."]),
    ],
)
def test_the_sentence_says_who_wins_and_whether_training_agrees(border, p: float, r: float, words: list[str]) -> None:
    [free] = border("freeOptimum", [{"p": p, "r": r}])
    [said] = border("sentence", [{"p": p, "r": r, "free": free}])
    for part in words:
        assert part in said


def test_the_tally_counts_contradictions(border) -> None:
    cells = [{"phase": 2, "winner": 2}, {"phase": 2, "winner": 0}, {"phase": -1, "winner": 0}]
    some, every = border("tally", [{"cells": cells}, {"cells": cells[:2]}])
    assert some == "Trained at 3 places: 2 contradict the map, 1 of these by sharing."
    assert every == "Trained at 2 places: 1 contradict the map, all by sharing."


def test_what_is_saved_is_never_negative(border, places) -> None:
    ends = border("freeOptimum", places)
    for said in border("sentence", [place | {"free": end} for place, end in zip(places, ends, strict=True)]):
        assert said.endswith((" % less.", "nothing saved."))
        assert not {"-", "\u2212"} & set(said.split("loss")[-1])
