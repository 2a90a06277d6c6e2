"""Where the book is published: the repository in _config.yml and the version in pyproject.toml, and what follows."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import yaml
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

COLAB_LINK = re.compile(r"\[Open in Colab\]\([^)]*\)")

SETUP = """\
try:
    import superposition
except ModuleNotFoundError:
    %pip install -q "{distribution} @ git+https://github.com/{slug}@{tag}\""""


@dataclass(frozen=True)
class Release:
    """The repository (owner/name), the release tag and the distribution's name."""

    slug: str
    tag: str
    distribution: str

    @classmethod
    def of(cls, root: Path) -> "Release":
        """Read slug, version and name from the two files that hold them."""
        config = yaml.safe_load((root / "_config.yml").read_text(encoding="utf-8"))
        url = str((config.get("repository") or {}).get("url", ""))
        host, _, slug = url.rstrip("/").partition("https://github.com/")
        if host or slug.count("/") != 1:
            raise ValueError(f"Expected https://github.com/owner/name as repository: url: in _config.yml, not {url!r}.")
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return cls(slug, "v" + project["version"], project["name"])

    def setup_source(self) -> str:
        """Code of the setup cell: nothing where the package imports, else one pip line at the release tag."""
        return SETUP.format(**vars(self))

    def colab_link(self, relative: str) -> str:
        """Markdown link that opens a notebook, named from the repository's root, in Colab."""
        return f"[Open in Colab](https://colab.research.google.com/github/{self.slug}/blob/{self.tag}/{relative})"


def write_opening(notebook: NotebookNode, release: Release, relative: str) -> None:
    """Write the Colab link into the first cell and the setup cell after it."""
    first, link = notebook.cells[0], release.colab_link(relative)
    first.source = COLAB_LINK.sub(lambda _: link, first.source, count=1)
    setup = next((c for c in notebook.cells if "superposition" in c.source and "%pip install" in c.source), None)
    if setup is None:
        setup = new_code_cell(id="setup")
        notebook.cells.insert(1, setup)
    setup.source, setup.metadata = release.setup_source(), NotebookNode(tags=["remove-cell"])
