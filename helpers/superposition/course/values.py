"""What a claim compares: numbers, words and truth values, alone or in nested lists, and how they are printed."""

import math
from collections.abc import Iterator
from typing import cast

Leaf = bool | int | float | str


def as_lists(value: object) -> object:
    """Turn tensors, arrays and tuples into nested lists of Python's own numbers, words and truth values."""
    tolist = getattr(value, "tolist", None)
    if callable(tolist):
        return tolist()
    if isinstance(value, list | tuple):
        return [as_lists(entry) for entry in value]
    return value


def leaves(value: object) -> Iterator[object]:
    """Yield the entries of a nested list from left to right."""
    if isinstance(value, list):
        for entry in value:
            yield from leaves(entry)
    else:
        yield value


def filled(value: object, constant: Leaf) -> object:
    """Return a nested list of the same shape with `constant` in every place."""
    return [filled(entry, constant) for entry in value] if isinstance(value, list) else constant


def structure(value: object) -> object:
    """Return the value with each entry replaced by its sort: number, word, truth value or the name of its type."""
    if isinstance(value, list):
        return [structure(entry) for entry in value]
    sorts = {bool: "truth value", int: "number", float: "number", str: "word"}
    return sorts.get(type(value), type(value).__name__)


def in_words(value: object) -> str:
    """Say in words what a value is: "3 numbers", "a list of 2 and 3 numbers", "nothing"."""
    if value is None or value in ([], ""):
        return "nothing"
    if not isinstance(value, list):
        return f"one {structure(value)}"
    sorts = sorted({str(structure(entry)) for entry in leaves(value)})
    sort = f"{sorts[0]}s" if len(sorts) == 1 else "entries"
    nested = any(isinstance(entry, list) for entry in value)
    count = len(list(leaves(value)))
    return f"{count} {sort} in {len(value)} lists" if nested else f"{count} {sort}"


def show(value: object) -> str:
    """Print a value: floats with three significant digits, integers in full, lists with commas, rows with semicolons.

    Magnitudes below 1e-9 print as 0.00, so that rounding errors are not printed as if they were numbers.
    """
    if isinstance(value, list):
        nested = any(isinstance(entry, list) for entry in value)
        return ("; " if nested else ", ").join(show(entry) for entry in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return _three_digits(value) if isinstance(value, float) else str(value)


def _three_digits(number: float) -> str:
    if not math.isfinite(number):
        return str(number)
    if abs(number) < 1e-9:
        return "0.00"
    text = f"{number:#.3g}"
    if "e+" in text and abs(number) < 1e6:
        return str(int(float(text)))
    return text.rstrip(".")


def only_numbers(value: object) -> bool:
    """Tell whether every entry is a number; truth values, which Python counts as numbers, are not."""
    return all(structure(entry) == "number" for entry in leaves(value))


def numbers(value: object) -> list[float]:
    """Return the entries of a value that holds nothing but numbers."""
    return [float(cast(float, entry)) for entry in leaves(value)]
