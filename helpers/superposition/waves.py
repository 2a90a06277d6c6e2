"""Waves: what adds (heights, exactly), what does not (brightness), and how a sum is taken apart again.

A wave of one frequency is a complex number at each place: its modulus is the amplitude and its angle the phase, and
what one sees at time t is the real part of u exp(-2 pi i f t).
"""

import math

import torch
from jaxtyping import Complex, Float
from scipy.fft import dst
from scipy.special import diric
from torch import Tensor


def circular_wave(
    x: Float[Tensor, "*grid"],
    y: Float[Tensor, "*grid"],
    source: tuple[float, float],
    wavelength: float = 1.0,
    phase: float = 0.0,
) -> Complex[Tensor, "*grid"]:
    """Send rings of amplitude 1 from a point: u = exp(i (2 pi r / wavelength + phase)), r the distance to the source.

    The amplitude does not fall off with distance as real rings do, so that brightness is interference alone.
    Lengths in any one unit, phase in radians. A wavelength of 0 or less raises ValueError.
    """
    if wavelength <= 0:
        raise ValueError(f"wavelength must be above 0, got {wavelength}")
    distance = torch.hypot(x - source[0], y - source[1])
    return torch.exp(1j * (2 * math.pi / wavelength * distance + phase))


def two_source(
    x: Float[Tensor, "*grid"],
    y: Float[Tensor, "*grid"],
    separation: float,
    wavelength: float = 1.0,
    phase: float = 0.0,
) -> tuple[Complex[Tensor, "*grid"], Complex[Tensor, "*grid"]]:
    """Send rings from (0, separation/2) and from (0, -separation/2), the second one ahead by `phase`.

    Anchors: the intensity of the sum is 4 cos^2((k (r2 - r1) + phase) / 2); far away it is 0 where
    sin(theta) = (m + 1/2) wavelength / separation. Separation 0 and phase 0 give twice the same wave.
    """
    first = circular_wave(x, y, (0, separation / 2), wavelength)
    return first, circular_wave(x, y, (0, -separation / 2), wavelength, phase)


def intensity(u: Tensor) -> Float[Tensor, "..."]:
    """Square the modulus, |u|^2: brightness or loudness up to a constant factor; real and complex waves alike."""
    return u.abs().square()


