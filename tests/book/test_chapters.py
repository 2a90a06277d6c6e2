"""Apply every rule to every notebook of the book, and hold the table of contents against the files."""

import pytest
import yaml

from notebook_files import ROOT, find_notebooks
from notebook_rules import RULES, Chapter
from prose_numbers import unbound_numbers
from release import Release
from stored_form import clean

NOTEBOOKS = find_notebooks()


def toc_entries(node):
    """Give each file that _toc.yml names."""
    if isinstance(node, list):
        yield from (name for part in node for name in toc_entries(part))
    elif isinstance(node, dict):
        yield from (node[key] for key in ("root", "file") if key in node)
        yield from (name for part in node.values() for name in toc_entries(part))


def toc_files():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())
    return [name.removesuffix(".ipynb").removesuffix(".md") for name in toc_entries(toc)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_notebook_keeps_the_rule(rule, path):
    assert list(rule(Chapter(path, ROOT))) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_prose_numbers_are_bound(path):
    assert unbound_numbers(Chapter(path, ROOT).notebook) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_in_its_stored_form(path):
    chapter = Chapter(path, ROOT)
    assert clean(chapter.notebook, Release.of(ROOT), chapter.relative) == []


def test_every_file_of_the_table_of_contents_exists():
    missing = [name for name in toc_files() if not any((ROOT / (name + end)).is_file() for end in (".md", ".ipynb"))]
    assert missing == []


def test_every_notebook_is_in_the_table_of_contents():
    names = {path.relative_to(ROOT).with_suffix("").as_posix() for path in NOTEBOOKS}
    assert names - set(toc_files()) == set()


def test_toc_entries_are_found_at_any_depth():
    toc = {"root": "book/intro", "parts": [{"chapters": [{"file": "a", "sections": [{"file": "b"}]}]}]}
    assert list(toc_entries(toc)) == ["book/intro", "a", "b"]
