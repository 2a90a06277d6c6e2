"""Tasks for the tests of sweeps, where the processes of a pool find them, and an executor that minds no order."""

import os
import random
import time
from collections import Counter
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

from superposition.features import sample
from superposition.toy_models import ToyModel, fit

PATIENCE = 120


@dataclass(frozen=True)
class Training:
    """A small training; with a `diary` each start is noted there, and the one marked `stuck` starts in vain once."""

    seed: int
    importance: Tensor
    feature_probability: tuple[float, ...] = (0.1, 1.0)
    diary: str = ""
    stuck: bool = False


def train(task: Training) -> dict[str, Tensor]:
    """Train the models of a task, one for each probability, for a few steps."""
    if task.diary:
        note_start(Path(task.diary), task)
    n_features, n_instances = len(task.importance), len(task.feature_probability)
    generator = torch.Generator().manual_seed(task.seed)
    probability = torch.tensor(task.feature_probability)[:, None, None]
    model = ToyModel(n_features, 2, n_instances=n_instances, generator=generator)
    run = fit(
        model,
        lambda batch, g: sample(batch, n_features, probability, n_instances=n_instances, generator=g),
        task.importance,
        steps=30,
        batch=256,
        generator=generator,
    )
    return {"W": run.W, "b": run.b, "loss": run.loss[-1]}


def note_start(diary: Path, task: Training) -> None:
    """Leave a file that tells task, attempt and process; a stuck task then waits, at its first attempt, for its end."""
    attempt = sum(1 for _ in diary.glob(f"{task.seed}-*"))
    note = diary / f"{task.seed}-{attempt}"
    note.with_suffix(".tmp").write_text(str(os.getpid()))
    note.with_suffix(".tmp").rename(note)
    if task.stuck and attempt == 0:
        time.sleep(PATIENCE)


def n_threads(task: Training) -> dict[str, Tensor]:
    """Tell how many threads torch has where the task runs."""
    return {"n_threads": torch.tensor(torch.get_num_threads())}


def fail_for_two(task: Training) -> dict[str, Tensor]:
    """Fail for the seed 2 alone."""
    if task.seed == 2:
        raise ArithmeticError("two is not to be trained")
    return train(task)


class ShuffledExecutor(Executor):
    """Runs what it was given in random order, once `n_tasks` are there, and counts."""

    def __init__(self, n_tasks, seed=0):
        self.n_tasks, self.rng, self.calls, self.waiting, self.closed = (
            n_tasks,
            random.Random(seed),
            Counter(),
            [],
            False,
        )

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        self.waiting.append((future, partial(fn, *args, **kwargs)))
        self.calls[args] += 1
        if len(self.waiting) == self.n_tasks:
            self.rng.shuffle(self.waiting)
            for due, call in self.waiting:
                try:
                    due.set_result(call())
                except Exception as error:
                    due.set_exception(error)
        return future

    def shutdown(self, wait=True, *, cancel_futures=False):
        self.closed = True
