"""Show on a small chapter that keeps all rules that each of them can fail."""

import base64
import io

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from notebook_rules import RULES, Chapter
from release import Release

ALT = "A red square on paper: the value rises from the left edge to the right."
OPENING = """\
# A chapter

*Does it hold?*

{}

- **You will be able to** see.
- **You need** eyes.
- **About 5 minutes** in all."""
SEEING = """\
## Predict

Guess.

## Seeing

See [the notation](../notation.md) and [below](#what-people-say)."""
BOXES = """\
## What people say

Much.

## Where the picture breaks

At `{x}`.

### Exercise: look"""


def png(pixels):
    data = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(data, "PNG")
    return base64.b64encode(data.getvalue()).decode()


def square():
    pixels = np.full((60, 60, 3), (255, 253, 249))
    pixels[20:40, 20:40] = (200, 0, 0)
    return pixels


def image(pixels):
    return new_output("display_data", {"image/png": png(pixels)}, metadata={"image/png": {"width": 30, "height": 30}})


def small_chapter(root):
    (root / "_config.yml").write_text("repository: {url: 'https://github.com/someone/some-book'}\n")
    (root / "pyproject.toml").write_text('[project]\nname = "some-book"\nversion = "1.2.3"\n')
    (root / "book" / "part").mkdir(parents=True)
    (root / "book" / "notation.md").write_text("# Notation\n")
    release = Release.of(root)
    cells = [
        new_markdown_cell(OPENING.format(release.colab_link("book/part/chapter.ipynb"))),
        new_code_cell(release.setup_source(), metadata={"tags": ["remove-cell"]}),
        new_markdown_cell(SEEING),
        new_code_cell("draw()", outputs=[image(square())], metadata={"mystnb": {"image": {"alt": ALT}}}),
        new_markdown_cell(BOXES),
        new_code_cell("1 + 1", outputs=[new_output("execute_result", {"text/plain": "2"}, execution_count=3)]),
    ]
    for count, cell in enumerate((c for c in cells if c.cell_type == "code"), 1):
        cell.execution_count = count
    return new_notebook(cells=cells)


def stored(notebook, root):
    path = root / "book" / "part" / "chapter.ipynb"
    nbformat.write(notebook, path)
    return Chapter(path, root)


def says(place, text):
    """Make a fault: the markdown or code of one cell gets a further line."""

    def change(notebook):
        notebook.cells[place].source += text

    return change


def prints(text, kind="stdout"):
    def change(notebook):
        notebook.cells[5].outputs.append(new_output("stream", name=kind, text=text))

    return change


def draws(pixels):
    def change(notebook):
        notebook.cells[3].outputs = [image(pixels)]

    return change


def replaces(place, old, new):
    def change(notebook):
        assert old in notebook.cells[place].source
        notebook.cells[place].source = notebook.cells[place].source.replace(old, new)

    return change


def has_metadata(place, **metadata):
    def change(notebook):
        notebook.cells[place].metadata = nbformat.from_dict(metadata)

    return change


def was_not_run(notebook):
    notebook.cells[5].execution_count = None


def draws_as_svg(notebook):
    notebook.cells[5].outputs = [new_output("display_data", {"image/svg+xml": "<svg/>"})]


def has_two_titles(notebook):
    notebook.cells.append(new_markdown_cell("# Another"))


def draws_in_a_box(notebook):
    notebook.cells[2].source = "## Seeing\n\n## Predict\n\nGuess."


