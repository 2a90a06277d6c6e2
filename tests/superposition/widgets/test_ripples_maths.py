"""The maths of ripples.js against the package's waves, on shared random cases."""

import math

import pytest
import torch
from torch.testing import assert_close

from superposition import waves

N_CASES = 200


@pytest.fixture(scope="module")
def cases() -> list[dict]:
    generator = torch.Generator().manual_seed(5)

    def one(case: int) -> dict:
        n = 1 + case % 12
        x, y, wavelength = torch.rand(3, generator=generator, dtype=torch.float64).tolist()
        return {
            "x": 16 * x - 8,
            "y": 12 * y - 6,
            "wavelength": 0.8 + 3.2 * wavelength,
            "sources": (12 * torch.rand(n, 2, generator=generator, dtype=torch.float64) - 6).tolist(),
            "phases": (7 * torch.rand(n, generator=generator, dtype=torch.float64)).tolist(),
        }

    return [one(case) for case in range(N_CASES)]


def total(case: dict, x: float, y: float) -> torch.Tensor:
    """The package's sum of all waves of a case at one place."""
    place = torch.tensor([x, y], dtype=torch.float64)
    parts = zip(case["sources"], case["phases"], strict=True)
    return torch.stack(
        [waves.circular_wave(place[:1], place[1:], tuple(at), case["wavelength"], phase) for at, phase in parts]
    ).sum()


def test_one_wave_is_the_packages(ripples, cases) -> None:
    single = [{**case, "source": case["sources"][0], "phase": case["phases"][0]} for case in cases]
    for case, found in zip(single, ripples("circularWave", single), strict=True):
        alone = {**case, "sources": [case["source"]], "phases": [case["phase"]]}
        assert complex(*found) == pytest.approx(complex(total(alone, case["x"], case["y"])), abs=1e-12)


def test_brightness_is_the_packages_intensity_of_the_sum(ripples, cases) -> None:
    expected = [float(waves.intensity(total(case, case["x"], case["y"]))) for case in cases]
    assert_close(torch.tensor(ripples("brightness", cases)), torch.tensor(expected), rtol=1e-10, atol=1e-10)


def test_two_sources_are_two_source(ripples, cases) -> None:
    pairs = [{**case, "sources": [[0, 1.5], [0, -1.5]], "phases": [0, case["phases"][0]]} for case in cases]
    for case, found in zip(pairs, ripples("brightness", pairs), strict=True):
        x, y = torch.tensor([case["x"]], dtype=torch.float64), torch.tensor([case["y"]], dtype=torch.float64)
        both = sum(waves.two_source(x, y, 3.0, case["wavelength"], case["phases"][1]))
        assert found == pytest.approx(float(waves.intensity(both)), abs=1e-10)


def test_the_water_is_the_sum_also_after_sources_have_moved_come_and_gone(ripples, cases) -> None:
    pixels = [[0, 0], [207, 155], [100, 77], [13, 140]]
    histories = [{"states": cases[start : start + 4], "pixels": pixels} for start in range(0, 48, 4)]
    for history, found in zip(histories, ripples("water", histories), strict=True):
        for x, y, re, im in found:
            assert complex(re, im) == pytest.approx(complex(total(history["states"][-1], x, y)), abs=1e-10)


def test_pixels_cover_the_tank_from_the_upper_left(ripples, cases) -> None:
    [places] = ripples("water", [{"states": cases[:1], "pixels": [[0, 0], [207, 155]]}])
    half = 0.5 / 13
    assert [place[:2] for place in places] == pytest.approx(
        [pytest.approx([-8 + half, 6 - half]), pytest.approx([8 - half, -6 + half])]
    )


def test_seed_zero_is_in_step_and_other_seeds_are_uniform(ripples) -> None:
    zeros, first, again, many = ripples(
        "phases", [{"n": 5, "seed": 0}, {"n": 5, "seed": 3}, {"n": 5, "seed": 3}, {"n": 4000, "seed": 1}]
    )
    assert zeros == [0] * 5
    assert first == again
    turns = torch.tensor(many) / (2 * math.pi)
    assert 0 <= float(turns.min()) <= float(turns.max()) < 1
    resultant = torch.exp(2j * math.pi * turns).sum().abs()
    assert float(resultant) < 3 * math.sqrt(4000)
    assert float(turns.mean()) == pytest.approx(0.5, abs=4 / math.sqrt(12 * 4000))


@pytest.mark.parametrize("n", range(1, 13))
def test_sources_start_in_a_column_inside_the_tank(ripples, n: int) -> None:
    [places] = ripples("column", [{"n": n}])
    heights = [y for _, y in places]
    assert len(set(heights)) == n
    assert sum(heights) == pytest.approx(0, abs=1e-9)
    assert max(map(abs, heights)) < 6


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"sources": [[0, 0]], "phases": [0]}, "1 source. At the cork the arrows add up to length 1.00,"),
        ({"sources": [[0, 1], [0, -1]], "phases": [0, 0]}, "2 sources in step, 2.0 wavelengths apart."),
        ({"sources": [[0, 1], [0, -1]], "phases": [0, 0]}, "length 2.00, so the brightness is 4.00; brightnesses"),
        ({"sources": [[0, 1], [0, -1]], "phases": [0, math.pi]}, "2 sources with random phases"),
        ({"sources": [[0, 1], [0, -1]], "phases": [0, math.pi]}, "brightness is 0.00; brightnesses alone"),
        ({"sources": [[0, 1]] * 3, "phases": [0] * 3}, "brightness is 9.00; brightnesses alone would add up to 3."),
    ],
)
def test_the_sentence_says_what_is_seen(ripples, state: dict, words: str) -> None:
    [said] = ripples("sentence", [{**state, "wavelength": 1.0, "cork": [5, 0]}])
    assert words in said
