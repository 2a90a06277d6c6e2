"""What every notebook of the book must keep to, apart from what its cells compute.

Each rule takes a Chapter and yields a sentence for each breach. RULES lists them; test_chapters.py applies all of them
to all notebooks, and test_notebook_rules.py shows for each that it can fail.
"""

import base64
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote

from nbformat import NotebookNode
from PIL import Image

from notebook_files import read_notebook
from output_comparison import is_blank
from release import Release

KILOBYTE = 1000
FIGURE_LIMIT, FIELD_LIMIT, NOTEBOOK_LIMIT = 60 * KILOBYTE, 100 * KILOBYTE, 1000 * KILOBYTE
CODE_WIDTH, CODE_LINES = 72, 15
ALT_LENGTH = range(40, 500)
BOXES = ("Predict", "What people say", "Where the picture breaks")
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}")
ABSOLUTE_PATH = re.compile(
    r"(?<![\w.:/~])/(?:home|Users|root|tmp|var|opt|mnt|usr|work|private|content|workspace)/|\b[A-Z]:\\\\?\w"
)
FENCE = re.compile(r"^(```+|~~~+).*?^\1\s*$", re.DOTALL | re.MULTILINE)
CODE_SPAN = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
MYST = {
    "a MyST directive": re.compile(r"^\s*(?:```+|~~~+|:::+)\s*\{", re.MULTILINE),
    "a MyST label": re.compile(r"^\([\w-]+\)=\s*$|^\$\$\s*\([\w-]+\)\s*$", re.MULTILINE),
    "a MyST role": re.compile(r"\{[\w:-]+\}`"),
    "a MyST comment or break": re.compile(r"^(?:%\s|\+\+\+)", re.MULTILINE),
}
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]*)(?:\s+\"[^\"]*\")?\)")
QUESTION = re.compile(r"# \S[^\n]*\n\n\*[^\n]+\?\*\n\n\[Open in Colab\]\([^\n]*\)\n\n", re.MULTILINE)
LEADS = ("You will be able to", "You need", "About")


@dataclass(frozen=True)
class Chapter:
    """A notebook with the folder of the project it belongs to."""

    path: Path
    root: Path

    @cached_property
    def notebook(self) -> NotebookNode:
        return read_notebook(self.path)

    @property
    def relative(self) -> str:
        return self.path.relative_to(self.root).as_posix()

    def cells(self, kind: str) -> list[tuple[int, NotebookNode]]:
        """List the cells of one kind with their places, counted from 1."""
        return [(place, cell) for place, cell in enumerate(self.notebook.cells, 1) if cell.cell_type == kind]

    def headings(self) -> list[str]:
        """List the headings, with their marks."""
        text = "\n\n".join(FENCE.sub("", cell.source) for _, cell in self.cells("markdown"))
        return re.findall(r"^#{1,6} .*$", text, re.MULTILINE)

    def images(self) -> Iterator[tuple[int, NotebookNode, bytes]]:
        """Give each stored PNG with its cell and the cell's place."""
        for place, cell in self.cells("code"):
            for output in cell.outputs:
                if "image/png" in output.get("data", {}):
                    yield place, cell, base64.b64decode(output.data["image/png"])


def counts_run_from_one(chapter: Chapter) -> Iterator[str]:
    counts = [cell.execution_count for _, cell in chapter.cells("code")]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are {counts}, expected 1 to {len(counts)}"


def nothing_of_this_machine(chapter: Chapter) -> Iterator[str]:
    for place, cell in enumerate(chapter.notebook.cells, 1):
        for text in [cell.source, *_output_texts(cell)]:
            for what, pattern in (("an object's address", ADDRESS), ("an absolute path", ABSOLUTE_PATH)):
                if match := pattern.search(text):
                    yield f"cell {place} holds {what}: {text[match.start() : match.end() + 30]!r}"


def outputs_are_clean(chapter: Chapter) -> Iterator[str]:
    for place, cell in chapter.cells("code"):
        if any(output.get("name") == "stderr" or output.output_type == "error" for output in cell.outputs):
            yield f"cell {place} stores an error or a warning"
        kinds = {kind for output in cell.outputs for kind in output.get("data", {}) if kind.startswith("image/")}
        if kinds - {"image/png"}:
            yield f"cell {place} stores {', '.join(sorted(kinds - {'image/png'}))}; figures are PNG"


def sizes_are_kept(chapter: Chapter) -> Iterator[str]:
    for place, cell, png in chapter.images():
        limit = FIELD_LIMIT if "field" in cell.metadata.get("tags", []) else FIGURE_LIMIT
        if len(png) > limit:
            yield f"the figure of cell {place} has {len(png) / KILOBYTE:.0f} KB, more than {limit // KILOBYTE}"
    size = chapter.path.stat().st_size
    if size > NOTEBOOK_LIMIT:
        yield f"the notebook has {size / KILOBYTE:.0f} KB, more than {NOTEBOOK_LIMIT // KILOBYTE}"


def figures_show_something(chapter: Chapter) -> Iterator[str]:
    for place, _, png in chapter.images():
        image = Image.open(io.BytesIO(png))
        if is_blank(image):
            yield f"the figure of cell {place} is blank"
        if image.convert("RGBA").getchannel("A").getextrema() != (255, 255):
            yield f"the figure of cell {place} is transparent: its ink would vanish on a dark page"


