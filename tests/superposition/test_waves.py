import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import eval_chebyu, sici
from torch.testing import assert_close

from superposition import waves

REAL = torch.float64
N_POINTS = 401
X = torch.linspace(0, 1, N_POINTS, dtype=REAL)
DX = 1 / (N_POINTS - 1)
WIDTH = 0.03
counts = st.integers(1, 12)
angles = st.floats(-20, 20)


def pulse(centre: float, direction: int, height: float = 1.0) -> tuple[torch.Tensor, torch.Tensor]:
    """A bump that travels one way: shape, and velocity at the start."""
    shape = height * torch.exp(-(((X - centre) / WIDTH) ** 2))
    return shape, direction * 2 * (X - centre) / WIDTH**2 * shape


def run(*pulses: tuple[torch.Tensor, torch.Tensor], duration: float = 0.4, cubic: float = 0.0) -> torch.Tensor:
    u, velocity = (sum(parts) for parts in zip(*pulses, strict=True))
    return waves.simulate_string(u, velocity, DX, DX, round(duration / DX), cubic)


# ---- two sources, many slits ----


def random_places(seed: int) -> torch.Tensor:
    return 20 * torch.rand(2, 200, generator=torch.Generator().manual_seed(seed), dtype=REAL) - 10


def test_a_circular_wave_is_cosine_and_sine_of_the_distance():
    x, y = random_places(0)
    u = waves.circular_wave(x, y, (1.5, -2.0), wavelength=0.7, phase=0.3)
    for place in range(200):
        r = math.dist((float(x[place]), float(y[place])), (1.5, -2.0))
        turn = 2 * math.pi * r / 0.7 + 0.3
        assert complex(u[place]) == pytest.approx(complex(math.cos(turn), math.sin(turn)), abs=1e-9)


@given(st.floats(0, 10), st.floats(0.3, 4), angles)
def test_two_sources_make_four_cosine_squared(separation, wavelength, phase):
    x, y = random_places(1)
    first, second = waves.two_source(x, y, separation, wavelength, phase)
    r1, r2 = torch.hypot(x, y - separation / 2), torch.hypot(x, y + separation / 2)
    expected = 4 * torch.cos((2 * math.pi / wavelength * (r2 - r1) + phase) / 2) ** 2
    assert_close(waves.intensity(first + second), expected, atol=1e-9, rtol=0)


def test_far_away_the_dark_directions_are_odd_half_wavelengths():
    sines = torch.tensor([-0.375, -0.125, 0.125, 0.375], dtype=REAL)
    x, y = 1e5 * torch.sqrt(1 - sines**2), 1e5 * sines
    first, second = waves.two_source(x, y, separation=4.0)
    assert float(waves.intensity(first + second).max()) < 1e-6


def test_sources_at_one_place_are_one_wave_twice():
    first, second = waves.two_source(*random_places(2), separation=0.0)
    assert torch.equal(first, second)


@pytest.mark.parametrize("wavelength", [0.0, -1.0])
def test_a_wave_needs_a_length(wavelength):
    with pytest.raises(ValueError, match=f"wavelength must be above 0, got {wavelength}"):
        waves.circular_wave(X, X, (0, 0), wavelength)


def test_intensity_is_the_sum_of_squares_of_both_parts():
    u = torch.randn(50, dtype=torch.complex128, generator=torch.Generator().manual_seed(0))
    assert_close(waves.intensity(u), u.real**2 + u.imag**2)
    assert_close(waves.intensity(u.real), u.real**2)


@given(counts, angles)
def test_slits_are_a_sum_of_arrows_and_a_chebyshev_polynomial(n_slits, delta):
    found = float(waves.n_slit_intensity(n_slits, torch.tensor([delta], dtype=REAL)))
    across = sum(math.cos(j * delta) for j in range(n_slits))
    up = sum(math.sin(j * delta) for j in range(n_slits))
    assert found == pytest.approx(across**2 + up**2, abs=1e-9)
    assert found == pytest.approx(eval_chebyu(n_slits - 1, math.cos(delta / 2)) ** 2, abs=1e-9)


@given(counts)
def test_slits_reach_n_squared_and_n_on_average(n_slits):
    delta = 2 * math.pi * torch.arange(-64, 64, dtype=REAL) / 64
    found = waves.n_slit_intensity(n_slits, delta)
    assert_close(found[[0, 64]], torch.full((2,), float(n_slits**2), dtype=REAL))
    assert float(found.mean()) == pytest.approx(n_slits)


