"""Assert what a chapter claims, against its ledger, and print it as one line that prose may quote."""

import html
import sys
from dataclasses import dataclass

from superposition.course.cards import styled
from superposition.course.chapter_files import nearest
from superposition.course.ledger import Claim, read_ledger
from superposition.course.values import as_lists, show


@dataclass(frozen=True)
class Line:
    """One claim on one line: plain text for a terminal, html with the kind as a badge for a page."""

    claim: Claim
    value: object
    source: str = ""

    def __repr__(self) -> str:
        """Return the id, the value with three significant digits and the kind."""
        return f"{self.claim.id} = {show(self.value)} ({self._kind()})"

    def _repr_html_(self) -> str:
        return styled(self.markup)

    @property
    def markup(self) -> str:
        """The line for a page."""
        kind, statement = self.claim.kind, html.escape(self.claim.statement.rstrip("."))
        return (
            f'<div class="claim"><span class="badge-kind" data-kind="{kind}">{self._kind()}</span> '
            f"<span>{statement}: <b>{html.escape(show(self.value))}</b></span> <code>{self.claim.id}</code></div>"
        )

    def _kind(self) -> str:
        return f"{self.claim.kind}, {self.source}" if self.source else self.claim.kind


def claim(name: str, value: object) -> None:
    """Compare a measured value with the ledger and print it; raise AssertionError when it falls short.

    `name` is `<chapter>.<fact>`. `value` is a number, a word, a truth value, a tensor or an array, or lists of them; it
    must have the shape of the recorded value. An unknown name raises LookupError and names the nearest.
    """
    entry = _find(name)
    if entry.kind == "reported":
        raise LookupError(f"{name} is reported: quote it with reported({name!r}), it is not ours to assert.")
    measured = as_lists(value)
    if misfit := entry.tolerance.misfit(entry.value, measured):
        raise AssertionError(f"The claim {name} falls short: {misfit}.")
    _print(Line(entry, measured))


def reported(name: str) -> None:
    """Print a published value with its source; a claim of our own raises LookupError, for it has to be asserted."""
    entry = _find(name)
    if entry.kind != "reported":
        raise LookupError(f"{name} is ours: assert it with claim({name!r}, value).")
    _print(Line(entry, entry.value, source=entry.source))


def _find(name: str) -> Claim:
    ledger = read_ledger(name.split(".")[0])
    if name not in ledger:
        raise LookupError(f"No claim {name!r} stands in the ledger{nearest(name, list(ledger))}.")
    if ledger[name].withdrawn:
        raise LookupError(f"The claim {name} was withdrawn: {ledger[name].withdrawn}")
    return ledger[name]


def _print(line: Line) -> None:
    """Show the line in a notebook, or write it where there is none; IPython is never imported for it."""
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        ipython.display.display(line)
    else:
        sys.stdout.write(f"{line!r}\n")
