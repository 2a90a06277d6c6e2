"""Compare `toy_models.train` with the usual loop: one thread, CPU time, both sides in one run, fresh seeds.

python benchmarks/peers.py steps                    time of one step of the same mathematics
python benchmarks/peers.py quality pent             training to the usual loop's own final loss (also n20, geo)
python benchmarks/peers.py pentagon                 how often 5 features at p = .05 end as a regular pentagon
python benchmarks/peers.py memory                   extra memory at the peak, largest problem

`--first-seed` names the first of the fresh seeds, `--seeds` how many. Runs of the usual loop are kept in
benchmarks/.runs, so that a comparison which was cut off goes on where it was.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from problems import PROBLEMS, Problem
from safetensors.torch import load_file, save_file
from torch import Tensor
from usual_loop import SNAPSHOTS, UsualLoop

from superposition.toy_models import ToyModel, reconstruction_loss, train
from superposition.training import SampledGradient, descend

RUNS = Path(__file__).parent / ".runs"
ROUNDS, SECONDS_A_ROUND = 7, 0.4
Step = Callable[[], None]


def seeded(seed: int) -> torch.Generator:
    """Make a generator with a seed of its own."""
    return torch.Generator().manual_seed(seed)


def our_steps(problem: Problem, *, shared: bool) -> Callable[[int], None]:
    """Build a function that takes so many steps: same batch and mathematics as the usual loop, nothing reweighted."""
    p = problem.feature_probability
    draws = {"batch": 1024, "shared": shared, "min_active": 0.0, "generator": seeded(0)}
    gradient = SampledGradient(p, problem.importance, problem.d_hidden, **draws)
    stacked = torch.randn(len(p), problem.n_features, problem.d_hidden + 1, generator=seeded(1)) / 10
    return lambda count: descend(stacked, gradient, steps=count, lr=1e-3)


def autograd_steps(problem: Problem) -> Callable[[int], None]:
    """Build the same for the readable way: `ToyModel`, one uniform number a feature, autograd, Adam."""
    p, n = problem.feature_probability, problem.n_features
    model = ToyModel(n, problem.d_hidden, n_instances=len(p), generator=seeded(1))
    optimiser, generator, slope = torch.optim.Adam(model.parameters(), lr=1e-3), seeded(0), -1 / p[:, None, None]

    def take(count: int) -> None:
        for _ in range(count):
            x = torch.relu(1 + torch.rand(len(p), 1024, n, generator=generator) * slope)
            loss = reconstruction_loss(x, model(x), problem.importance).sum()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    return take


def usual_steps(problem: Problem) -> Callable[[int], None]:
    """Build the same for the usual loop."""
    loop = UsualLoop(problem.d_hidden, problem.importance, problem.feature_probability, seed=0)

    def take(count: int) -> None:
        for _ in range(count):
            loop.step()

    return take


def per_step(problem: Problem) -> dict[str, list[float]]:
    """Time steps round by round, competitors in turn; return CPU milliseconds a step for each round after the first."""
    competitors = {
        "usual loop": usual_steps(problem),
        "autograd, tidy": autograd_steps(problem),
        "train, own numbers": our_steps(problem, shared=False),
        "train, shared numbers": our_steps(problem, shared=True),
    }
    counts, times = {}, {name: [] for name in competitors}
    for name, take in competitors.items():
        started = time.process_time()
        take(3)
        counts[name] = max(3, int(SECONDS_A_ROUND / ((time.process_time() - started) / 3)))
    for _ in range(ROUNDS + 1):
        for name, take in competitors.items():
            started = time.process_time()
            take(counts[name])
            times[name].append(1000 * (time.process_time() - started) / counts[name])
    return {name: rounds[1:] for name, rounds in times.items()}


def print_steps() -> None:
    """Print milliseconds a step, and the median and range of the ratio to the usual loop over the rounds."""
    for problem in PROBLEMS.values():
        times = per_step(problem)
        for name, rounds in times.items():
            ratios = [usual / own for usual, own in zip(times["usual loop"], rounds, strict=True)]
            spread = f"{statistics.median(ratios):6.2f} x  ({min(ratios):.2f} to {max(ratios):.2f})"
            print(f"{problem.name:5} {name:22} {statistics.median(rounds):8.3f} ms a step {spread}", flush=True)


def usual_run(problem: Problem, seed: int) -> dict[str, Tensor]:
    """Train the usual loop to its end, or take up the run that is kept."""
    kept = RUNS / f"{problem.name}-{seed}.safetensors"
    if not kept.exists():
        run = UsualLoop(problem.d_hidden, problem.importance, problem.trained, seed).run()
        RUNS.mkdir(exist_ok=True)
        torn = kept.with_suffix(".part")
        save_file({name: array.contiguous() for name, array in run.items()}, torn)
        torn.replace(kept)
    return load_file(kept)


def our_run(problem: Problem, seed: int) -> tuple[Tensor, float]:
    """Train with `train` and return the judged loss of each level and the CPU seconds, judging left out."""
    started = time.process_time()
    sizes = (problem.n_features, problem.d_hidden, problem.trained, problem.importance)
    found = train(*sizes, generator=seeded(seed), **problem.settings)
    seconds = time.process_time() - started
    return problem.judge(found.W, found.b), seconds


def geometric_mean(ratios: Tensor) -> float:
    """Average ratios of levels so that twice and half cancel."""
    return float(ratios.log().mean().exp())


def print_quality(problem: Problem, first_seed: int, seeds: int) -> None:
    """Print headline, loss ratios by level, and the speed-up at equal loss."""
    usual, ours, spent, own = [], [], [], []
    for seed in range(first_seed, first_seed + seeds):
        run = usual_run(problem, seed)
        usual.append(torch.stack([problem.judge(W, b) for W, b in zip(run["W"], run["b"], strict=True)]))
        spent.append(run["seconds"])
        losses, seconds = our_run(problem, seed)
        ours.append(losses), own.append(seconds)
        ratio = geometric_mean(losses / usual[-1][-1])
        print(f"seed {seed}: {spent[-1][-1]:.1f} s against {seconds:.3f} s, loss ratio {ratio:.4f}", flush=True)
    peer, mine = torch.stack(usual).mean(0), torch.stack(ours).mean(0)
    cpu, seconds = torch.stack(spent).median(0).values, statistics.median(own)
    print(f"{problem.name}: usual loop {cpu[-1]:.1f} s, train {seconds:.3f} s: {float(cpu[-1]) / seconds:.0f} x")
    print(f"mean loss ratio {geometric_mean(mine / peer[-1]):.4f}; by level", (mine / peer[-1]).numpy().round(3))
    reached = [k for k in range(len(SNAPSHOTS)) if geometric_mean(peer[k] / mine) <= 1]
    if reached:
        k = reached[0]
        ahead = geometric_mean(peer[k] / mine)
        print(f"equal loss: {SNAPSHOTS[k]} of its steps ({ahead:.4f}): {float(cpu[k]) / seconds:.0f} x")
    else:
        print(f"equal loss: not within its {SNAPSHOTS[-1]} steps: more than {float(cpu[-1]) / seconds:.0f} x")


def is_pentagon(W: Tensor, within: float = 4.0) -> bool:
    """Tell whether five directions in the plane are 72 degrees apart, up to `within`, and none is short."""
    angles = torch.atan2(W[1], W[0]).sort().values.rad2deg()
    gaps = torch.diff(torch.cat([angles, angles[:1] + 360]))
    return bool((gaps - 72).abs().max() < within) and bool(W.norm(dim=0).min() > 0.5)


def print_pentagons(first_seed: int, seeds: int) -> None:
    """Count the regular pentagons among fresh seeds, for the default and for a single start."""
    pent = PROBLEMS["pent"]
    p = torch.tensor([0.05])
    for starts in (None, 1):
        fine = 0
        for seed in range(first_seed, first_seed + seeds):
            sizes = (pent.n_features, pent.d_hidden, p, pent.importance)
            fine += is_pentagon(train(*sizes, n_restarts=starts, generator=seeded(seed)).W[0])
        print(f"regular pentagons, {'default' if starts is None else 'one start'}: {fine} of {seeds}", flush=True)


def resident(name: str) -> float:
    """Read one line of this process's memory account, in megabytes."""
    account = Path("/proc/self/status").read_text(encoding="ascii")
    return int(account.split(f"{name}:")[1].split()[0]) / 1024


