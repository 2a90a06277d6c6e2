"""Shares of a dimension: how the features of a small space divide it among themselves.

`W` has shape (*instances, d_hidden, n_features) and column i is the direction w_i of feature i; F = W W^T.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from scipy.sparse.csgraph import connected_components
from torch import Tensor

from superposition.frames import gram, interference


def dimensionality(W: Float[Tensor, "*instances d_hidden n_features"]) -> Float[Tensor, "*instances n_features"]:
    """Measure the share of a dimension that each feature has to itself: D_i = |w_i|^4 / sum_j (w_i . w_j)^2.

    Anchors: a feature alone or perpendicular to all others has 1, a digon 1/2, a pentagon 2/5, a zero column 0.
    Always from 0 to 1, and unchanged when W is rotated or scaled. Source: Elhage et al. 2022; the capacity of
    Scherlis et al. 2022 is the same share.
    """
    overlaps = gram(W)
    squared, crowd = overlaps.diagonal(dim1=-2, dim2=-1), overlaps.square().sum(-1)
    return torch.where(crowd > 0, squared.square() / crowd.clamp_min(torch.finfo(W.dtype).tiny), 0)


def leverage(W: Float[Tensor, "*instances d_hidden n_features"]) -> Float[Tensor, "*instances n_features"]:
    """Bound each dimensionality from above by w_i . F^+ w_i, the statistician's leverage score.

    The scores are the diagonal of the projector W^+ W, so they add up to the rank of W exactly.
    """
    return (torch.linalg.pinv(W).mT * W).sum(-2)


def dims_per_feature(W: Float[Tensor, "*instances d_hidden n_features"]) -> Float[Tensor, "*instances"]:
    """Spread the dimensions evenly over what is stored: d_hidden / sum_i |w_i|^2. W = 0 raises ValueError.

    Anchors: an orthonormal basis 1, digons of unit length 1/2. Source: Elhage et al. 2022, who write D*.
    """
    stored = W.square().sum(dim=(-2, -1))
    if bool((stored == 0).any()):
        raise ValueError("dims_per_feature needs at least one feature with a direction, got W = 0")
    return W.shape[-2] / stored


def is_tight(W: Float[Tensor, "d_hidden n_features"], tolerance: float = 1e-6) -> bool:
    """Tell whether F stretches every vector of the span alike: all its non-zero eigenvalues are equal.

    An eigenvalue below `tolerance` times the largest counts as zero, and so does a spread of that size.
    Anchors: every regular polygon is tight; a basis with one vector doubled in length is not. W = 0 is not.
    """
    eigenvalues = torch.linalg.svdvals(W).square()
    largest = float(eigenvalues.max())
    kept = eigenvalues[eigenvalues > tolerance * largest]
    return largest > 0 and float(kept.max() - kept.min()) <= tolerance * largest


def eigen_defect(W: Float[Tensor, "*instances d_hidden n_features"]) -> Float[Tensor, "*instances"]:
    """Find the largest sine of the angle between a feature w_i and F w_i; zero columns have none.

    0 exactly when every feature is an eigenvector of F, which is when the dimensionalities add up to the rank.
    """
    pulled = W @ (W.mT @ W)
    lengths, pulled_lengths = W.norm(dim=-2), pulled.norm(dim=-2)
    # the part of F w that stands across w; a cosine would lose half of the digits
    across = pulled - W * ((W * pulled).sum(-2) / lengths.square().clamp_min(torch.finfo(W.dtype).tiny)).unsqueeze(-2)
    sines = across.norm(dim=-2) / pulled_lengths.clamp_min(torch.finfo(W.dtype).tiny)
    return torch.where(lengths > 0, sines, 0).amax(-1)


@dataclass(frozen=True)
class FeatureBlock:
    """Features that overlap with one another and, up to a threshold, with no others."""

    indices: tuple[int, ...]
    rank: int
    mean_dimensionality: float


def blocks(
    W: Float[Tensor, "d_hidden n_features"], cosine: float = 0.12, minimum_norm: float = 0.5
) -> list[FeatureBlock]:
    """Split the features longer than `minimum_norm` into the connected parts of the graph |cos(w_i, w_j)| > cosine.

    Largest first. The rank of a block counts singular values of its unit columns above `cosine` times the largest.
    No feature long enough gives an empty list.
    """
    kept = (W.norm(dim=0) > minimum_norm).nonzero().flatten()
    if len(kept) == 0:
        return []
    unit = torch.nn.functional.normalize(W[:, kept], dim=0)
    _, labels = connected_components((interference(unit).abs() > cosine).numpy(), directed=False)
    shares, found = dimensionality(W), []
    for label in range(labels.max() + 1):
        members = torch.from_numpy(labels == label)
        rank = int(torch.linalg.matrix_rank(unit[:, members], rtol=cosine))
        indices = kept[members]
        found.append(FeatureBlock(tuple(indices.tolist()), rank, float(shares[indices].mean())))
    return sorted(found, key=lambda block: -len(block.indices))


def angles(W: Float[Tensor, "2 n_features"]) -> Float[Tensor, " n_features"]:
    """Measure the gaps between neighbouring directions of the plane, in degrees, smallest first. They add up to 360.

    Anchors: a pentagon has five gaps of 72, a digon two of 180.
    """
    turned = torch.atan2(W[1], W[0]).rad2deg().sort().values
    return torch.cat([turned.diff(), 360 + turned[:1] - turned[-1:]]).sort().values
