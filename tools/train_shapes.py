"""Train the models of the chapter shapes and store what it needs of them (about ten minutes on two cores).

python tools/train_shapes.py

Two sets, all features equally important: a sweep of 400 features in 30 dimensions, from always on to one time in a
hundred, three models each; and few features in 3 dimensions, the best of twelve starts for each number of features.
Of the sweep the shares of all features are stored, and a few of the weights, rounded to half precision. Blocks of two
models are kept in a folder as they finish, so a run that was cut off goes on where it stopped.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from superposition import data
from superposition.geometry import dimensionality, dims_per_feature
from superposition.sweeps import sweep
from superposition.toy_models import train

N_FEATURES, D_HIDDEN, N_MODELS = 400, 30, 3
RARITIES = (1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 10, 12, 15, 20, 30, 50, 100)
SHOWN = (1.75, 2, 3, 4, 4.5, 5, 7, 10)  # the rarities whose weights the chapter looks at
IN_SPACE = (4, 5, 6, 7, 8, 12)
SPACE_RARITY, SPACE_STARTS = 20, 12
SETTINGS = {"steps": 6000, "batch": 512, "lr": 3e-3}
STORE = Path(__file__).parent.parent / "_build" / "shapes"


@dataclass(frozen=True)
class Block:
    """Models of one size, one for each rarity 1/p; None leaves a setting to the trainer."""

    n_features: int
    d_hidden: int
    rarities: tuple[float, ...]
    seed: int
    n_restarts: int = 1
    steps: int | None = None
    lr: float | None = None
    batch: int = 256


def train_block(block: Block) -> dict[str, Tensor]:
    """Train the models of a block side by side."""
    run = train(
        block.n_features,
        block.d_hidden,
        1 / torch.tensor(block.rarities),
        torch.ones(block.n_features),
        n_restarts=block.n_restarts,
        steps=block.steps,
        lr=block.lr,
        batch=block.batch,
        generator=torch.Generator().manual_seed(block.seed),
    )
    return {"W": run.W, "b": run.b, "loss": run.loss}


def large_blocks() -> list[Block]:
    """List the blocks of the sweep, each with a seed of its own: first all pairs of rarities, then the next model."""
    pairs = [RARITIES[first : first + 2] for first in range(0, len(RARITIES), 2)]
    return [Block(N_FEATURES, D_HIDDEN, pair, seed, **SETTINGS) for seed, pair in enumerate(pairs * N_MODELS)]


def space_blocks() -> list[Block]:
    """List the models in space; up to six features the trainer sums over all patterns, and its defaults will do."""
    sampled = {**SETTINGS, "lr": 5e-3}
    return [Block(n, 3, (SPACE_RARITY,), 0, SPACE_STARTS, **(sampled if n > 6 else {})) for n in IN_SPACE]


def main() -> None:
    """Train both sets; sweep.D is stored as (rarity, model, n_features), sweep.W as (shown, model, d_hidden, n)."""
    parser = argparse.ArgumentParser(description="Train the models of the chapter shapes.")
    parser.add_argument("--output", type=Path, default=data.FOLDER / "shapes.safetensors")
    parser.add_argument("--store", type=Path, default=STORE, help="folder of the finished blocks")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    large = large_blocks()
    with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn")) as pool:
        runs = sweep([*large, *space_blocks()], train_block, pool, store=given.store)
    W = torch.cat([run["W"] for run in runs[: len(large)]])
    W = W.unflatten(0, (N_MODELS, len(RARITIES))).transpose(0, 1)
    arrays = {
        "rarity": torch.tensor(RARITIES),
        "sweep.D": dimensionality(W),
        "sweep.dims_per_feature": dims_per_feature(W),
        "shown": torch.tensor(SHOWN),
        "sweep.W": W[[RARITIES.index(rarity) for rarity in SHOWN]].half(),
    }
    for n_features, run in zip(IN_SPACE, runs[len(large) :], strict=True):
        arrays |= {f"space.{n_features}.W": run["W"][0], f"space.{n_features}.b": run["b"][0]}
    metadata = {name: str(value) for name, value in SETTINGS.items()}
    metadata |= {"seeds": f"0 to {len(large) - 1}", "made_by": "python tools/train_shapes.py"}
    save_file(arrays, given.output, metadata=metadata)


if __name__ == "__main__":
    main()
