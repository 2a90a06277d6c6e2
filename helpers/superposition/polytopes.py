"""Polytopes whose corners are features: how to build them, and how to recognise them in a trained W.

Every figure is a matrix of unit columns, one a corner.
"""

import math
from collections import Counter
from itertools import permutations

import torch
from jaxtyping import Float
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from superposition.frames import gram, half_cube, polygon
from superposition.geometry import blocks

Shape = Float[Tensor, "d_hidden n_features"]
Other = Float[Tensor, "_ _"]  # beside a Shape of another size
TIE = 1e-6  # two residuals nearer than this differ by rounding, which is another on each machine


def simplex(d_hidden: int) -> Other:
    """Place d + 1 corners that all meet at cosine -1/d. d < 1 raises ValueError.

    Anchors: digon, triangle, tetrahedron, 5-cell for d = 1, 2, 3, 4.
    """
    if d_hidden < 1:
        raise ValueError(f"d_hidden must be at least 1, got {d_hidden}")
    centred = torch.eye(d_hidden + 1, dtype=torch.float64) - 1 / (d_hidden + 1)
    return _flattened(centred, d_hidden)


def cube(d_hidden: int) -> Other:
    """List the 2^d corners of a cube, scaled to length 1. d < 1 raises ValueError."""
    if d_hidden < 1:
        raise ValueError(f"d_hidden must be at least 1, got {d_hidden}")
    signs = torch.cartesian_prod(*[torch.tensor([1.0, -1.0], dtype=torch.float64)] * d_hidden)
    return signs.reshape(-1, d_hidden).T / math.sqrt(d_hidden)


def square_antiprism(height: float = 3**-0.5) -> Float[Tensor, "3 8"]:
    """Stand two squares over one another at +-height, one turned by 45 degrees.

    Anchors: the height 1/sqrt 3 makes a tight frame, D = 3/8 each; 0 is a flat octagon. Outside [0, 1) raises
    ValueError.
    """
    if not 0 <= height < 1:
        raise ValueError(f"height must lie in [0, 1), got {height}")
    around = math.sqrt(1 - height**2) * polygon(8)
    up = height * torch.tensor([1.0, -1.0], dtype=torch.float64).repeat(4)
    return torch.cat([around, up[None]])


def icosahedron() -> Float[Tensor, "3 12"]:
    """Place twelve corners in space that meet at cosines +-1/sqrt 5 and -1."""
    golden = (1 + math.sqrt(5)) / 2
    signs = torch.tensor([[1.0, 1, -1, -1], [1, -1, 1, -1]], dtype=torch.float64)
    one, long = signs[0], golden * signs[1]
    corners = torch.stack([torch.zeros(4, dtype=torch.float64), one, long])
    return torch.cat([corners.roll(turn, dims=0) for turn in range(3)], dim=1) / math.sqrt(1 + golden**2)


def e8_roots() -> Float[Tensor, "8 240"]:
    """List the 240 shortest vectors of the lattice E8, scaled to length 1; cosines are 0, +-1/2 and -1."""
    halves = cube(8)
    even = halves[:, (halves < 0).sum(0) % 2 == 0]
    basis = torch.eye(8, dtype=torch.float64)
    pairs = [basis[i] * s + basis[j] * t for i in range(8) for j in range(i) for s in (1, -1) for t in (1, -1)]
    return torch.cat([even, torch.stack(pairs, dim=1) / math.sqrt(2)], dim=1)


def vertex_figure(W: Shape) -> Other:
    """Look from the first corner at its nearest neighbours: their directions, seen in the space across it.

    From `e8_roots` on: 240 corners in 8 dimensions, 56 in 7, 27 in 6, 16 in 5 (the half-cube), 10 in 4.
    """
    cosines = gram(W)[0]
    nearest = (cosines - cosines[1:].max()).abs() < 1e-9
    across = W[:, nearest] - W[:, :1] * cosines[nearest]
    return _flattened(across, len(W) - 1)


def direct_sum(*shapes: Other) -> Other:
    """Give each figure dimensions of its own, so that corners of different figures are perpendicular.

    Anchors: triangle and digon make the triangular bipyramid; three digons the octahedron.
    """
    return torch.block_diag(*shapes)


