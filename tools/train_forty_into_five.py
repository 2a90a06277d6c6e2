"""Train the 63 models of the chapter forty_into_five and store their weights (some minutes on one core).

python tools/train_forty_into_five.py
"""

import argparse
from pathlib import Path

import torch
from safetensors.torch import save_file

from superposition import data
from superposition.features import linear_importance, sample
from superposition.toy_models import ToyModel, fit

KINDS = {
    "linear": {"output": "linear"},
    "ReLU": {"output": "relu"},
    "hidden ReLU": {"output": "relu", "hidden": "relu"},
}
FEATURE_PROBABILITIES = torch.tensor([0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05])
SEEDS = (0, 1, 2)
N_FEATURES, D_HIDDEN = 40, 5
SETTINGS = {"steps": 6000, "batch": 1024, "lr": 3e-3, "schedule": "linear"}


def train(kind: str, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Train one kind of model at all feature probabilities, side by side."""
    generator = torch.Generator().manual_seed(seed)
    n_instances = len(FEATURE_PROBABILITIES)
    model = ToyModel(N_FEATURES, D_HIDDEN, n_instances=n_instances, generator=generator, **KINDS[kind])

    def sampler(batch: int, generator: torch.Generator) -> torch.Tensor:
        probability = FEATURE_PROBABILITIES[:, None, None]
        return sample(batch, N_FEATURES, probability, n_instances=n_instances, generator=generator)

    history = fit(model, sampler, linear_importance(N_FEATURES), generator=generator, **SETTINGS)
    return history.W, history.b


def main() -> None:
    """Train all kinds and seeds; W is stored as (probability, seed, d_hidden, n_features)."""
    parser = argparse.ArgumentParser(description="Train the models of the chapter forty_into_five.")
    parser.add_argument("--output", type=Path, default=data.FOLDER / "forty_into_five.safetensors")
    target = parser.parse_args().output
    torch.set_num_threads(1)
    arrays = {"feature_probability": FEATURE_PROBABILITIES}
    for kind in KINDS:
        runs = [train(kind, seed) for seed in SEEDS]
        arrays[f"{kind}.W"] = torch.stack([W for W, _ in runs], dim=1)
        arrays[f"{kind}.b"] = torch.stack([b for _, b in runs], dim=1)
        print(f"{kind}: trained {len(SEEDS)} seeds at {len(FEATURE_PROBABILITIES)} feature probabilities")
    metadata = {name: str(value) for name, value in SETTINGS.items()}
    metadata |= {"seeds": str(SEEDS), "made_by": "python tools/train_forty_into_five.py"}
    save_file(arrays, target, metadata=metadata)


if __name__ == "__main__":
    main()