def n_slit_intensity(n_slits: int, delta: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Evaluate the intensity of n unit waves, each ahead of the one before by `delta` radians.

        |sum over j of exp(i j delta)|^2 = (sin(n delta / 2) / sin(delta / 2))^2

    Anchors: n^2 at every multiple of 2 pi, 0 at 2 pi / n, n on average over a period. n_slits < 1 raises ValueError.
    """
    if n_slits < 1:
        raise ValueError(f"n_slits must be at least 1, got {n_slits}")
    return (n_slits * torch.as_tensor(diric(delta.numpy(), n_slits))).square().to(delta)


def partial_square_wave(x: Float[Tensor, "*shape"], n_terms: int) -> Float[Tensor, "*shape"]:
    """Add the first n odd harmonics of the square wave sign(sin x): (4 / pi) sum of sin((2j - 1) x) / (2j - 1).

    Anchors: 0 terms give 0; the highest peak stands at pi / (2 n) and tends to (2 / pi) Si(pi) = 1.178980, not to 1
    (Wilbraham 1848, Gibbs 1899). A negative count raises ValueError.
    """
    if n_terms < 0:
        raise ValueError(f"n_terms must not be negative, got {n_terms}")
    total = torch.zeros_like(x)
    for harmonic in range(1, 2 * n_terms, 2):
        total += torch.sin(harmonic * x) / harmonic
    return 4 / math.pi * total


def string_modes(displacement: Float[Tensor, "*batch n_points"], n_modes: int) -> Float[Tensor, "*batch n_modes"]:
    """Take a string apart into its modes: a_k = 2 times the integral of u(x) sin(pi k x) over [0, 1], k = 1, 2, ...

    The points are evenly spaced with both ends, which are held at 0 and not looked at. Anchors: sin(3 pi x) gives 1 at
    k = 3; the pluck min(x, 1 - x) gives 4 sin(pi k / 2) / (pi k)^2. The mean of u^2 is the sum of a_k^2 / 2.
    More modes than half the points raise ValueError: on the grid they would look like others.
    """
    n_points = displacement.shape[-1]
    if not 0 <= n_modes <= n_points // 2:
        raise ValueError(f"n_modes must lie between 0 and half of the {n_points} points, got {n_modes}")
    coefficients = torch.as_tensor(dst(displacement[..., 1:-1].numpy(), type=1)) / (n_points - 1)
    return coefficients[..., :n_modes].to(displacement)


def simulate_string(
    u: Float[Tensor, " n_points"],
    velocity: Float[Tensor, " n_points"],
    dx: float,
    dt: float,
    n_steps: int,
    cubic: float = 0.0,
) -> Float[Tensor, "n_frames n_points"]:
    """Let a string with fixed ends move: u_tt = u_xx - cubic u^3, by leapfrog; frame 0 is the start.

    The ends stay where they begin, whatever velocity they are given. Speed, density and tension are 1. With cubic = 0
    the equation is linear, and dt = dx then solves it exactly at the points. Steps longer than dx raise ValueError, for
    they blow up (Courant, Friedrichs, Lewy 1928).
    """
    if not 0 < dt <= dx:
        raise ValueError(f"dt must be above 0 and at most dx={dx}, or the simulation is unstable, got {dt}")

    def push(u: Tensor) -> Tensor:
        force = torch.zeros_like(u)
        force[1:-1] = (u[2:] - 2 * u[1:-1] + u[:-2]) / dx**2 - cubic * u[1:-1] ** 3
        return dt**2 * force

    first = u + push(u) / 2
    first[1:-1] += dt * velocity[1:-1]
    frames = [u, first]
    for _ in range(n_steps - 1):
        frames.append(2 * frames[-1] - frames[-2] + push(frames[-1]))
    return torch.stack(frames[: n_steps + 1])


def string_energy(
    u: Float[Tensor, "n_frames n_points"], dx: float, dt: float
) -> tuple[Float[Tensor, " n_inner"], Float[Tensor, " n_inner"]]:
    """Measure the kinetic energy, half of u_t^2, and the potential energy, half of u_x^2, of a linear string.

    One value each for every frame but the first and the last, whose velocities are not known. Density and tension 1.
    Fewer than 3 frames raise ValueError.
    """
    if len(u) < 3:
        raise ValueError(f"u must have at least 3 frames, got {len(u)}")
    velocity = (u[2:] - u[:-2]) / (2 * dt)
    slope = u[1:-1].diff(dim=1) / dx
    return velocity.square().sum(1) * dx / 2, slope.square().sum(1) * dx / 2


def tones(
    times: Float[Tensor, " n_times"], frequencies: Float[Tensor, " n_tones"]
) -> Complex[Tensor, "n_times n_tones"]:
    """Sound pure tones: column j is exp(2 pi i f_j t). Times in seconds, frequencies in hertz."""
    return torch.exp(2j * math.pi * times[:, None] * frequencies)


def tone_overlap(spacing: Float[Tensor, "*shape"], duration: float) -> Float[Tensor, "*shape"]:
    """Measure how alike two tones are when heard for a while: |sinc(spacing duration)|, the modulus of their cosine.

    Anchors: 1 for equal tones, 2 / pi at a spacing of half of 1 / duration, 0 at every whole multiple of it.
    """
    return torch.sinc(spacing * duration).abs()


def separate_tones(
    signal: Complex[Tensor, "*batch n_times"],
    times: Float[Tensor, " n_times"],
    frequencies: Float[Tensor, " n_tones"],
) -> Complex[Tensor, "*batch n_tones"]:
    """Find the amplitudes of tones of known frequencies in a signal by least squares.

    Exact without noise. With noise, the variance for two tones is 1 / (1 - overlap^2) times that for one tone.
    Equal frequencies, and more tones than samples, have no single answer and raise ValueError.
    """
    if len(frequencies.unique()) < len(frequencies):
        raise ValueError(f"frequencies must differ from one another, got {frequencies.tolist()}")
    if len(frequencies) > len(times):
        raise ValueError(f"there must be as many samples as tones, got {len(times)} and {len(frequencies)}")
    columns = signal.reshape(-1, len(times)).mT
    return torch.linalg.lstsq(tones(times, frequencies), columns).solution.mT.reshape(*signal.shape[:-1], -1)