def _flattened(columns: Other, d_hidden: int) -> Other:
    """Write columns that span d dimensions in d coordinates, and give them length 1.

    The axes are those of the first independent columns, one after another (Gram-Schmidt): singular vectors of equal
    singular values would be others on other machines.
    """
    axes, steps = torch.linalg.qr(columns[:, _independent(columns)[:d_hidden]])
    return torch.nn.functional.normalize((axes * steps.diagonal().sign()).T @ columns, dim=0)


def _independent(figure: Shape) -> list[int]:
    """Choose the first corners, one a dimension, that are independent of those before."""
    chosen: list[int] = []
    for corner in range(figure.shape[1]):
        if torch.linalg.matrix_rank(figure[:, [*chosen, corner]]) > len(chosen):
            chosen.append(corner)
    return chosen


def _catalogue() -> dict[str, Tensor]:
    names = ("triangle", "square", "pentagon", "hexagon", "heptagon", "octagon")
    polygons = {name: polygon(k) for k, name in enumerate(names, start=3) if name != "square"}
    gosset = vertex_figure(vertex_figure(e8_roots()))
    return {
        "digon": simplex(1),
        **polygons,
        "tetrahedron": simplex(3),
        "5-cell": simplex(4),
        "cube": cube(3),
        "square antiprism": square_antiprism(),
        "icosahedron": icosahedron(),
        "ten in 4-D": vertex_figure(half_cube(5)),
        "half-cube": half_cube(5),
        "twenty-seven in 6-D": gosset,
    }


CATALOGUE = _catalogue()


def misfit(W: Shape, figure: Other) -> float:
    """Measure how far W is from a figure: the largest difference between their cosines, corner by corner, sorted.

    0 for any rotation, reflection, reordering and change of lengths. Made for figures whose corners all see the same
    picture, as in the catalogue. Another number of corners gives infinity.
    """
    if W.shape[1] != figure.shape[1]:
        return math.inf
    ours = gram(torch.nn.functional.normalize(W, dim=0)).sort(dim=1).values
    theirs = gram(figure)[0].sort().values
    return float((ours - theirs).abs().max())


def align(W: Shape, figure: Other) -> tuple[Shape, float]:
    """Turn and reorder the columns of W until they lie on the corners of a figure; return them and what is left.

    The residual is the root mean square distance of the directions (all taken with length 1) from their corners.
    Tries every way to send the first independent corners somewhere, so it is meant for a dozen corners in space.
    Of ways that are equally good, as a symmetric figure has many, the first is taken.
    Different shapes raise ValueError.
    """
    if W.shape != figure.shape:
        raise ValueError(f"W and the figure must have one shape, got {tuple(W.shape)} and {tuple(figure.shape)}")
    W, best = W.double(), (W, math.inf)
    unit = torch.nn.functional.normalize(W, dim=0)
    anchors = _independent(figure)
    for choice in permutations(range(W.shape[1]), len(anchors)):
        turn = _rotation(unit[:, list(choice)], figure[:, anchors])
        order = linear_sum_assignment((figure.T @ turn @ unit).numpy(), maximize=True)[1]
        turn = _rotation(unit[:, order], figure)
        residual = float((turn @ unit[:, order] - figure).square().sum(0).mean().sqrt())
        if residual < best[1] - TIE:
            best = turn @ W[:, order], residual
    return best


def _rotation(columns: Shape, targets: Shape) -> Other:
    """Find the rotation or reflection that brings columns nearest to their targets (Procrustes)."""
    left, _, right = torch.linalg.svd(targets @ columns.T)
    return left @ right


def recognise(W: Shape, tolerance: float = 0.15) -> Counter[str]:
    """Count the figures that the features of W form, block by block.

    A block that is within `tolerance` of no figure in the catalogue is called "6 in 3-D" by its size and rank; a
    feature that overlaps with none is "alone". The square and the octahedron are not in the catalogue: they fall
    apart into two and three digons.
    """
    return Counter(_name(W[:, list(block.indices)], block.rank, tolerance) for block in blocks(W))


def _name(W: Shape, rank: int, tolerance: float) -> str:
    if W.shape[1] == 1:
        return "alone"
    misfits = {name: misfit(W.double(), figure) for name, figure in CATALOGUE.items()}
    nearest = min(misfits, key=misfits.__getitem__)
    return nearest if misfits[nearest] <= tolerance else f"{W.shape[1]} in {rank}-D"
