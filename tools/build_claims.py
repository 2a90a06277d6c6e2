"""Write book/claims.md, the list of all that the book claims, from the ledgers and the notebooks.

    python tools/build_claims.py [--check]

With --check nothing is written, and the exit status is 1 when the page is out of date.
"""

import argparse
import os
import re
import sys
from pathlib import Path

import nbformat
from sphinx_external_toc.parsing import parse_toc_yaml

from claim_places import Place, headings, places
from superposition.course.chapter_files import chapters_with
from superposition.course.ledger import Claim, read_ledger
from superposition.course.values import show

ROOT = Path(__file__).resolve().parent.parent
INTRODUCTION = """# What the book claims

Every result that a chapter states is listed here, with a link to the place where the chapter computes it and asserts
it. A claim is **exact** (a closed form or an identity), **computed** (it comes out the same each time), **trained** (it
depends on seeds, and says on how many it stands) or **reported** (published by others and quoted, not a result of
ours). The list is written by `python tools/build_claims.py` from the ledgers of the chapters.
"""
HEAD = "| claim | value | kind and place |\n|:--|:--|:--|"


def chapter_notebooks(root: Path) -> dict[str, Path]:
    """Return the notebooks of the table of contents by name, in its order."""
    names = [root / f"{name}.ipynb" for name in parse_toc_yaml(root / "_toc.yml")]
    return {path.stem: path for path in names if path.exists()}


def page(root: Path) -> str:
    """Return the text of the page for a checkout."""
    notebooks = chapter_notebooks(root)
    ledgers = [name for name in notebooks if name in chapters_with("claims.toml")]
    return "\n".join([INTRODUCTION, *(section(root, notebooks[name], read_ledger(name)) for name in ledgers)])


def section(root: Path, notebook: Path, ledger: dict[str, Claim]) -> str:
    """Return the table of one chapter under its title."""
    link = notebook.relative_to(root / "book").as_posix()
    title = headings(nbformat.read(notebook, as_version=4).cells[0].source)[0]
    found = {place.name: place for place in places(notebook)}
    rows = [row(claim, link, found.get(claim.id)) for claim in ledger.values() if not claim.withdrawn]
    return "\n".join([f"## [{title}]({link})\n", HEAD, *rows, ""])


def row(claim: Claim, link: str, place: Place | None) -> str:
    """Return one line of a table: what is claimed, its value, how it is known, where it is shown."""
    said = f"{plain(claim.statement.rstrip('.'))}." + (f" *{plain(claim.caveat)}*" if claim.caveat else "")
    where = f"[{plain(place.heading)}]({link}#{place.anchor})" if place else "nowhere yet"
    return f"| {said} | {plain(value(claim))} | {kind(claim)}: {where} |"


def value(claim: Claim) -> str:
    """Return the recorded value with its tolerance in words."""
    return show(claim.value) if claim.kind == "reported" else f"{show(claim.value)} ({claim.tolerance.words()})"


def kind(claim: Claim) -> str:
    """Return the kind of a claim with what it rests on."""
    seeds = [f"{len(claim.seeds)} seeds"] if claim.seeds else []
    source = [] if claim.source in ("derivation", "measurement") else [claim.source]
    return ", ".join([claim.kind, *seeds, *source])


def plain(text: str) -> str:
    """Escape what Markdown would take for a mark."""
    return re.sub(r"([\\|*_<$\[\]])", r"\\\1", text)


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Write the page, or with --check compare it with the one that stands there."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the page is out of date")
    target, text = root / "book" / "claims.md", page(root)
    if not parser.parse_args(arguments).check:
        beside = target.with_suffix(".part")
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, target)
    elif not target.exists() or target.read_text(encoding="utf-8") != text:
        print("book/claims.md is out of date; run python tools/build_claims.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
