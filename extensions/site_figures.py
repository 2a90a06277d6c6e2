"""Figures of a page: intrinsic size, and alternative text or no build."""

import re
import struct
from collections.abc import Callable
from pathlib import Path


def png_size(file: Path) -> tuple[int, int]:
    """Return width and height of a PNG in pixels, read from its header; raise ValueError when it is none."""
    head = file.read_bytes()[:24] if file.is_file() else b""
    if head[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError(f"expected a PNG, found none at {file.name}")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def alternative_text(tag: str) -> str:
    """Return an image's alternative text; "" where it has none, or the file name that myst-nb puts in its place."""
    found = re.search(r'\salt="([^"]*)"', tag)
    text = found.group(1).strip() if found else ""
    return "" if text.endswith(".png") else text


def size_figures(page: str, size: Callable[[str], tuple[int, int]]) -> str:
    """Give each PNG its place before it loads; figures are drawn at twice the page's pixels.

    size maps the address in the page to (width, height) in pixels. Raise ValueError when a PNG has no alternative text.
    """

    def one(match: re.Match[str]) -> str:
        tag = match.group(0)
        source = re.search(r'\ssrc="([^":]+\.png)"', tag)
        if not source:
            return tag
        if not alternative_text(tag):
            raise ValueError(f"the figure {source.group(1)} has no alternative text; set mystnb.image.alt in its cell")
        width, height = size(source.group(1))
        bare = re.sub(r'\s(?:width|height|style|loading|decoding)="[^"]*"', "", tag)
        place = f' width="{width // 2}" height="{height // 2}" loading="lazy" decoding="async"'
        return "<img" + place + bare[len("<img") :]

    return re.sub(r"<img\s[^>]*>", one, page)
