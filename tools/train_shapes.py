"""Train the models of the chapter shapes and store their weights (some minutes on one core).

python tools/train_shapes.py

Two sets, all features equally important: a sweep of 80 features in 12 dimensions, from always on to one time in a
hundred, three seeds each; and few features in 3 dimensions, the best of six seeds for each number of features.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file

from superposition import data
from superposition.features import sample
from superposition.toy_models import History, ToyModel, fit

RARITIES = torch.tensor([1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100])
SEEDS = (0, 1, 2)
IN_SPACE = (4, 5, 6, 7, 8, 9, 12)
N_FEATURES, D_HIDDEN = 80, 12
SETTINGS = {"steps": 3000, "batch": 512, "lr": 3e-3, "schedule": "cosine"}
SPACE_SETTINGS = {"steps": 1500, "batch": 512, "lr": 1e-2, "schedule": "cosine"}
SPACE_PROBABILITY, SPACE_SEEDS, LAST = 0.05, 6, 300


def train(n_features: int, d_hidden: int, probability: torch.Tensor, seed: int, settings: dict) -> History:
    """Train one model for each probability, side by side."""
    generator, n_instances = torch.Generator().manual_seed(seed), len(probability)
    model = ToyModel(n_features, d_hidden, n_instances=n_instances, generator=generator)

    def sampler(batch: int, generator: torch.Generator) -> torch.Tensor:
        return sample(batch, n_features, probability[:, None, None], n_instances=n_instances, generator=generator)

    return fit(model, sampler, torch.ones(n_features), generator=generator, **settings)


def train_in_space(n_features: int) -> History:
    """Train a few features in 3 dimensions from several starts and keep the run with the least loss at its end."""
    runs = train(n_features, 3, torch.full((SPACE_SEEDS,), SPACE_PROBABILITY), 0, SPACE_SETTINGS)
    best = int(runs.loss[-LAST:].mean(0).argmin())
    return History(runs.loss[:, [best]], runs.W[[best]], runs.b[[best]])


def main() -> None:
    """Train both sets; sweep.W is stored as (rarity, seed, d_hidden, n_features)."""
    parser = argparse.ArgumentParser(description="Train the models of the chapter shapes.")
    parser.add_argument("--output", type=Path, default=data.FOLDER / "shapes.safetensors")
    target = parser.parse_args().output
    torch.set_num_threads(1)
    runs = []
    for seed in SEEDS:
        runs.append(train(N_FEATURES, D_HIDDEN, 1 / RARITIES, seed, SETTINGS))
        print(f"seed {seed}: trained {len(RARITIES)} feature probabilities", flush=True)
    arrays = {"rarity": RARITIES, "sweep.W": torch.stack([run.W for run in runs], dim=1)}
    for n_features in IN_SPACE:
        run = train_in_space(n_features)
        arrays |= {f"space.{n_features}.W": run.W[0], f"space.{n_features}.b": run.b[0]}
        print(f"{n_features} features in 3 dimensions: loss {run.loss[-LAST:].mean():.5f}", flush=True)
    metadata = {name: str(value) for name, value in SETTINGS.items()}
    metadata |= {"seeds": str(SEEDS), "made_by": "python tools/train_shapes.py"}
    save_file(arrays, target, metadata=metadata)


if __name__ == "__main__":
    main()