def test_there_is_at_least_one_slit():
    with pytest.raises(ValueError, match="n_slits must be at least 1, got 0"):
        waves.n_slit_intensity(0, X)


# ---- Fourier ----


@given(st.integers(0, 20), angles)
def test_partial_square_wave_is_a_slow_sum(n_terms, x):
    slow = sum(math.sin((2 * j - 1) * x) / (2 * j - 1) for j in range(1, n_terms + 1)) * 4 / math.pi
    assert float(waves.partial_square_wave(torch.tensor(x, dtype=REAL), n_terms)) == pytest.approx(slow, abs=1e-12)


@pytest.mark.parametrize(("n_terms", "height"), [(5, 1.182328), (50, 1.179013), (500, 1.178980)])
def test_the_overshoot_stays(n_terms, height):
    x = torch.arange(1, 4000, dtype=REAL) / 4000 * math.pi / n_terms
    partial = waves.partial_square_wave(x, n_terms)
    assert float(partial.max()) == pytest.approx(height, abs=1e-6)
    assert float(x[partial.argmax()]) == pytest.approx(math.pi / (2 * n_terms))


def test_the_overshoot_tends_to_wilbrahams_number():
    limit = 2 / math.pi * float(sici(math.pi)[0])
    peak = waves.partial_square_wave(torch.tensor(math.pi / 4000, dtype=REAL), 2000)
    assert float(peak) == pytest.approx(limit, abs=1e-6)


def test_a_square_wave_has_no_negative_count_of_terms():
    with pytest.raises(ValueError, match="n_terms must not be negative, got -1"):
        waves.partial_square_wave(X, -1)


def test_modes_are_found_again():
    amplitudes = torch.randn(3, 20, generator=torch.Generator().manual_seed(0), dtype=REAL)
    shapes = torch.sin(math.pi * torch.arange(1, 21, dtype=REAL)[:, None] * X)
    assert_close(waves.string_modes(amplitudes @ shapes, 20), amplitudes)


