"""The three problems that trainers are compared on, and how results are judged: on inputs new to both sides."""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from superposition.expected_loss import Design, activity_design, expected_loss, weighted_loss
from superposition.importance_sampling import weighted_sample

JUDGE_SEED = 77


@dataclass(frozen=True)
class Problem:
    """Sizes and data of one comparison; `levels` are the instances that are trained to the end."""

    name: str
    n_features: int
    d_hidden: int
    importance: Tensor
    feature_probability: Tensor
    levels: tuple[int, ...]
    judge_samples: int = 0
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def trained(self) -> Tensor:
        """The feature probabilities of the instances that are trained to the end."""
        return self.feature_probability[list(self.levels)]

    def judge(self, W: Tensor, b: Tensor) -> Tensor:
        """Evaluate models, one for each trained level, on a fine design or a large weighted sample."""
        if self.n_features <= 6:
            return expected_loss(W, b, self.trained, self.importance, self._design()).double()
        losses = torch.zeros(len(W), dtype=torch.float64)
        for level, p in enumerate(self.trained.tolist()):
            generator = torch.Generator().manual_seed(JUDGE_SEED)
            x, weight = weighted_sample(self.judge_samples, self.n_features, p, generator=generator)
            for part, share in zip(x.split(8192), weight.split(8192), strict=True):
                losses[level] += float(weighted_loss(W[level], b[level], part, share, self.importance))
        return losses

    def _design(self) -> Design:
        return activity_design(self.n_features, 64, seed=JUDGE_SEED)


def _levels(count: int) -> Tensor:
    return 20.0 ** -torch.linspace(0, 1, count)


PROBLEMS = {
    problem.name: problem
    for problem in (
        Problem("pent", 5, 2, 0.9 ** torch.arange(5.0), _levels(10), tuple(range(10))),
        Problem(
            "n20",
            20,
            5,
            0.7 ** torch.arange(20.0),
            torch.tensor([1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001]),
            tuple(range(7)),
            2**17,
        ),
        Problem(
            "geo",
            200,
            20,
            torch.ones(200),
            _levels(20),
            (0, 5, 10, 15, 19),
            2**15,
            {"batch": 64, "steps": 14_000, "lr": 3e-3, "n_restarts": 1},
        ),
    )
}
