"""Train the 63 models of the chapter forty_into_five and store their weights (about two minutes on one core).

python tools/train_forty_into_five.py
"""

import argparse
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from superposition import data
from superposition.features import linear_importance
from superposition.toy_models import train

KINDS: dict[str, dict[str, Any]] = {
    "linear": {"output": "linear"},
    "ReLU": {"output": "relu"},
    "hidden ReLU": {"output": "relu", "hidden": "relu"},
}
FEATURE_PROBABILITIES = torch.tensor([0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05])
SEEDS = (0, 1, 2)
N_FEATURES, D_HIDDEN = 40, 5
SETTINGS: dict[str, Any] = {"steps": 4000, "batch": 512, "lr": 3e-3, "n_restarts": 4}


def main() -> None:
    """Train all kinds and seeds; W is stored as (probability, seed, d_hidden, n_features)."""
    parser = argparse.ArgumentParser(description="Train the models of the chapter forty_into_five.")
    parser.add_argument("--output", type=Path, default=data.FOLDER / "forty_into_five.safetensors")
    target = parser.parse_args().output
    torch.set_num_threads(1)
    task = (N_FEATURES, D_HIDDEN, FEATURE_PROBABILITIES, linear_importance(N_FEATURES))
    arrays = {"feature_probability": FEATURE_PROBABILITIES}
    for kind, gates in KINDS.items():
        runs = [train(*task, **(SETTINGS | gates), generator=seeded(seed)) for seed in SEEDS]
        arrays[f"{kind}.W"] = torch.stack([run.W for run in runs], dim=1)
        arrays[f"{kind}.b"] = torch.stack([run.b for run in runs], dim=1)
        print(f"{kind}: trained {len(SEEDS)} seeds at {len(FEATURE_PROBABILITIES)} feature probabilities", flush=True)
    metadata = {name: str(value) for name, value in SETTINGS.items()}
    metadata |= {"seeds": str(SEEDS), "made_by": "python tools/train_forty_into_five.py"}
    save_file(arrays, target, metadata=metadata)


def seeded(seed: int) -> torch.Generator:
    """Make a generator with a seed of its own."""
    return torch.Generator().manual_seed(seed)


if __name__ == "__main__":
    main()