def test_modes_of_a_pluck():
    k = torch.arange(1, 31, dtype=REAL)
    expected = 4 * torch.sin(math.pi * k / 2) / (math.pi * k) ** 2
    assert_close(waves.string_modes(torch.minimum(X, 1 - X), 30), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("n_modes", [-1, 201])
def test_a_grid_shows_half_as_many_modes_as_points(n_modes):
    with pytest.raises(ValueError, match=f"n_modes must lie between 0 and half of the 401 points, got {n_modes}"):
        waves.string_modes(X, n_modes)


# ---- a string that moves ----


def dalembert(centre: float, direction: int, time: float, height: float = 1.0) -> torch.Tensor:
    """A travelling bump and its mirror images, which hold the ends still."""
    place = centre + direction * time
    images = [(1, place), (-1, -place), (-1, 2 - place)]
    return height * sum(sign * torch.exp(-(((X - at) / WIDTH) ** 2)) for sign, at in images)


@pytest.mark.parametrize("time", [0.2, 0.4, 0.9])
def test_a_pulse_travels_as_dalembert_says(time):
    frames = run(pulse(0.3, 1), duration=time)
    assert len(frames) == round(time / DX) + 1
    assert_close(frames[-1], dalembert(0.3, 1, time), atol=2e-3, rtol=0)


@given(st.floats(0.2, 0.8), st.floats(0.2, 0.8), st.floats(-2, 2))
def test_the_linear_string_adds(first, second, height):
    a, b = pulse(first, 1), pulse(second, -1, height)
    assert_close(run(a, b), run(a) + run(b), atol=1e-12, rtol=0)


def test_the_cubic_string_does_not_add_once_the_pulses_have_met():
    a, b = pulse(0.3, 1), pulse(0.7, -1)
    defect = (run(a, b, cubic=100.0) - run(a, cubic=100.0) - run(b, cubic=100.0)).abs().amax(1)
    assert float(defect[: round(0.1 / DX)].max()) < 1e-12
    assert 0.1 < float(defect.max()) < 0.2


def test_a_uniform_cubic_string_is_a_duffing_oscillator():
    """Far from the ends nothing pulls but the cube: u'' = -c u^3, whose energy v^2/2 + c u^4/4 stays."""
    frames = waves.simulate_string(torch.full((N_POINTS,), 0.8, dtype=REAL), torch.zeros_like(X), DX, DX, 120, 50.0)
    middle = frames[:, N_POINTS // 2]
    velocity = (middle[2:] - middle[:-2]) / (2 * DX)
    energy = velocity**2 / 2 + 50 * middle[1:-1] ** 4 / 4
    assert_close(energy, torch.full_like(energy, 50 * 0.8**4 / 4), rtol=2e-3, atol=0)
    assert float(middle.min()) < 0.4


def test_ends_are_held_and_one_step_is_one_step():
    frames = run(pulse(0.1, -1), duration=0.5)
    assert torch.equal(frames[:, [0, -1]], frames[:1, [0, -1]].expand(len(frames), 2))
    assert len(waves.simulate_string(X * 0, X * 0, DX, DX, 1)) == 2


@pytest.mark.parametrize("dt", [0.0, -DX, 1.01 * DX])
def test_a_step_that_would_blow_up_is_refused(dt):
    with pytest.raises(ValueError, match="unstable"):
        waves.simulate_string(X * 0, X * 0, DX, dt, 5)


@pytest.mark.parametrize(("height", "at_rest"), [(1.0, "kinetic"), (-1.0, "potential")])
def test_energy_moves_and_is_kept(height, at_rest):
    frames = run(pulse(0.3, 1), pulse(0.7, -1, height))
    kinetic, potential = waves.string_energy(frames, DX, DX)
    both = 2 * math.sqrt(math.pi / 2) / WIDTH  # each pulse: the integral of its squared slope
    assert_close(kinetic + potential, torch.full_like(kinetic, both), rtol=5e-3, atol=0)
    meeting = round(0.2 / DX) - 1
    assert float({"kinetic": kinetic, "potential": potential}[at_rest][meeting]) < 1e-3 * both
    assert float(kinetic[0]) == pytest.approx(both / 2, rel=5e-3)


def test_energy_needs_three_frames():
    with pytest.raises(ValueError, match="u must have at least 3 frames, got 2"):
        waves.string_energy(torch.zeros(2, 5), DX, DX)


# ---- two tones ----

TIMES = torch.arange(1000, dtype=REAL) / 1000


@given(st.floats(0, 5))
def test_overlap_is_the_cosine_of_two_sampled_tones(spacing):
    pair = waves.tones(TIMES, torch.tensor([60.0, 60.0 + spacing], dtype=REAL))
    cosine = (pair[:, 0].conj() @ pair[:, 1]).abs() / len(TIMES)
    assert float(waves.tone_overlap(torch.tensor(spacing, dtype=REAL), 1.0)) == pytest.approx(float(cosine), abs=1e-4)


@given(st.lists(st.floats(0.2, 3), min_size=1, max_size=3))
def test_tones_are_told_apart_exactly_without_noise(gaps):
    frequencies = 20 + torch.tensor([0.0, *gaps], dtype=REAL).cumsum(0)
    generator = torch.Generator().manual_seed(0)
    amplitudes = torch.randn(2, len(frequencies), dtype=torch.complex128, generator=generator)
    signal = amplitudes @ waves.tones(TIMES, frequencies).mT
    assert_close(waves.separate_tones(signal, TIMES, frequencies), amplitudes, atol=1e-6, rtol=0)
    assert_close(waves.separate_tones(signal[0], TIMES, frequencies), amplitudes[0], atol=1e-6, rtol=0)


def test_close_tones_cost_noise():
    pair = torch.tensor([60.0, 60.25], dtype=REAL)
    noise = torch.randn(3000, 1000, dtype=torch.complex128, generator=torch.Generator().manual_seed(0))
    spread = waves.separate_tones(noise, TIMES, pair).abs().square().mean()
    alone = waves.separate_tones(noise, TIMES, pair[:1]).abs().square().mean()
    overlap = waves.tone_overlap(pair.diff(), 1.0)
    assert float(spread / alone) == pytest.approx(float(1 / (1 - overlap**2)), rel=0.1)


def test_equal_tones_and_too_few_samples_are_refused():
    with pytest.raises(ValueError, match=r"frequencies must differ from one another, got \[5.0, 5.0\]"):
        waves.separate_tones(TIMES + 0j, TIMES, torch.tensor([5.0, 5.0], dtype=REAL))
    with pytest.raises(ValueError, match="there must be as many samples as tones, got 1 and 2"):
        waves.separate_tones(TIMES[:1] + 0j, TIMES[:1], torch.tensor([5.0, 6.0], dtype=REAL))