def figures_have_alt_text(chapter: Chapter) -> Iterator[str]:
    for place, cell, _ in chapter.images():
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if len(alt) not in ALT_LENGTH:
            yield f"the figure of cell {place} has alt text of {len(alt)} characters, not {ALT_LENGTH.start} or more"


def headings_are_fixed(chapter: Chapter) -> Iterator[str]:
    headings = chapter.headings()
    titles = [heading for heading in headings if heading.startswith("# ")]
    if len(titles) != 1:
        yield f"there are {len(titles)} titles, expected one"
    for name in BOXES:
        close = [h for h in headings if re.match(rf"#+\s*{name}", h, re.IGNORECASE)]
        if close != [f"## {name}"]:
            yield f"expected the heading '## {name}' once, found {close}"
    for heading in headings:
        if re.match(r"#+\s*exercise\b", heading, re.IGNORECASE) and not re.match(r"### Exercise: \S", heading):
            yield f"expected '### Exercise: name', found {heading!r}"


def no_figure_stands_in_a_box(chapter: Chapter) -> Iterator[str]:
    inside, places = "", {place for place, _, _ in chapter.images()}
    for place, cell in enumerate(chapter.notebook.cells, 1):
        if cell.cell_type == "markdown":
            for mark, name in re.findall(r"^(##?) (.*)$", FENCE.sub("", cell.source), re.MULTILINE):
                inside = name if mark == "##" and name in BOXES else ""
        elif inside and place in places:
            yield f"the figure of cell {place} stands in the box '{inside}': a '##' heading must come before it"


def markdown_is_plain(chapter: Chapter) -> Iterator[str]:
    for place, cell in chapter.cells("markdown"):
        for what, pattern in MYST.items():
            text = cell.source if "directive" in what else CODE_SPAN.sub("`", FENCE.sub("", cell.source))
            if match := pattern.search(text):
                yield f"cell {place} holds {what}, which Colab shows raw: {match[0].strip()!r}"


def opening_is_the_release(chapter: Chapter) -> Iterator[str]:
    release, cells = Release.of(chapter.root), chapter.notebook.cells
    first = cells[0].source
    if release.colab_link(chapter.relative) not in first:
        yield f"the first cell does not hold {release.colab_link(chapter.relative)}"
    opening = QUESTION.match(first)
    leads = tuple(re.findall(r"^- \*\*(.*?)\*\*", first[opening.end() :] if opening else "", re.MULTILINE))
    if len(leads) != len(LEADS) or not all(map(str.startswith, leads, LEADS)):
        yield "the first cell is not '# Title', '*question?*', links, and a list with the leads " + ", ".join(LEADS)
    setup = cells[1] if len(cells) > 1 else NotebookNode(source="")
    if setup.source != release.setup_source() or setup.metadata.get("tags") != ["remove-cell"]:
        yield f"the second cell is not the setup cell of {release.tag} with the tag remove-cell"


def code_is_short(chapter: Chapter) -> Iterator[str]:
    setup = Release.of(chapter.root).setup_source()
    for place, cell in chapter.cells("code"):
        lines = cell.source.splitlines()
        if len(lines) > CODE_LINES:
            yield f"cell {place} has {len(lines)} lines, more than {CODE_LINES}"
        if cell.source != setup and (longest := max(map(len, lines), default=0)) > CODE_WIDTH:
            yield f"cell {place} has a line of {longest} characters, more than {CODE_WIDTH}"


def links_lead_somewhere(chapter: Chapter) -> Iterator[str]:
    anchors = {_anchor(heading) for heading in chapter.headings()}
    for place, cell in chapter.cells("markdown"):
        for image, text, target in LINK.findall(CODE_SPAN.sub("", FENCE.sub("", cell.source))):
            file, _, anchor = unquote(target).partition("#")
            if image and not text:
                yield f"cell {place} shows {target} without alt text"
            if target.startswith(("https://", "mailto:")):
                continue
            if re.match(r"\w+:|/", target):
                yield f"cell {place} links to {target}: links are https or relative"
            elif file and not (chapter.path.parent / file).exists():
                yield f"cell {place} links to {target}, which does not exist"
            elif not file and anchor not in anchors:
                yield f"cell {place} links to #{anchor}, which is no heading of the notebook"


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lstrip("# ").lower()).strip().replace(" ", "-")


def _output_texts(cell: NotebookNode) -> Iterator[str]:
    for output in cell.get("outputs", []):
        yield output.get("text", "") + "\n".join(output.get("traceback", []))
        yield from (str(value) for kind, value in output.get("data", {}).items() if not kind.startswith("image/"))


RULES: tuple[Callable[[Chapter], Iterator[str]], ...] = (
    counts_run_from_one,
    nothing_of_this_machine,
    outputs_are_clean,
    sizes_are_kept,
    figures_show_something,
    figures_have_alt_text,
    headings_are_fixed,
    no_figure_stands_in_a_box,
    markdown_is_plain,
    opening_is_the_release,
    code_is_short,
    links_lead_somewhere,
)
