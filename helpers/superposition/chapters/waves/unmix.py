"""Exercise: the loudness of each of several overlapping tones."""

import torch

from superposition.course.bank import Case, Exercise, Property, Wrong
from superposition.course.comparison import agrees


def unmix(signal, times, frequencies):
    """Return the loudness of each tone in the signal."""
    tones = torch.exp(2j * torch.pi * times[:, None] * frequencies)
    amplitudes = torch.linalg.lstsq(tones, signal[:, None]).solution
    return amplitudes[:, 0].abs()


def _sample(generator: torch.Generator, _trial: int) -> dict:
    n_tones, n_times = (int(torch.randint(*ends, (), generator=generator)) for ends in ((2, 5), (40, 80)))
    draw = torch.rand(3, n_tones, generator=generator, dtype=torch.float64)
    times = torch.arange(n_times, dtype=torch.float64) / 20
    frequencies = 2 + (0.4 + 0.4 * draw[0]).cumsum(0) * 20 / n_times
    amplitudes = (0.3 + draw[1]) * torch.exp(2j * torch.pi * draw[2])
    return {"signal": _tones(times, frequencies) @ amplitudes, "times": times, "frequencies": frequencies}


def _tones(times: torch.Tensor, frequencies: torch.Tensor) -> torch.Tensor:
    return torch.exp(2j * torch.pi * times[:, None] * frequencies)


def _follows_the_order(case: Case) -> bool:
    return agrees(case.again(frequencies=case["frequencies"].flip(0)), case.result.flip(0))


def _hears_one_tone_alone(case: Case) -> bool:
    alone = _tones(case["times"], case["frequencies"][:1])[:, 0]
    expected = torch.zeros(len(case["frequencies"]))
    expected[0] = 1
    return agrees(case.again(signal=alone), expected)


def _unconjugated(signal: torch.Tensor, times: torch.Tensor, frequencies: torch.Tensor) -> torch.Tensor:
    return (signal @ _tones(times, frequencies)).abs() / len(times)


def _multiply_and_average(signal: torch.Tensor, times: torch.Tensor, frequencies: torch.Tensor) -> torch.Tensor:
    return (signal @ _tones(times, frequencies).conj()).abs() / len(times)


def _nearest_bin(signal: torch.Tensor, times: torch.Tensor, frequencies: torch.Tensor) -> torch.Tensor:
    duration = len(times) * (times[1] - times[0])
    return (torch.fft.fft(signal) / len(times))[(frequencies * duration).round().long()].abs()


def _one_after_another(signal: torch.Tensor, times: torch.Tensor, frequencies: torch.Tensor) -> torch.Tensor:
    left, found = signal, []
    for tone in _tones(times, frequencies).mT:
        amplitude = tone.conj() @ left / len(times)
        left = left - amplitude * tone
        found.append(amplitude.abs())
    return torch.stack(found)


def _fitted(signal: torch.Tensor, times: torch.Tensor, frequencies: torch.Tensor) -> torch.Tensor:
    return torch.linalg.lstsq(_tones(times, frequencies), signal[:, None]).solution[:, 0]


exercise = Exercise(
    title="unmix",
    prompt="""\
`signal` is a sum of tones $a_j e^{2\\pi i f_j t}$, sampled at `times`; the `frequencies` $f_j$ are known, the complex
$a_j$ are not. Write `unmix(signal, times, frequencies)`: the loudness $|a_j|$ of each tone. The tones overlap, so
multiplying and averaging is not enough. `signal` and `times` have shape (n_times,), the result one number a tone.""",
    reference=unmix,
    sample=_sample,
    sizes={"signal": ("n_times",), "times": ("n_times",), "frequencies": ("n_tones",)},
    returns=("n_tones",),
    wrong=(
        Wrong(
            _multiply_and_average,
            "You multiply with each tone and average. The tones are not orthogonal, so each reading holds part of the "
            "others. Fit all of them at once.",
        ),
        Wrong(
            _unconjugated,
            "You multiply with the tone itself. Its conjugate stops the arrow from turning; without it everything "
            "averages away.",
        ),
        Wrong(
            _nearest_bin,
            "You read the nearest line of a spectrum. Its lines are 1/T apart, and these tones do not stand on them.",
        ),
        Wrong(
            _one_after_another,
            "You fit one tone after another. The first fit has already swallowed part of the second tone; let all "
            "amplitudes be found together.",
        ),
        Wrong(
            lambda signal, times, f: _fitted(signal, times, f).real,
            "The amplitudes are complex: length is loudness, angle is when the tone began. The real part mixes both.",
        ),
        Wrong(
            lambda signal, times, f: _fitted(signal, times, f).abs() ** 2,
            "This is the power of each tone. Loudness, as asked here, is the length of its amplitude.",
        ),
        Wrong(
            lambda signal, times, f: _fitted(signal, 2 * torch.pi * times, f).abs(),
            "A factor 2 pi too much: a tone of f hertz turns by 2 pi f radians a second, once.",
        ),
    ),
    properties=(
        Property(_follows_the_order, "With the frequencies in reverse order, the loudnesses should be reversed."),
        Property(_hears_one_tone_alone, "When only the first tone sounds, the others should read 0."),
    ),
    hints=(
        "As many unknowns as tones, as many equations as samples. What is the matrix?",
        "Column j of the matrix is tone j at all times: `torch.exp(2j * torch.pi * times[:, None] * frequencies)`.",
        "`torch.linalg.lstsq(tones, signal[:, None]).solution` finds all amplitudes at once; take `.abs()`.",
    ),
    why="Each tone by itself can imitate part of the others. Least squares asks for the amplitudes that explain the "
    "signal together, and without noise only the true ones do, however much the tones overlap.",
)