def print_own_memory(name: str) -> None:
    """Print how much the peak of memory grows while one competitor takes a few steps of the largest problem."""
    problem = PROBLEMS["geo"]
    build = {"usual": usual_steps, "train": lambda given: our_steps(given, shared=True)}[name]
    build(PROBLEMS["pent"])(2)  # what libraries take at first use
    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    build(problem)(3)
    print(f"geo, {name}: {resident('VmHWM') - before:.0f} MB extra at the peak", flush=True)


def print_memory() -> None:
    """Measure each competitor in a process of its own."""
    for name in ("usual", "train"):
        subprocess.run([sys.executable, __file__, "memory", name], check=True)


def main() -> None:
    """Read the command and print the machine before the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["steps", "quality", "pentagon", "memory"])
    parser.add_argument("name", nargs="?", choices=[*PROBLEMS, "usual", "train"])
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--seeds", type=int)
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.what == "memory" and given.name:
        print_own_memory(given.name)
        return
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    print(f"{platform.machine()}, torch {torch.__version__}, one thread, load {load}", flush=True)
    if given.what == "steps":
        print_steps()
    elif given.what == "quality":
        print_quality(PROBLEMS[given.name or "pent"], given.first_seed, given.seeds or 5)
    elif given.what == "pentagon":
        print_pentagons(given.first_seed, given.seeds or 100)
    else:
        print_memory()


if __name__ == "__main__":
    main()
