"""Train the models of the chapter phases and store their weights (under a minute on one core).

python tools/train_phases.py

Two sets, all features equally important: 8 features in the plane, six single starts and the best of 24; and 60
features in 6 dimensions, three seeds. `plane.single` is (seed, rarity, d_hidden, n_features), `sixty` alike;
`plane.best` is (rarity, d_hidden, n_features), and `plane.losses` holds the judged losses of all 24 starts.
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from superposition import data
from superposition.toy_models import Trained, train

PLANE_RARITIES = torch.tensor([1.25, 2, 3, 5, 10, 20, 50])
SIXTY_RARITIES = torch.tensor([1, 1.5, 2, 3, 4, 6, 8, 12, 20, 40, 100])
SINGLE_SEEDS, STARTS, SIXTY_SEEDS = tuple(range(6)), 24, tuple(range(3))


def trained(n_features: int, d_hidden: int, rarities: Tensor, seed: int, n_restarts: int) -> Trained:
    """Train one model for each feature probability with the trainer's defaults."""
    generator = torch.Generator().manual_seed(seed)
    return train(n_features, d_hidden, 1 / rarities, torch.ones(n_features), n_restarts=n_restarts, generator=generator)


def main() -> None:
    """Train both sets and store them."""
    parser = argparse.ArgumentParser(description="Train the models of the chapter phases.")
    parser.add_argument("--output", type=Path, default=data.FOLDER / "phases.safetensors")
    target = parser.parse_args().output
    torch.set_num_threads(1)
    single = [trained(8, 2, PLANE_RARITIES, seed, 1) for seed in SINGLE_SEEDS]
    best = trained(8, 2, PLANE_RARITIES, 0, STARTS)
    print(f"8 features in the plane: {len(single)} single starts and the best of {STARTS}", flush=True)
    sixty = [trained(60, 6, SIXTY_RARITIES, seed, 1) for seed in SIXTY_SEEDS]
    print(f"60 features in 6 dimensions: {len(sixty)} seeds", flush=True)
    arrays = {
        "plane.rarity": PLANE_RARITIES,
        "plane.single": torch.stack([run.W for run in single]),
        "plane.single_loss": torch.stack([run.loss for run in single]),
        "plane.best": best.W,
        "plane.losses": best.losses,
        "sixty.rarity": SIXTY_RARITIES,
        "sixty": torch.stack([run.W for run in sixty]),
    }
    metadata = {"seeds": f"{SINGLE_SEEDS}, 0, {SIXTY_SEEDS}", "made_by": "python tools/train_phases.py"}
    save_file(arrays, target, metadata=metadata)


if __name__ == "__main__":
    main()
