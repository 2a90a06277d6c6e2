"""The stored form of notebooks: cleaning, its limits, and the two commands."""

import base64
import copy
import io
import json

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

import clean_notebooks
import execute_notebooks
from notebook_files import find_notebooks, read_notebook, write_notebook
from png_reduction import PAPER, reduce_png
from release import Release
from stored_form import clean
from stored_outputs import WIDGET_VIEW

RELEASE = Release("someone/some-book", "v1.2.3", "some-book")
SETUP = """\
try:
    import superposition
except ModuleNotFoundError:
    %pip install -q "some-book @ git+https://github.com/someone/some-book@v1.2.3\""""

GOOD = "import os\nprint(open('beside.txt').read(), os.environ['OMP_NUM_THREADS'])"
BAD = "print(1)\nundefined"


def png(image, **options):
    data = io.BytesIO()
    image.save(data, "PNG", **options)
    return data.getvalue()


def smooth_picture(mode="RGB"):
    """A signed map fading over paper, with many more than 256 colours."""
    y, x = np.mgrid[-1:1:200j, -1:1:300j]
    strength = np.clip(np.sin(4 * x) * np.cos(3 * y), -0.9, 0.9)[..., None]
    ink = np.where(strength > 0, (176, 58, 16), (11, 98, 124))
    pixels = PAPER + np.abs(strength) * (ink - np.array(PAPER))
    pixels[:20] = PAPER
    return Image.fromarray(pixels.round().astype(np.uint8)).convert(mode)


def untidy():
    """A notebook as an editor leaves it."""
    figure = {"image/png": base64.b64encode(png(smooth_picture())).decode(), "text/plain": "<Figure size 300x200>"}
    size = {"image/png": {"width": 150, "height": 100}, "needs_background": "light"}
    outputs = [
        new_output("stream", name="stdout", text="a\n"),
        new_output("stream", name="stdout", text="b\n"),
        new_output("display_data", figure, metadata=size),
        new_output("display_data", {WIDGET_VIEW: {"model_id": "f00"}, "text/plain": "Polygon(5)"}),
        new_output("execute_result", {"text/plain": "2"}, execution_count=9),
    ]
    timing = {"execution": {"iopub.execute_input": "2026-01-01"}, "tags": ["hide-input"], "collapsed": True}
    cells = [
        new_markdown_cell("# T\n\n[Open in Colab](https://example.org/old)", metadata={"editable": False}),
        new_code_cell("f()", outputs=outputs, metadata=timing, execution_count=9),
        new_code_cell("  "),
        new_code_cell("g()", execution_count=12, metadata={"tags": []}),
    ]
    return new_notebook(
        cells=cells, metadata={"widgets": {"state": {}}, "kernelspec": {"name": "mine", "display_name": "Mine"}}
    )


def test_clean_says_what_it_did_and_then_finds_nothing():
    notebook = untidy()
    found = clean(notebook, RELEASE, "book/part/chapter.ipynb")
    assert [words.split()[0] for words in found] == ["there", "there", "the", "outputs", "figures", "execution"]
    again = copy.deepcopy(notebook)
    assert clean(again, RELEASE, "book/part/chapter.ipynb") == []
    assert again == notebook


def test_clean_keeps_what_belongs():
    notebook = untidy()
    clean(notebook)
    first, second = (cell for cell in notebook.cells if cell.cell_type == "code")
    assert [cell.execution_count for cell in (first, second)] == [1, 2]
    assert first.metadata == {"tags": ["hide-input"]}
    assert second.metadata == {}
    stream, figure, widget, result = first.outputs
    assert stream.text == "a\nb\n"
    assert list(figure.data) == ["image/png"]
    assert figure.metadata == {"image/png": {"width": 150, "height": 100}}
    assert widget.data == {"text/plain": "Polygon(5)"}
    assert result.execution_count == 1
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_opening_follows_from_the_release():
    notebook = untidy()
    clean(notebook, RELEASE, "book/part/chapter.ipynb")
    address = "https://colab.research.google.com/github/someone/some-book/blob/v1.2.3/book/part/chapter.ipynb"
    assert notebook.cells[0].source == f"# T\n\n[Open in Colab]({address})"
    assert notebook.cells[1].source == SETUP
    assert notebook.cells[1].metadata == {"tags": ["remove-cell"]}
    assert notebook.cells[1].execution_count is None
    clean(notebook, Release("other/book", "v2.0.0", "some-book"), "book/part/chapter.ipynb")
    assert notebook.cells[1].source == SETUP.replace("someone/some-book", "other/book").replace("1.2.3", "2.0.0")
    assert [cell.source for cell in notebook.cells].count(notebook.cells[1].source) == 1


def test_release_is_read_from_the_two_files(tmp_path):
    (tmp_path / "_config.yml").write_text("repository: {url: 'https://github.com/someone/some-book/'}\n")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "some-book"\nversion = "1.2.3"\n')
    assert Release.of(tmp_path) == RELEASE
    (tmp_path / "_config.yml").write_text("repository: {url: 'https://example.org/some-book'}\n")
    with pytest.raises(ValueError, match=r"Expected https://github\.com/owner/name"):
        Release.of(tmp_path)


