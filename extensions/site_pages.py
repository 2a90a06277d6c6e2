"""Mend one built page: plain functions, text in, text out."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

from site_figures import png_size, size_figures
from site_opening import add_notebook_link, drop_colab_links, mark_front, mark_opening
from site_repository import Repository
from site_theme import drop_icon_script, drop_print_contents, drop_search_code, drop_thebe_configuration, mend_roles

CHANGES: tuple[Callable[[str], str], ...] = (
    drop_icon_script,
    drop_thebe_configuration,
    drop_print_contents,
    drop_search_code,
    mend_roles,
    mark_opening,
)


def finish(page: str, file: Path, out: Path, repository: Repository, *, is_front: bool) -> str:
    """Apply every change; file is where the page stands, out the site's root.

    Raise ValueError when a figure has no alternative text, or a chapter does not open as chapters do.
    """
    for change in CHANGES:
        page = change(page)
    page = size_figures(page, lambda source: png_size(file.parent / unescape(source)))
    if notebook := notebook_source(file.relative_to(out), out):
        page = add_notebook_link(page, notebook)
    if repository.is_placeholder:
        page = drop_relative_address(drop_colab_links(page))
    return mark_front(page) if is_front else page


def notebook_source(page: Path, out: Path) -> str | None:
    """Return the address, as seen from a page, of the notebook that the site ships for it; None for other pages."""
    source = Path("_sources") / page.with_suffix(".ipynb")
    return "../" * (len(page.parts) - 1) + source.as_posix() if (out / source).is_file() else None


def drop_relative_address(page: str) -> str:
    """Remove og:url, which would be a relative path as long as the site has no address."""
    return re.sub(r'<meta property="og:url"[^>]*>\s*', "", page)


def redirect(target: str, title: str) -> str:
    """Return the page that sends readers of the site's root to the front page."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8" />\n'
        f'<meta http-equiv="refresh" content="0; url={target}" />\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1" />\n'
        f"<title>{title}</title>\n</head>\n"
        f'<body><main><h1>{title}</h1><p><a href="{target}">Open the course</a></p></main></body>\n</html>\n'
    )


def not_found(front: str) -> str:
    """Return the body of the page that a server shows for an address that does not exist."""
    return (
        "<section><h1>Nothing here</h1>\n<p><em>The sum of all pages has no part at this address.</em></p>\n"
        f'<p><a href="{front}.html">Go to the front page</a></p>\n'
        "<p>A chapter may have moved: the list beside this text has them all, and the search looks through them.</p>"
        "</section>"
    )
