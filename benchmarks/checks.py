"""Measure how long a check takes: `python benchmarks/checks.py`. The aim is a median below 20 ms and p95 below 50 ms.

Each exercise is checked with its own solution and with each of its wrong functions, on fresh seeds. Training exercises
take as long as their training and are listed apart.
"""

import os
import tempfile
import time

import numpy as np
import torch

from superposition.course import bank, check

ROUNDS = 20


def latencies(identifier: str, rounds: int) -> np.ndarray:
    """Return the seconds of every check of one exercise."""
    exercise = bank.find(identifier)
    functions = [exercise.reference, *(wrong.function for wrong in exercise.wrong)]
    check(identifier, exercise.reference, seed=0)  # the first call of all imports and warms up
    seconds = []
    for seed in range(rounds):
        for function in functions:
            started = time.perf_counter()
            check(identifier, function, seed=seed)
            seconds.append(time.perf_counter() - started)
    return np.array(seconds)


def line(name: str, seconds: np.ndarray) -> str:
    """Format median, p95 and worst in milliseconds."""
    median, p95, worst = np.quantile(1000 * seconds, [0.5, 0.95, 1])
    return f"{name:45}{len(seconds):6}{median:9.1f}{p95:9.1f}{worst:9.1f}"


def main() -> None:
    """Print one line an exercise, and one for all that are not training exercises."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as home:
        os.environ["SUPERPOSITION_HOME"] = home
        print(f"{'exercise':45}{'checks':>6}{'median':>9}{'p95':>9}{'worst':>9}   (ms)")
        quick = []
        for identifier in [name for chapter in bank.chapters() for name in bank.exercises(chapter)]:
            by_outcome = bank.find(identifier).by_outcome
            seconds = latencies(identifier, 1 if by_outcome else ROUNDS)
            print(line(identifier + (" (training)" if by_outcome else ""), seconds))
            if not by_outcome:
                quick.append(seconds)
        print(line("all but training", np.concatenate(quick)))


if __name__ == "__main__":
    main()
