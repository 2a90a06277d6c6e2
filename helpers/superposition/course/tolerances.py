"""How closely a measured value must agree with a recorded one: seven forms, each with one meaning."""

import math
from dataclasses import dataclass

from superposition.course.values import in_words, leaves, numbers, only_numbers, show, structure

FORMS = ("exact", "abs", "rel", "interval", "one_of", "less_than", "greater_than")


@dataclass(frozen=True)
class Tolerance:
    """One form and its bound.

    `exact` has no bound; `abs` and `rel` have a width; `interval` has [a, b] for every number of the value, or a list
    with one [a, b] a number (`inf` leaves a side open); `one_of` lists whole values; `less_than` and `greater_than`
    leave their bound itself out. Not a number and infinity are never accepted.
    """

    form: str
    bound: object = None

    @classmethod
    def read(cls, entry: object) -> "Tolerance":
        """Read `"exact"` or a table with one form, such as `{ abs = 1e-6 }`; anything else raises a ValueError."""
        if entry == "exact":
            return cls("exact")
        if isinstance(entry, dict) and len(entry) == 1:
            form, bound = next(iter(entry.items()))
            if form in FORMS[1:]:
                return cls(form, bound)
        raise ValueError(f"tolerance is one of {', '.join(FORMS)}, not {entry!r}")

    def misfit(self, expected: object, measured: object) -> str:
        """Return "" if the measured value is accepted, else what was expected and what came."""
        if self.form == "one_of":
            fits = any(_same(choice, measured) for choice in self._choices())
            return "" if fits else f"expected {self.words()}, measured {show(measured)}"
        if structure(expected) != structure(measured):
            return f"expected {in_words(expected)}, got {in_words(measured)}"
        if self.form == "exact":
            return "" if _same(expected, measured) else f"expected {show(expected)}, measured {show(measured)}"
        where = " in place {}" if isinstance(expected, list) else ""
        for place, (value, (low, high)) in enumerate(zip(numbers(measured), self.ranges(expected), strict=True), 1):
            if not (math.isfinite(value) and low <= value <= high):
                return f"expected {_range(low, high)}{where.format(place)}, measured {value:.6g}"
        return ""

    def ranges(self, expected: object) -> list[tuple[float, float]]:
        """Return the closed range that is accepted for each number of the recorded value."""
        values = numbers(expected)
        if self.form == "interval":
            return self._intervals(len(values))
        bound = numbers(self.bound)[0]
        match self.form:
            case "less_than":
                return [(-math.inf, math.nextafter(bound, -math.inf))] * len(values)
            case "greater_than":
                return [(math.nextafter(bound, math.inf), math.inf)] * len(values)
            case "rel":
                return [(value - bound * abs(value), value + bound * abs(value)) for value in values]
        return [(value - bound, value + bound) for value in values]

    def slack(self, expected: object) -> float:
        """Return the smallest distance of the recorded value from the edge of what is accepted; 0 for exact forms."""
        if self.form in ("exact", "one_of"):
            return 0.0
        pairs = zip(numbers(expected), self.ranges(expected), strict=True)
        return min(min(value - low, high - value) for value, (low, high) in pairs)

    def fault(self, expected: object) -> str:
        """Return "" if the bound fits the form and the recorded value, else one clause that says what does not."""
        match self.form:
            case "exact":
                decimals = any(isinstance(entry, float) for entry in leaves(expected))
                return "exact fits integers, words and truth values; give decimals abs or rel" if decimals else ""
            case "one_of":
                return "" if len(self._choices()) > 1 else "one_of needs a list of two values or more"
            case "interval":
                return _numbers_fault(self.form, expected) or self._interval_fault(len(list(leaves(expected))))
        return _numbers_fault(self.form, expected) or self._bound_fault()

    def words(self) -> str:
        """Say the tolerance in words, to stand behind the recorded value."""
        match self.form:
            case "exact":
                return "exactly"
            case "abs":
                return f"within {self.bound}"
            case "rel":
                return f"within {100 * numbers(self.bound)[0]:g} %"
            case "interval":
                return ", ".join(_range(low, high) for low, high in self._intervals(1))
            case "one_of":
                return "one of " + " or ".join(show(choice) for choice in self._choices())
        return f"a number {'below' if self.form == 'less_than' else 'above'} {self.bound}"

    def _choices(self) -> list[object]:
        return self.bound if isinstance(self.bound, list) else []

    def _intervals(self, count: int) -> list[tuple[float, float]]:
        ends = numbers(self.bound)
        return list(zip(ends[::2], ends[1::2], strict=True)) * (1 if _is_nested(self.bound) else count)

    def _interval_fault(self, count: int) -> str:
        ends = list(leaves(self.bound))
        if not only_numbers(ends) or len(ends) != (2 * count if _is_nested(self.bound) else 2):
            return "interval needs [a, b], or one [a, b] for each number of the value"
        upside_down = any(low > high for low, high in self._intervals(1))
        return "interval needs a, b with a at most b" if upside_down else ""

    def _bound_fault(self) -> str:
        if isinstance(self.bound, list) or not only_numbers(self.bound):
            return f"{self.form} needs one number, not {self.bound!r}"
        narrow = self.form in ("abs", "rel") and not numbers(self.bound)[0] > 0
        return f"{self.form} needs a number above 0, not {self.bound!r}" if narrow else ""


def _numbers_fault(form: str, expected: object) -> str:
    return "" if only_numbers(expected) else f"{form} compares numbers, and the value is {in_words(expected)}"


def _range(low: float, high: float) -> str:
    if math.isinf(low):
        return f"a number below {math.nextafter(high, math.inf):.6g}"
    if math.isinf(high):
        return f"a number above {math.nextafter(low, -math.inf):.6g}"
    return f"{low:.6g}" if low == high else f"{low:.6g} to {high:.6g}"


def _is_nested(bound: object) -> bool:
    return isinstance(bound, list) and any(isinstance(entry, list) for entry in bound)


def _same(one: object, other: object) -> bool:
    return structure(one) == structure(other) and one == other