NOISE = np.random.default_rng(0).integers(0, 255, (200, 200, 3))
CLEAR = np.dstack([square(), np.full((60, 60), 100)])
FAULTS = [
    ("counts_run_from_one", was_not_run, "execution counts are"),
    ("nothing_of_this_machine", prints("<object at 0x7f3a12bc9d10>"), "an object's address"),
    ("nothing_of_this_machine", prints("saved in /home/ada/figures"), "an absolute path"),
    ("nothing_of_this_machine", says(5, "\nopen('/tmp/numbers.txt')"), "an absolute path"),
    ("outputs_are_clean", prints("UserWarning", "stderr"), "an error or a warning"),
    ("outputs_are_clean", draws_as_svg, "image/svg+xml"),
    ("sizes_are_kept", draws(NOISE), "KB, more than 60"),
    ("sizes_are_kept", prints("x" * 1_000_000), "the notebook has"),
    ("figures_show_something", draws(np.full((60, 60, 3), 255)), "blank"),
    ("figures_show_something", draws(CLEAR), "transparent"),
    ("figures_have_alt_text", has_metadata(3), "alt text of 0 characters"),
    ("headings_are_fixed", replaces(2, "## Predict", "## Predict first"), "expected the heading '## Predict'"),
    (
        "headings_are_fixed",
        replaces(4, "## What people say", "## Opinions"),
        "expected the heading '## What people say'",
    ),
    ("headings_are_fixed", replaces(4, "### Exercise: look", "### Exercise 1: look"), "### Exercise: name"),
    ("headings_are_fixed", has_two_titles, "2 titles"),
    ("no_figure_stands_in_a_box", draws_in_a_box, "the box 'Predict'"),
    ("markdown_is_plain", says(2, "\n\n```{note}\nHear.\n```"), "a MyST directive"),
    ("markdown_is_plain", says(2, "\n\n:::{note}\nHear.\n:::"), "a MyST directive"),
    ("markdown_is_plain", says(2, "\n\n(a-label)=\n"), "a MyST label"),
    ("markdown_is_plain", says(2, " {cite}`welch`"), "a MyST role"),
    ("opening_is_the_release", replaces(0, "v1.2.3", "v1.2.2"), "does not hold [Open in Colab]"),
    ("opening_is_the_release", replaces(0, "some-book", "other-book"), "does not hold [Open in Colab]"),
    ("opening_is_the_release", replaces(0, "*Does it hold?*", "It holds."), "the first cell is not"),
    ("opening_is_the_release", replaces(0, "**You need**", "**Needed:**"), "the first cell is not"),
    ("opening_is_the_release", replaces(1, "v1.2.3", "v1.2.2"), "not the setup cell of v1.2.3"),
    ("opening_is_the_release", has_metadata(1), "not the setup cell"),
    ("code_is_short", says(5, "\nx = 1" * 15), "16 lines"),
    ("code_is_short", says(5, "  # " + "x" * 72), "characters, more than 72"),
    ("links_lead_somewhere", replaces(2, "../notation.md", "../missing.md"), "../missing.md, which does not exist"),
    ("links_lead_somewhere", replaces(2, "#what-people-say", "#nowhere"), "#nowhere, which is no heading"),
    ("links_lead_somewhere", replaces(2, "../notation.md", "http://example.org"), "https or relative"),
    ("links_lead_somewhere", says(2, " ![](../notation.md)"), "without alt text"),
]


def test_small_chapter_keeps_all_rules(tmp_path):
    chapter = stored(small_chapter(tmp_path), tmp_path)
    assert [words for rule in RULES for words in rule(chapter)] == []


@pytest.mark.parametrize(("name", "fault", "words"), FAULTS, ids=lambda value: value if isinstance(value, str) else "")
def test_fault_is_found(name, fault, words, tmp_path):
    notebook = small_chapter(tmp_path)
    fault(notebook)
    rule = next(rule for rule in RULES if rule.__name__ == name)
    assert any(words in sentence for sentence in rule(stored(notebook, tmp_path)))


def test_every_rule_has_a_fault():
    assert {rule.__name__ for rule in RULES} == {name for name, _, _ in FAULTS}


def test_field_may_be_larger(tmp_path):
    notebook = small_chapter(tmp_path)
    notebook.cells[3].outputs = [image(NOISE[:150, :150])]
    notebook.cells[3].metadata["tags"] = ["field"]
    rule = next(rule for rule in RULES if rule.__name__ == "sizes_are_kept")
    assert list(rule(stored(notebook, tmp_path))) == []
