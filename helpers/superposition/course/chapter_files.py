"""Find what a chapter ships beside the engines: one file of a kind a chapter, found without registration."""

from difflib import get_close_matches
from importlib.resources import files


def chapters_with(name: str) -> list[str]:
    """Return the names of the chapters that ship a file of that name, sorted."""
    folder = files("superposition") / "chapters"
    return sorted(entry.name for entry in folder.iterdir() if (entry / name).is_file())


def read_chapter_file(chapter: str, name: str) -> str:
    """Return the text of a chapter's file; a chapter without one raises LookupError and names the nearest that has."""
    known = chapters_with(name)
    if chapter not in known:
        raise LookupError(f"No chapter {chapter!r} ships {name}{nearest(chapter, known)}.")
    return (files("superposition") / "chapters" / chapter / name).read_text(encoding="utf-8")


def nearest(name: str, known: list[str]) -> str:
    """Return " (did you mean ...?)" with the nearest known name, or "" where none is near."""
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return f" (did you mean {near[0]!r}?)" if near else ""
