"""Measure how the cost of a training step grows, and store it for the figure of the chapter phases (about a minute).

python tools/time_training.py

CPU seconds of one thread for a step of 1,024 samples: `fit`, which leaves the gradient to autograd, and the engine of
`train`, on the same samples' law. One size changes at a time. The two take turns; the medians of five rounds are kept.
"""

import argparse
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import save_file

from superposition import data
from superposition.features import sample
from superposition.toy_models import ToyModel, fit
from superposition.training import SampledGradient, descend

BATCH, ROUNDS, SECONDS_A_ROUND = 1024, 5, 0.2
GROWTH = {
    "n_features": [{"n_features": n, "d_hidden": 10, "n_instances": 5} for n in (10, 20, 40, 80, 160, 320, 640)],
    "d_hidden": [{"n_features": 160, "d_hidden": d, "n_instances": 5} for d in (2, 5, 10, 20, 40, 80)],
    "n_instances": [{"n_features": 20, "d_hidden": 5, "n_instances": k} for k in (1, 2, 5, 10, 20, 50, 100)],
}


def autograd(n_features: int, d_hidden: int, n_instances: int) -> Callable[[int], object]:
    """Build a function that takes so many steps of `fit`."""
    generator, importance = torch.Generator().manual_seed(0), torch.ones(n_features)
    model = ToyModel(n_features, d_hidden, n_instances=n_instances, generator=generator)

    def sampler(batch: int, generator: torch.Generator) -> torch.Tensor:
        return sample(batch, n_features, 0.1, n_instances=n_instances, generator=generator)

    return lambda steps: fit(model, sampler, importance, steps=steps, batch=BATCH, generator=generator)


def by_hand(n_features: int, d_hidden: int, n_instances: int) -> Callable[[int], object]:
    """Build a function that takes so many steps of the engine of `train`."""
    generator, importance = torch.Generator().manual_seed(0), torch.ones(n_features)
    gradient = SampledGradient(torch.full((n_instances,), 0.1), importance, d_hidden, batch=BATCH, generator=generator)
    stacked = torch.randn(n_instances, n_features, d_hidden + 1, generator=generator) / 10
    return lambda steps: descend(stacked, gradient, steps=steps, lr=1e-3)


def seconds_a_step(take: Callable[[int], object], steps: int) -> float:
    """Time some steps and share the CPU seconds among them."""
    started = time.process_time()
    take(steps)
    return (time.process_time() - started) / steps


def compare(sizes: dict[str, int]) -> tuple[float, float]:
    """Return the median CPU seconds of a step, by autograd and by hand."""
    takers = [autograd(**sizes), by_hand(**sizes)]
    counts = [max(3, int(SECONDS_A_ROUND / seconds_a_step(take, 3))) for take in takers]
    rounds = [[seconds_a_step(take, n) for take, n in zip(takers, counts, strict=True)] for _ in range(ROUNDS)]
    first, second = (statistics.median(column) for column in zip(*rounds, strict=True))
    return first, second


def main() -> None:
    """Measure every size and store (size, engine) tables."""
    parser = argparse.ArgumentParser(description="Measure how the cost of a training step grows.")
    parser.add_argument("--output", type=Path, default=data.FOLDER / "training_cost.safetensors")
    target = parser.parse_args().output
    torch.set_num_threads(1)
    arrays = {}
    for name, settings in GROWTH.items():
        arrays[f"{name}.size"] = torch.tensor([float(sizes[name]) for sizes in settings])
        arrays[f"{name}.seconds"] = torch.tensor([compare(sizes) for sizes in settings])
        print(f"{name}: measured {len(settings)} sizes", flush=True)
    machine = f"{platform.machine()}, one thread, torch {torch.__version__}"
    save_file(arrays, target, metadata={"machine": machine, "made_by": "python tools/time_training.py"})


if __name__ == "__main__":
    main()
