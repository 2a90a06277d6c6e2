"""The usual way to train toy models, restated: what the trainer is measured against.

Written for this benchmark after the description of the loop in the notebook that accompanies Elhage et al. 2022 (one
tensor of values and one of masks, two einsums, autograd, AdamW with a constant rate of 1e-3 and its default weight
decay, batches of 1024, 10,000 steps, Xavier-normal start); no line of it is taken from there.
"""

import time

import torch
from torch import Tensor, nn

BATCH, STEPS = 1024, 10_000
SNAPSHOTS = (250, 500, 1000, 2000, 3000, 5000, 7500, 10_000)


class UsualLoop:
    """Models in the layout (batch, instance, feature), one step of the optimiser at a time."""

    def __init__(self, d_hidden: int, importance: Tensor, feature_probability: Tensor, seed: int):
        torch.manual_seed(seed)
        n_instances, n_features = len(feature_probability), len(importance)
        self.shape = (BATCH, n_instances, n_features)
        self.importance, self.p = importance, feature_probability[:, None]
        self.W = nn.Parameter(nn.init.xavier_normal_(torch.empty(n_instances, n_features, d_hidden)))
        self.b = nn.Parameter(torch.zeros(n_instances, n_features))
        self.optimiser = torch.optim.AdamW([self.W, self.b], lr=1e-3)

    def step(self) -> None:
        """Draw a batch and take one step."""
        values, mask = torch.rand(self.shape), torch.rand(self.shape) <= self.p
        x = torch.where(mask, values, torch.zeros(()))
        h = torch.einsum("sif,ifd->sid", x, self.W)
        x_hat = torch.relu(torch.einsum("sid,ifd->sif", h, self.W) + self.b)
        loss = (self.importance * (x - x_hat).square()).mean(dim=(0, 2)).sum()
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()

    def run(self) -> dict[str, Tensor]:
        """Train to the end; return W (d_hidden, n_features), b and the CPU seconds so far at each snapshot."""
        taken, started = [], time.process_time()
        for step in range(1, STEPS + 1):
            self.step()
            if step in SNAPSHOTS:
                seconds = torch.tensor(time.process_time() - started, dtype=torch.float64)
                taken.append((self.W.detach().mT.clone(), self.b.detach().clone(), seconds))
        return {
            name: torch.stack(parts)
            for name, parts in zip(("W", "b", "seconds"), zip(*taken, strict=True), strict=True)
        }
