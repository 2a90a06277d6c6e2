"""The maths of attention_head.js against the package, on shared random cases."""

import pytest
import torch
from torch.testing import assert_close

from superposition.attention import attend, causal_mask
from superposition.widgets import AttentionHead

N_CASES = 200
KINDS = ("queries", "keys", "values")


@pytest.fixture(scope="module")
def cases() -> list[dict]:
    generator = torch.Generator().manual_seed(0)

    def one(case: int) -> dict:
        drawn = 2 * torch.randn(3, 4, 2, generator=generator, dtype=torch.float64)
        beta = 20 * torch.rand((), generator=generator, dtype=torch.float64)
        return {
            "points": dict(zip(KINDS, drawn.tolist(), strict=True)),
            "inverseTemperature": 0.0 if case == 0 else beta.item(),
            "causal": case % 2 == 1,
        }

    return [one(case) for case in range(N_CASES)]


def in_python(case: dict, factor: float = 1.0) -> tuple[torch.Tensor, torch.Tensor]:
    queries, keys, values = (factor * torch.tensor(case["points"][kind], dtype=torch.float64) for kind in KINDS)
    return attend(case["inverseTemperature"] * queries, keys, values, mask=causal_mask(4) if case["causal"] else None)


def close(found: object, expected: torch.Tensor) -> None:
    assert_close(torch.tensor(found, dtype=torch.float64), expected, rtol=0, atol=1e-12)


def test_pattern_and_outputs_are_the_packages(head, cases) -> None:
    for case, weights, sums in zip(cases, head("pattern", cases), head("outputs", cases), strict=True):
        output, pattern = in_python(case)
        close(weights, pattern)
        close(sums, output)


def test_the_doubling_test_is_the_packages(head, cases) -> None:
    for case, found in zip(cases, head("doublingDefect", cases), strict=True):
        once, twice = in_python(case)[0], in_python(case, 2.0)[0]
        close(found, (twice - 2 * once).norm() / twice.norm())


def test_a_held_pattern_doubles_exactly_and_zero_values_are_no_nan(head, cases) -> None:
    held = [{**case, "held": in_python(case)[1].tolist()} for case in cases]
    assert head("doublingDefect", held) == pytest.approx([0.0] * N_CASES, abs=1e-15)
    silent = [{**cases[1], "points": {**cases[1]["points"], "values": [[0.0, 0.0]] * 4}}]
    assert head("doublingDefect", silent) == [0]


def test_the_hull_holds_every_value_and_every_output(head, cases) -> None:
    for case, corners, sums in zip(cases, head("hull", cases), head("outputs", cases), strict=True):
        around = torch.tensor(corners, dtype=torch.float64)
        edges = around.roll(-1, 0) - around
        for point in [*case["points"]["values"], *sums]:
            there = torch.tensor(point, dtype=torch.float64) - around
            assert float((edges[:, 0] * there[:, 1] - edges[:, 1] * there[:, 0]).min()) > -1e-9
        assert all(corner in case["points"]["values"] for corner in corners)


def test_the_sentence_says_weights_output_and_verdict(head) -> None:
    points = {
        "queries": [[1.0, 0.0]] * 4,
        "keys": [[0.0, 1.0]] * 4,
        "values": [[1.0, 0.0], [-1.0, 0.0], [0.0, 2.0], [0.0, 0.0]],
    }
    case = {"points": points, "inverseTemperature": 3, "causal": False, "query": 2}
    said = head("sentence", [case, {**case, "causal": True, "query": 1}, {**case, "held": torch.eye(4).tolist()}])
    assert said == [
        "“bank” reads “the” 25 %, “river” 25 %, “bank” 25 %, “floods” 25 %; its output is (0.00, 0.50). "
        "If all inputs were doubled, the outputs would miss doubling by 0 %.",
        "“river” reads “the” 50 %, “river” 50 %, “bank” 0 %, “floods” 0 %; its output is (0.00, 0.00). "
        "If all inputs were doubled, the outputs would miss doubling by 0 %.",
        "“bank” reads “the” 0 %, “river” 0 %, “bank” 100 %, “floods” 0 %; its output is (0.00, 2.00). "
        "The pattern is held, so doubling all inputs doubles all outputs exactly.",
    ]


def test_the_python_face_states_its_token_and_temperature() -> None:
    figure = AttentionHead(inverse_temperature=4, query=2, causal=1)
    assert repr(figure) == "AttentionHead(inverse_temperature=4.0, query=2, causal=1, held=0)"
    assert "token 2 reads" in figure.describe()
    assert "inverse temperature 4." in figure.describe()
