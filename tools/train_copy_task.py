"""Train the models of the copy task in the chapter attention and store how well they do (a quarter of an hour).

python tools/train_copy_task.py

A sequence is n_distractors + 1 random symbols; after the last one the model says what the first was. Every model gets
the same learned positions, width, optimiser, batches and number of steps.
"""

import argparse
import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

from superposition import data
from superposition.attention import attend

KINDS = ("RNN", "GRU", "LSTM", "LSTM, gates open", "attention")
DISTANCES = torch.tensor([5, 10, 20, 40, 80])
SEEDS = (0, 1, 2)
N_SYMBOLS, WIDTH = 8, 32
SETTINGS = {"steps": 1500, "batch": 64, "lr": 3e-3, "forget_bias": 5.0, "n_symbols": N_SYMBOLS, "width": WIDTH}
SCORED_EVERY, N_SCORED = 100, 4096


class Attention(nn.Module):
    """One head, one query: the last token looks back over the whole sequence."""

    def __init__(self) -> None:
        super().__init__()
        self.queries, self.keys, self.values = (nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(3))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, None]:
        """Return what every query reads, in the form of torch's recurrent layers."""
        output, _ = attend(self.queries(x[:, -1:]), self.keys(x), self.values(x))
        return output, None


def recurrent(kind: str) -> nn.Module:
    """Make one of torch's recurrent layers; with its gates open, an LSTM starts with forget gates close to 1."""
    layer = getattr(nn, kind.split(",")[0])(WIDTH, WIDTH, batch_first=True)
    if "gates open" in kind:
        with torch.no_grad():
            layer.bias_hh_l0[WIDTH : 2 * WIDTH] = SETTINGS["forget_bias"]
    return layer


class Recaller(nn.Module):
    """Embed symbols and positions, pass them through one layer, read the first symbol off the last output."""

    def __init__(self, kind: str, n_tokens: int) -> None:
        super().__init__()
        self.symbols = nn.Embedding(N_SYMBOLS, WIDTH)
        self.positions = nn.Embedding(n_tokens, WIDTH)
        self.layer = Attention() if kind == "attention" else recurrent(kind)
        self.readout = nn.Linear(WIDTH, N_SYMBOLS)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return one score a symbol."""
        output, _ = self.layer(self.symbols(tokens) + self.positions.weight)
        return self.readout(output[:, -1])


def sequences(count: int, n_tokens: int, generator: torch.Generator) -> torch.Tensor:
    """Draw sequences of symbols; the first is the one to remember."""
    return torch.randint(N_SYMBOLS, (count, n_tokens), generator=generator)


def train(kind: str, n_distractors: int, seed: int) -> torch.Tensor:
    """Train one model and return its accuracy on fresh sequences after every 100 steps."""
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(1000 + seed)
    n_tokens = n_distractors + 1
    model = Recaller(kind, n_tokens)
    optimiser = torch.optim.Adam(model.parameters(), lr=SETTINGS["lr"])
    held_out = sequences(N_SCORED, n_tokens, torch.Generator().manual_seed(99))
    accuracy = []
    for step in range(1, SETTINGS["steps"] + 1):
        tokens = sequences(SETTINGS["batch"], n_tokens, generator)
        loss = nn.functional.cross_entropy(model(tokens), tokens[:, 0])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % SCORED_EVERY == 0:
            with torch.no_grad():
                accuracy.append((model(held_out).argmax(-1) == held_out[:, 0]).float().mean())
    return torch.stack(accuracy)


def main() -> None:
    """Train all kinds at all distances; an accuracy is stored as (distance, seed, checkpoint)."""
    parser = argparse.ArgumentParser(description="Train the models of the copy task in the chapter attention.")
    parser.add_argument("--output", type=Path, default=data.FOLDER / "copy_task.safetensors")
    target = parser.parse_args().output
    torch.set_num_threads(1)
    checkpoints = torch.arange(SCORED_EVERY, SETTINGS["steps"] + 1, SCORED_EVERY)
    arrays = {"n_distractors": DISTANCES, "step": checkpoints}
    for kind in KINDS:
        runs = [[train(kind, n_distractors, seed) for seed in SEEDS] for n_distractors in DISTANCES.tolist()]
        arrays[kind] = torch.stack([torch.stack(row) for row in runs])
        means = ", ".join(
            f"{n}: {a:.2f}" for n, a in zip(DISTANCES.tolist(), arrays[kind][:, :, -1].mean(1), strict=True)
        )
        print(f"{kind}: mean accuracy by distance {means}", flush=True)
    error = math.sqrt(0.25 / N_SCORED)
    metadata = {name: str(value) for name, value in SETTINGS.items()}
    metadata |= {"seeds": str(SEEDS), "scored_on": f"{N_SCORED} sequences, standard error at most {error:.3f}"}
    metadata |= {"made_by": "python tools/train_copy_task.py"}
    save_file(arrays, target, metadata=metadata)


if __name__ == "__main__":
    main()
