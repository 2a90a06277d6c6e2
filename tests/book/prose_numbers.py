"""Bind the numbers of a notebook's prose to its outputs.

A number is bound if a cell of the same notebook prints it: rounded to the digits of the prose, the two are equal, sign
included. An output printed with fewer digits binds only a number that equals it exactly.

- What counts: decimal numbers (.05, 0.05, −0.05, 1.2e-3, LaTeX's 1.2 \\times 10^{-3}) and every percentage, in text,
  LaTeX, tables, link texts and captions. 26.8 % is bound by 26.8, by 26.8% and by .268; .268 is bound by 26.8%.
- What does not: integers other than percentages, versions (2.13.0), code spans and code blocks, targets of links,
  addresses, tags of html with their attributes, and identifiers after arXiv or doi.
- What prints: streams, text/plain, and the visible text of text/html.
- Settings and numbers quoted from elsewhere are declared in the cell where they stand: <!-- given: 0.9, 4.5 % -->.
  A declared number that the cell's prose does not hold is an error, so declarations can't go stale.
- A decimal number has at most three significant digits, unless it is declared.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from nbformat import NotebookNode

MOST_DIGITS = 3
GIVEN = re.compile(r"<!--\s*given:(.*?)-->", re.DOTALL)
NOT_PROSE = re.compile(
    r"""<!--.*?-->                       # comments
    | ^(```+|~~~+).*?^\1\s*$             # code blocks
    | (`+)(?!`).*?(?<!`)\2(?!`)          # code spans
    | (?<=\])\([^)\s]*(?:\s"[^"]*")?\)   # targets of links
    | <?https?://[^\s>)]+>?              # addresses
    | (?:arXiv|doi)[:\s]\s*\d\S+        # identifiers
    | </?[a-zA-Z][^<>]*>                 # html tags
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)
SIGN = r"(?P<sign>(?<![\w.)\]}])[-+−])?(?<![\w.])"
END = r"(?:[eE](?P<e>[-+]?\d+)|\s?(?:\\times|×|\\cdot|·)\s?10\^\{?(?P<power>[-−]?\d+)\}?)?(?!\.?\d)"
PERCENT = r"(?P<percent>[\s~]*(?:\\[,;])?\s*\\?%)"
GROUPED = r"\d{1,3}(?:,\d{3})+"
DECIMAL = rf"(?P<digits>(?:{GROUPED}|\d*)\.\d+|\d+(?=[eE][-+]?\d))"
IN_PROSE = re.compile(
    rf"{SIGN}(?:{DECIMAL}{END}{PERCENT}?|(?P<whole>\d+){PERCENT.replace('percent', 'whole_percent')})"
)
IN_OUTPUT = re.compile(rf"{SIGN}(?P<digits>{GROUPED}(?:\.\d+)?|\d+\.?\d*|\.\d+){END}{PERCENT}?")


@dataclass(frozen=True)
class Number:
    """A number as printed: its value, the place of its last digit (10**place), and whether a percent sign follows."""

    text: str
    value: Decimal
    place: int
    percent: bool

    @classmethod
    def of(cls, match: re.Match[str]) -> "Number":
        """Read a number from a match of IN_PROSE or IN_OUTPUT."""
        part = match.groupdict()
        digits = (part["digits"] or part["whole"]).replace(",", "")
        power = int((part["e"] or part["power"] or "0").replace("−", "-"))
        sign = -1 if part["sign"] in ("-", "−") else 1
        percent = bool(part["percent"] or part.get("whole_percent"))
        place = power - len(digits.partition(".")[2])
        return cls(match[0].strip(), sign * Decimal(digits).scaleb(power), place, percent)

    @property
    def significant(self) -> int:
        """Count the significant digits, trailing zeros after the point included."""
        return len(str(int(abs(self.value).scaleb(-self.place))))

    def scaled(self, power: int) -> "Number":
        """Shift the point: the same digits, times 10**power."""
        return Number(self.text, self.value.scaleb(power), self.place + power, self.percent)

    def readings(self) -> Iterator["Number"]:
        """Give the values an output may stand for in prose: 26.8% is also .268."""
        yield self
        if self.percent:
            yield self.scaled(-2)

    def binds(self, prose: "Number") -> bool:
        """Tell whether this output, rounded as the prose is, equals it."""
        candidates = [self] if self.percent else [self, self.scaled(2)]
        if not prose.percent:
            candidates = list(self.readings())
        half = Decimal(5).scaleb(prose.place - 1)
        return any(
            other.value == prose.value or (other.place <= prose.place and abs(other.value - prose.value) <= half)
            for other in candidates
        )


def prose_numbers(markdown: str) -> list[Number]:
    """List the numbers of a Markdown text that must be bound."""
    return [Number.of(match) for match in IN_PROSE.finditer(NOT_PROSE.sub(" ", markdown))]


def output_numbers(notebook: NotebookNode) -> list[Number]:
    """List all the numbers that the notebook's cells print."""
    texts = [text for cell in notebook.cells for output in cell.get("outputs", []) for text in _visible(output)]
    return [Number.of(match) for text in texts for match in IN_OUTPUT.finditer(text)]


def unbound_numbers(notebook: NotebookNode) -> list[str]:
    """Say in sentences which numbers of the prose no output binds, hold too many digits, or are declared in vain."""
    printed, found = output_numbers(notebook), []
    for place, cell in enumerate(notebook.cells, 1):
        if cell.cell_type == "markdown":
            found += [f"cell {place}: {words}" for words in _complaints(cell.source, printed)]
    return found


def _complaints(markdown: str, printed: list[Number]) -> Iterator[str]:
    given = [Number.of(m) for comment in GIVEN.findall(markdown) for m in IN_PROSE.finditer(comment)]
    declared = {(number.value, number.percent) for number in given}
    prose = prose_numbers(markdown)
    for number in prose:
        if (number.value, number.percent) in declared:
            continue
        if not any(output.binds(number) for output in printed):
            yield f"{number.text} is in the prose, but no cell prints it"
        if number.significant > MOST_DIGITS:
            yield f"{number.text} has more than {MOST_DIGITS} significant digits"
    for number in given:
        if (number.value, number.percent) not in {(other.value, other.percent) for other in prose}:
            yield f"{number.text} is declared as given, but is not in the prose"


def _visible(output: NotebookNode) -> Iterator[str]:
    if output.output_type == "stream":
        yield output.text
    data = output.get("data", {})
    if "text/html" in data:
        yield html.unescape(TAG.sub(" ", data["text/html"]))
    elif "text/plain" in data:
        yield data["text/plain"]
