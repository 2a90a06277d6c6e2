"""Make the Jupyter Book site lean, self-contained and strict; the text functions stand in `site_pages` and beside it.

At config-inited, what Jupyter Book does not let us say in `_config.yml`. At html-page-context, which scripts and
styles a page gets. At build-finished, what is left to mend in the written HTML.
"""

from pathlib import Path
from shutil import copyfile
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from site_icons import subset_icon_font
from site_pages import finish, not_found, redirect
from site_policy import with_policy
from site_repository import Repository

UNUSED_ASSETS = ("thebe", "toggle", "design-tabs", "sphinx-design")
LEFT_OVERS = (
    "**/*.map",
    "*webpack-macros.html",
    "scripts/fontawesome.js*",
    "sphinx-thebe.*",
    "togglebutton.*",
    "design-tabs.js",
    "sphinx-design.min.css",
    "vendor/fontawesome/webfonts/*.ttf",
)


def configure(app: Sphinx, config: Config) -> None:
    """Set the theme options that Jupyter Book does not merge, and every address that follows from the repository."""
    config.html_theme_options |= {
        "navbar_persistent": [],
        "use_download_button": False,
        "use_fullscreen_button": False,
        "search_bar_text": "Search",
        "toc_title": "On this page",
        "footer_content_items": ["extra-footer.html"],
        "logo": {
            "image_light": "_static/logo-light.svg",
            "image_dark": "_static/logo-dark.svg",
            "text": config.html_title,
            "alt_text": "",
        },
    }
    config.html_context["default_mode"] = "auto"
    config.project = config.html_title
    repository = Repository.parse(config.html_theme_options["repository_url"])
    config.notfound_urls_prefix = repository.site_prefix
    config.notfound_context = {"title": "Page not found", "body": not_found(repository.site_prefix + config.root_doc)}
    if not repository.is_placeholder:
        config.html_baseurl = config.ogp_site_url = repository.site_url
        app.setup_extension("sphinx_sitemap")
        config.sitemap_url_scheme = "{link}"


def choose_assets(app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: object) -> None:
    """Give a page the scripts and styles that it uses, each once."""
    body = context.get("body", "")
    for script, mark in (("live.js", 'class="live-figure"'), ("review.js", 'class="review-cards"')):
        if mark in body and (static_folder(app) / script).is_file():
            app.add_js_file(script, type="module")
    unused = UNUSED_ASSETS if 'class="math' in body else (*UNUSED_ASSETS, "mathjax")
    for kind in ("script_files", "css_files"):
        named = {describe(asset): asset for asset in context.get(kind, [])}
        context[kind] = [asset for name, asset in named.items() if not any(word in name.lower() for word in unused)]


def describe(asset: Any) -> str:
    """Return the file name and inline text of a Sphinx script or style."""
    return f"{getattr(asset, 'filename', asset) or ''} {getattr(asset, 'attributes', {}).get('body') or ''}"


def static_folder(app: Sphinx) -> Path:
    """Return the folder of our own static files."""
    return Path(app.confdir, app.config.html_static_path[0])


def finish_site(app: Sphinx, exception: Exception | None) -> None:
    """Mend every written page, copy the live figures' code and throw away what nothing uses."""
    if exception or app.builder.format != "html":
        return
    out, static = Path(app.outdir), Path(app.outdir, "_static")
    repository = Repository.parse(app.config.html_theme_options["repository_url"])
    copy_figures(Path(app.confdir, "helpers", "superposition", "widgets"), static / "figures")
    for file in (file for pattern in LEFT_OVERS for file in static.glob(pattern)):
        file.unlink()
    front = out / f"{app.config.root_doc}.html"
    (out / "index.html").write_text(redirect(f"{app.config.root_doc}.html", app.config.html_title), "utf-8")
    for page in sorted(out.rglob("*.html")):
        try:
            text = finish(page.read_text("utf-8"), page, out, repository, is_front=page == front)
        except ValueError as error:
            raise ExtensionError(f"{page.relative_to(out)}: {error}") from error
        page.write_text(with_policy(text), "utf-8")
    subset_icon_font(out)


def copy_figures(source: Path, target: Path) -> None:
    """Copy the live figures' modules out of the package, where they stand once for notebooks and site alike."""
    target.mkdir(parents=True, exist_ok=True)
    for file in source.glob("*.js"):
        copyfile(file, target / file.name)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect to Sphinx: before the other extensions read their settings, and after they have written."""
    app.connect("config-inited", configure, priority=1)
    app.connect("html-page-context", choose_assets, priority=950)
    app.connect("build-finished", finish_site, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
