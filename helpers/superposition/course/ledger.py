"""The ledger of a chapter: what it claims, how closely, and where that comes from.

`chapters/<chapter>/claims.toml` holds one table a claim. A ledger with a fault is refused as a whole, with one
sentence a fault.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from superposition.course.chapter_files import nearest, read_chapter_file
from superposition.course.tolerances import Tolerance
from superposition.course.values import filled, numbers

KINDS = ("exact", "computed", "trained", "reported")
READ = ("text", "abstract", "excerpt")
_ID = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_BIBLIOGRAPHY_KEY = re.compile(r"[a-z]+[0-9]{4}[a-z]*")
_SORTS: dict[str, type | tuple[type, ...]] = {
    "statement": str,
    "value": (bool, int, float, str, list),
    "tolerance": (str, dict),
    "kind": str,
    "source": str,
    "read": str,
    "seeds": list,
    "settings": dict,
    "perturbation": (int, float),
    "caveat": str,
    "withdrawn": str,
}


class LedgerError(ValueError):
    """A ledger that breaks its own rules: one sentence a fault."""


@dataclass(frozen=True)
class Claim:
    """One entry of a ledger.

    `source` is a bibliography key, "derivation" (our algebra) or "measurement" (we ran it: `settings` say how).
    `read` says how much of a reported source was read. `perturbation` is the measured spread of the value when the
    initial weights move by 1e-6 of their size. `withdrawn` holds the reason why the claim is no longer made.
    """

    id: str
    statement: str
    value: object
    kind: str
    source: str
    tolerance: Tolerance = field(default_factory=lambda: Tolerance("exact"))
    read: str = ""
    seeds: tuple[int, ...] = ()
    settings: dict[str, object] = field(default_factory=dict)
    perturbation: int | float | None = None
    caveat: str = ""
    withdrawn: str = ""


@cache
def read_ledger(chapter: str) -> dict[str, Claim]:
    """Return the claims of one chapter by id; an unknown chapter raises LookupError and names the nearest."""
    return parse_ledger(chapter, read_chapter_file(chapter, "claims.toml"))


def parse_ledger(chapter: str, text: str) -> dict[str, Claim]:
    """Read a ledger from TOML; raise LedgerError with every fault that is found."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LedgerError(f"The ledger of {chapter} is not TOML: {error}.") from None
    faults = [f"{name}: {fault}." for name, table in tables.items() for fault in _faults(chapter, name, table)]
    if faults:
        raise LedgerError("\n".join(faults))
    return {name: _claim(name, table) for name, table in tables.items()}


def _claim(name: str, table: dict) -> Claim:
    tolerance = Tolerance.read(table.get("tolerance", "exact"))
    return Claim(name, **{**table, "tolerance": tolerance, "seeds": tuple(table.get("seeds", ()))})


def _faults(chapter: str, name: str, table: object) -> Iterator[str]:
    if not isinstance(table, dict):
        yield "a claim is a table"
        return
    if not _ID.fullmatch(name) or name.split(".")[0] != chapter:
        yield f"the id of a claim here is {chapter}.<fact>, in small letters, digits and underscores"
    sorts = list(_field_faults(table))
    yield from sorts
    if not sorts:
        yield from _reported_faults(table) if table["kind"] == "reported" else _asserted_faults(table)


def _field_faults(table: dict) -> Iterator[str]:
    for key in ("statement", "value", "kind", "source"):
        if table.get(key) in (None, "", []):
            yield f"{key} is missing"
    for key, entry in table.items():
        if key not in _SORTS:
            yield f"there is no field {key!r}{nearest(key, list(_SORTS))}"
        elif not isinstance(entry, _SORTS[key]):
            yield f"{key} is a {type(entry).__name__}"
    if table.get("kind", KINDS[0]) not in KINDS:
        yield f"kind is one of {', '.join(KINDS)}, not {table['kind']!r}"


def _reported_faults(table: dict) -> Iterator[str]:
    if not _BIBLIOGRAPHY_KEY.fullmatch(table["source"]):
        yield f"a reported claim names its source by a bibliography key, not {table['source']!r}"
    if table.get("read") not in READ:
        yield f"read says what was read of the source: {', '.join(READ)}"
    if "tolerance" in table:
        yield "a reported claim is quoted, not measured, and has no tolerance"


def _asserted_faults(table: dict) -> Iterator[str]:
    own = ("derivation",) if table["kind"] == "exact" else ("derivation", "measurement")
    if table["source"] not in own and not _BIBLIOGRAPHY_KEY.fullmatch(table["source"]):
        yield f"source is {' or '.join(own)} or a bibliography key, not {table['source']!r}"
    if "tolerance" not in table:
        yield "tolerance is missing"
        return
    try:
        tolerance = Tolerance.read(table["tolerance"])
    except ValueError as error:
        yield str(error)
        return
    if fault := tolerance.fault(table["value"]):
        yield fault
        return
    yield from _value_faults(tolerance, table["value"])
    if table["kind"] == "trained":
        yield from _trained_faults(tolerance, table)


def _value_faults(tolerance: Tolerance, value: object) -> Iterator[str]:
    if misfit := tolerance.misfit(value, value):
        yield f"the recorded value does not pass its own tolerance: {misfit}"
    for trivial in ([], "", *(filled(value, constant) for constant in (0, 1, False, True))):
        if not tolerance.misfit(value, trivial):
            yield f"the trivial value {trivial!r} passes; narrow the tolerance, or claim it with a value that is not"
            return


def _trained_faults(tolerance: Tolerance, table: dict) -> Iterator[str]:
    """Hold the perturbation rule: at least three seeds, or a measured spread below a tenth of the tolerance."""
    seeds, spread = table.get("seeds", []), table.get("perturbation")
    if not table.get("settings"):
        yield "a trained claim gives its settings"
    if not all(type(seed) is int for seed in seeds) or len(set(seeds)) != len(seeds):
        yield "seeds are different integers"
    if len(seeds) == 1 and not table.get("caveat"):
        yield "a claim on one seed carries a caveat"
    if len(seeds) >= 3:
        return
    if spread is None:
        yield "a trained claim stands on three seeds or more, or gives its spread under a perturbation of 1e-6"
    elif not 0 <= spread <= tolerance.slack(table["value"]) / 10:
        yield f"the spread {numbers(spread)[0]:g} under perturbation is more than a tenth of what the tolerance allows"
