"""Compare plain values with what was expected, and put them into words."""

import math
from typing import Any

import torch
from torch import Tensor

RTOL, ATOL = 1e-4, 1e-6
OF_LARGEST = 1e-5  # of the largest entry: what rounding in float32 may leave where large terms cancel


def agrees(ours: Any, theirs: Any) -> bool:
    """Tell whether two plain values say the same: equal words or truths, numbers to rounding, whatever their type.

    A tensor without dimensions counts as a number; tensors of different shape never agree, nor truths with numbers.
    """
    ours, theirs = _unpacked(ours), _unpacked(theirs)
    if isinstance(ours, Tensor) and isinstance(theirs, Tensor):
        if ours.shape != theirs.shape or (ours.dtype is torch.bool) != (theirs.dtype is torch.bool):
            return False
        return bool(_close(ours, theirs).all())
    if isinstance(ours, bool | str) or isinstance(theirs, bool | str):
        return type(ours) is type(theirs) and bool(ours == theirs)
    if is_number(ours) and is_number(theirs):
        return ours == theirs or math.isclose(ours, theirs, rel_tol=RTOL, abs_tol=ATOL)
    return False


def is_number(value: object) -> bool:
    """Tell whether a plain value is a real number, or a tensor that holds exactly one without any dimension."""
    value = _unpacked(value)
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_finite(value: object) -> bool:
    """Tell whether a plain value has no NaN and no infinity in it."""
    if isinstance(value, Tensor):
        return bool(torch.isfinite(value).all())
    return not isinstance(value, float) or math.isfinite(value)


def unchanged(before: object, after: object) -> bool:
    """Tell whether an input is as it was: tensors entry by entry, containers item by item."""
    if type(before) is not type(after):
        return False
    if isinstance(before, Tensor) and isinstance(after, Tensor):
        return before.shape == after.shape and before.dtype == after.dtype and torch.equal(before, after)
    if isinstance(before, dict) and isinstance(after, dict):
        return list(before) == list(after) and all(unchanged(before[key], after[key]) for key in before)
    return isinstance(before, torch.Generator) or before == after


def largest_difference(ours: object, theirs: object) -> str:
    """Say in one sentence where `ours` is furthest from `theirs`; both have the same shape."""
    if not (isinstance(ours, Tensor) and isinstance(theirs, Tensor)) or theirs.dim() == 0:
        return f"Yours is {shown(ours)}, expected {shown(theirs)}."
    n_wrong = int((~_close(ours, theirs)).sum())
    distance = (ours.double() - theirs.double()).abs()
    worst = tuple(int(index) for index in torch.unravel_index(distance.argmax(), distance.shape))
    return (
        f"The shape is right, the numbers are not: {n_wrong} of {theirs.numel()} entries differ. "
        f"The worst is {list(worst)}: yours {shown(ours[worst])}, expected {shown(theirs[worst])}."
    )


def shown(value: object) -> str:
    """Write a plain value as short as a sentence wants it."""
    value = _unpacked(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    return f'"{value[:40]}"' if isinstance(value, str) else repr(value)


def _close(ours: Tensor, theirs: Tensor) -> Tensor:
    if ours.is_complex() or theirs.is_complex():
        return torch.full(theirs.shape, ours.dtype is theirs.dtype) & (ours == theirs)
    theirs = theirs.double()
    largest = float(theirs.nan_to_num().abs().max()) if theirs.numel() else 0.0
    return torch.isclose(ours.double(), theirs, rtol=RTOL, atol=ATOL + OF_LARGEST * largest, equal_nan=True)


def _unpacked(value: Any) -> Any:
    """Turn a tensor without dimensions into the Python number it holds."""
    return value.item() if isinstance(value, Tensor) and value.dim() == 0 and not value.is_complex() else value