def test_cell_that_never_ran_gets_no_count(tmp_path, capsys):
    notebook = untidy()
    notebook.cells[1].execution_count = None
    notebook.cells[1].outputs = []
    path = tmp_path / "chapter.ipynb"
    nbformat.write(notebook, path)
    assert clean_notebooks.main([str(path)]) == 1
    assert "never run: cell 2" in capsys.readouterr().out
    assert [c.execution_count for c in read_notebook(path).cells if c.cell_type == "code"] == [None, 1]


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_reduction_can_not_be_seen(mode):
    full = smooth_picture(mode)
    small = Image.open(io.BytesIO(reduce_png(png(full))))
    before, after = (np.asarray(image.convert("RGB"), dtype=float) for image in (full, small))
    error = np.abs(before - after).max(2)
    assert len(full.getcolors(10**6)) > 256 >= len(small.getcolors())
    assert error.mean() < 1
    assert (error > 32).mean() < 1e-4
    assert (after[:20] == PAPER).all()


def test_reduction_saves_bytes_and_changes_nothing_the_second_time():
    full = png(smooth_picture("RGBA"))
    small = reduce_png(full)
    assert len(small) < 0.6 * len(full)
    assert reduce_png(small) == small


@pytest.mark.parametrize("kind", ["noise", "transparent"])
def test_reduction_that_would_show_is_refused(kind):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    image = Image.fromarray(noise) if kind == "noise" else smooth_picture("RGBA")
    if kind == "transparent":
        image.putalpha(100)
    assert reduce_png(png(image)) == png(image)


def test_missing_and_repeated_ids_are_replaced_the_same_way_each_time(tmp_path):
    raw = json.loads(nbformat.writes(untidy()))
    del raw["cells"][0]["id"]
    raw["cells"][3]["id"] = raw["cells"][1]["id"]
    path = tmp_path / "chapter.ipynb"
    path.write_text(json.dumps(raw))
    ids = [cell.id for cell in read_notebook(path).cells]
    assert len(set(ids)) == 4
    assert ids == [cell.id for cell in read_notebook(path).cells]
    assert ids[1] == raw["cells"][1]["id"]


def test_check_writes_nothing_and_clean_makes_it_pass(tmp_path, capsys):
    path = tmp_path / "chapter.ipynb"
    notebook = untidy()
    notebook.cells.pop(2)
    nbformat.write(notebook, path)
    before = path.read_bytes()
    assert clean_notebooks.main(["--check", str(path)]) == 1
    assert "execution counts do not run from 1 to n" in capsys.readouterr().out
    assert path.read_bytes() == before
    assert clean_notebooks.main([str(path)]) == 0
    assert clean_notebooks.main(["--check", str(path)]) == 0
    path.write_text(path.read_text() + "\n")
    assert clean_notebooks.main(["--check", str(path)]) == 1
    assert "not written as nbformat writes it" in capsys.readouterr().out


def test_what_is_no_notebook_is_named(tmp_path, capsys):
    assert clean_notebooks.main([str(tmp_path / "missing.ipynb")]) == 2
    assert "is neither" in capsys.readouterr().err
    for text in ("not json", "{}", '{"cells": [], "nbformat": 3}'):
        (tmp_path / "broken.ipynb").write_text(text)
        assert clean_notebooks.main([str(tmp_path)]) == 2
        assert "broken.ipynb is not one" in capsys.readouterr().err


def test_checkpoints_are_left_out(tmp_path):
    for folder in (tmp_path, tmp_path / ".ipynb_checkpoints"):
        folder.mkdir(exist_ok=True)
        nbformat.write(untidy(), folder / "chapter.ipynb")
    assert find_notebooks([str(tmp_path)]) == [tmp_path / "chapter.ipynb"]


def test_failed_write_leaves_the_file(tmp_path, monkeypatch):
    path = tmp_path / "chapter.ipynb"
    path.write_text("before")

    def fail(self, target):
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_notebook(path, untidy())
    assert [file.name for file in tmp_path.iterdir()] == ["chapter.ipynb"]
    assert path.read_text() == "before"


def test_run_stores_outputs_and_failure_leaves_the_file(tmp_path, capsys):
    for name, source in (("good", GOOD), ("bad", BAD)):
        notebook = new_notebook(cells=[new_markdown_cell("# T"), new_code_cell(source)])
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    (tmp_path / "beside.txt").write_text("read")
    before = (tmp_path / "bad.ipynb").read_bytes()
    assert execute_notebooks.main([str(tmp_path)]) == 1
    assert "cell 2 (print(1)) failed with NameError: name 'undefined' is not defined" in capsys.readouterr().err
    assert (tmp_path / "bad.ipynb").read_bytes() == before
    good = read_notebook(tmp_path / "good.ipynb")
    assert good.cells[1].outputs[0].text == "read 1\n"
    assert clean(good) == []


def test_a_run_does_not_see_what_the_reader_has_solved(tmp_path, monkeypatch):
    own = tmp_path / "home"
    own.mkdir()
    (own / "progress.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("SUPERPOSITION_HOME", str(own))
    path = tmp_path / "look.ipynb"
    look = 'import os\nprint(os.listdir(os.environ["SUPERPOSITION_HOME"]))'
    write_notebook(path, new_notebook(cells=[new_code_cell(look)]))
    assert execute_notebooks.main([str(path)]) == 0
    assert read_notebook(path).cells[0].outputs[0].text == "[]\n"
