"""The functions that mend a page, each on a small sample."""

import struct
from pathlib import Path

import pytest

import site_figures as figures
import site_opening as opening
import site_pages as pages
import site_theme as theme
from site_repository import Repository

OPENING = (
    '<section id="waves">\n<h1>Waves<a class="headerlink" href="#waves">#</a></h1>\n<p><em>Why the sum?</em></p>\n'
    '<p><a class="reference external" href="https://colab.research.google.com/github/o/r/blob/v1/waves.ipynb">'
    "Open in Colab</a></p>\n"
    '<ul class="simple">\n<li><p><strong>You will be able to</strong> add.</p></li>\n</ul>\n</section>'
)


def test_icon_script_goes_and_its_neighbour_stays() -> None:
    kept = '<script src="_static/doctools.js"></script>'
    page = f'<script defer src="_static/scripts/fontawesome.js?digest=1"></script>\n{kept}'
    assert theme.drop_icon_script(page) == kept


def test_thebe_configuration_goes() -> None:
    block = "<script type=\"text/x-thebe-config\">\n{a: 1}\n</script>\n<script>kernelName = 'python3'</script>\n"
    assert theme.drop_thebe_configuration(f"<p>text</p>{block}</article>") == "<p>text</p></article>"


def test_print_contents_go_up_to_the_article() -> None:
    block = '<div id="jb-print-docs-body" class="onlyprint"><h1>T</h1><div><div><nav></nav></div></div></div>'
    kept = '<div id="searchbox"></div><article>x</article>'
    assert theme.drop_print_contents(f"{block}\n{kept}") == kept


@pytest.mark.parametrize(("body", "kept"), [("<main></main>", False), ('<div id="search-results"></div>', True)])
def test_search_code_stays_on_the_search_page_alone(body: str, kept: bool) -> None:
    script = '<script src="../searchindex.js?v=1"></script>'
    assert (script in theme.drop_search_code(script + body)) is kept


def test_wrong_roles_go_and_the_sidebar_gets_a_name() -> None:
    page = (
        '<div role="list" class="citation-list"><div role="doc-biblioentry">x</div></div>'
        '<summary aria-label="Toggle hidden content">s</summary><input autocorrect="off"/>'
        '<div id="pst-primary-sidebar" class="bd-sidebar">'
    )
    assert theme.mend_roles(page) == (
        '<div class="citation-list"><div>x</div></div><summary>s</summary><input/>'
        '<div id="pst-primary-sidebar" class="bd-sidebar" role="complementary" aria-label="Book">'
    )


def test_opening_is_marked() -> None:
    page = opening.mark_opening(OPENING)
    assert '<p class="question"><em>Why the sum?</em></p>' in page
    assert '<p class="actions"><a class="reference external"' in page
    assert '<ul class="promises">' in page


def test_paragraph_that_only_contains_a_link_among_words_is_no_action() -> None:
    page = '<h1>Notation</h1>\n<p><em>Names?</em></p>\n<p>See <a href="x.html">x</a>.</p>\n<ul class="simple"></ul>'
    assert opening.mark_opening(page) == page.replace("<p><em>", '<p class="question"><em>')


def test_page_without_a_question_is_left_alone() -> None:
    page = "<h1>Index</h1>\n<p>Words.</p>"
    assert opening.mark_opening(page) == page


def test_colab_links_go_and_the_download_stays() -> None:
    page = opening.add_notebook_link(opening.mark_opening(OPENING), "../_sources/waves.ipynb")
    assert "Open in Colab</a> <a " in page
    dropped = opening.drop_colab_links(page)
    assert "colab" not in dropped.lower()
    assert '<p class="actions"><a class="reference" href="../_sources/waves.ipynb" download>' in dropped


def test_line_of_links_that_held_only_colab_goes() -> None:
    assert "actions" not in opening.drop_colab_links(opening.mark_opening(OPENING))


def test_notebook_page_without_an_opening_is_refused() -> None:
    with pytest.raises(ValueError, match="expected the page to open with a title"):
        opening.add_notebook_link("<h1>Waves</h1><p>Words.</p>", "waves.ipynb")


def test_front_page_is_marked() -> None:
    assert opening.mark_front('<body data-x="1">') == '<body class="front" data-x="1">'


def png(folder: Path, width: int, height: int) -> Path:
    file = folder / "f.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x02\0\0\0")
    return file


def test_png_size_is_read_from_the_header(tmp_path: Path) -> None:
    assert figures.png_size(png(tmp_path, 1440, 920)) == (1440, 920)


def test_png_size_refuses_what_is_no_png(tmp_path: Path) -> None:
    (tmp_path / "f.png").write_text("<svg/>" * 9)
    with pytest.raises(ValueError, match="expected a PNG"):
        figures.png_size(tmp_path / "f.png")


def test_figures_take_half_their_pixels_on_the_page() -> None:
    words, logo = 'alt="a wave" src="../_images/f.png"', '<img src="logo.svg" alt=""/>'
    page = figures.size_figures(f'<img {words} style="width: 9px;" />{logo}', lambda _: (1440, 920))
    assert page == f'<img width="720" height="460" loading="lazy" decoding="async" {words} />{logo}'


@pytest.mark.parametrize("alt", ["", ' alt=""', ' alt=" "', ' alt="../_images/f.png"'])
def test_figure_without_words_is_refused(alt: str) -> None:
    with pytest.raises(ValueError, match="no alternative text"):
        figures.size_figures(f'<img{alt} src="../_images/f.png"/>', lambda _: (2, 2))


def test_notebook_is_found_from_a_page_two_folders_down(tmp_path: Path) -> None:
    (tmp_path / "_sources" / "book" / "toy").mkdir(parents=True)
    (tmp_path / "_sources" / "book" / "toy" / "a.ipynb").touch()
    assert pages.notebook_source(Path("book/toy/a.html"), tmp_path) == "../../_sources/book/toy/a.ipynb"
    assert pages.notebook_source(Path("book/b.html"), tmp_path) is None


def test_relative_address_goes() -> None:
    kept = '<meta property="og:title"/>'
    assert pages.drop_relative_address(f'<meta property="og:url" content="a.html" />\n{kept}') == kept


def test_redirect_leads_to_its_target() -> None:
    page = pages.redirect("book/intro.html", "Superposition")
    assert 'content="0; url=book/intro.html"' in page
    assert '<a href="book/intro.html">' in page


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://github.com/Someone/a-book", "https://someone.github.io/a-book/"),
        ("https://github.com/Someone/someone.github.io/", "https://someone.github.io/"),
    ],
)
def test_repository_says_where_its_site_is(url: str, site: str) -> None:
    assert Repository.parse(url).site_url == site
    assert not Repository.parse(url).is_placeholder


def test_placeholder_is_recognised() -> None:
    assert Repository.parse("https://github.com/OWNER/superposition-book").is_placeholder


@pytest.mark.parametrize("url", ["", "github.com/a/b", "https://example.org/a/b", "https://github.com/a"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"expected https://github[.]com/<owner>/<name>"):
        Repository.parse(url)
