"""A live figure as a guest of its page: when it starts and stops, the room it takes, who can use it."""

import pytest
from playwright.sync_api import Page, expect

import site_visiting as visiting
from site_live import Figures, arrows, at_rest, button, swipe, twin
from superposition import widgets
from superposition.widgets import AttentionHead, Border, Polygon, Ripples, Zoo
from superposition.widgets.live_figure import LiveFigure

OPENING = [AttentionHead(), Border(), Polygon(), Ripples(), Zoo(), Zoo(shape=0)]
FULLEST = [AttentionHead(), Border(0.72, 0.94), Polygon(n_features=12), Ripples(n_sources=12), Zoo(shape=6)]


def test_no_figure_is_forgotten_here() -> None:
    for figures in (OPENING, FULLEST):
        assert {type(figure).__name__ for figure in figures} == set(widgets.__all__)


def opened(figures: Figures, figure: LiveFigure, width: int) -> Page:
    page = figures.open(figure._repr_html_twin(), viewport={"width": width, "height": 900})
    expect(page.locator("figure .controls")).to_be_visible()
    at_rest(page)
    return page


@pytest.mark.parametrize("width", [360, 390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("figure", FULLEST, ids=repr)
def test_it_fits_and_axe_finds_nothing(figures: Figures, figure: LiveFigure, theme: str, width: int) -> None:
    page = opened(figures, figure, width)
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert visiting.audit(page) == []


@pytest.mark.parametrize("width", [390, 800])
@pytest.mark.parametrize("figure", OPENING, ids=repr)
def test_the_room_that_is_kept_is_the_room_it_needs(figures: Figures, figure: LiveFigure, width: int) -> None:
    box = opened(figures, figure, width).locator("figure.live-figure")
    kept = box.bounding_box()
    box.evaluate("node => node.style.minHeight = 0")
    needed = box.bounding_box()
    assert kept is not None
    assert needed is not None
    assert kept["height"] == (figure.height_hint if width == 800 else figure.height_hint_narrow)  # it never grew
    assert kept["height"] - needed["height"] < 40


def test_a_figure_far_away_starts_when_it_comes_near(figures: Figures) -> None:
    page = figures.open(twin(), '<div style="height:6000px"></div>', twin(n_features=3))
    page.wait_for_timeout(300)
    far = page.locator("figure").nth(1)
    assert far.locator(".plane").count() == 0
    far.scroll_into_view_if_needed()
    expect(far.locator("figcaption")).to_contain_text("3 features before training: ")
    ids = page.locator("figcaption").evaluate_all("nodes => nodes.map(n => n.id)")
    assert ids == ["polygon-1", "polygon-2"]


def test_leaving_the_page_stops_the_training(figures: Figures) -> None:
    page = figures.polygon()
    button(page, "Play").click()
    page.wait_for_timeout(200)
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: false }))")
    stopped = arrows(page)
    page.wait_for_timeout(300)
    assert arrows(page) == stopped


def test_a_figure_that_cannot_start_says_so_in_place(figures: Figures) -> None:
    figure = twin().replace('data-figure="polygon"', 'data-figure="missing"')
    (figures.server.root / "404.html").write_text("nothing here", "utf-8")
    page = figures.open(figure)
    expect(page.locator("figcaption")).to_contain_text("This figure could not start here")
    expect(page.locator("figcaption")).to_contain_text("5 features before training")
    assert any("missing.js" in complaint for complaint in figures.complaints)
    figures.complaints.clear()


@pytest.mark.parametrize("name", ["Play", "10 steps", "Disturb", "Reset"])
def test_a_word_stays_readable_under_the_pointer(figures: Figures, name: str) -> None:
    found = button(figures.polygon(), name)
    found.hover()
    word, ground = found.evaluate("node => [getComputedStyle(node).color, getComputedStyle(node).backgroundColor]")
    assert word != ground


@pytest.mark.parametrize("figure", [AttentionHead(), Polygon(), Ripples()], ids=repr)
def test_a_finger_pulls_a_handle_and_the_page_stays(figures: Figures, figure: LiveFigure) -> None:
    space = '<div style="height:3000px"></div>'
    page = figures.open(
        figure._repr_html_twin(), space, viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True
    )
    at_rest(page)
    handle = page.locator("figure .handle").first
    handle.scroll_into_view_if_needed()
    before, box, scrolled = handle.get_attribute("transform"), handle.bounding_box(), page.evaluate("scrollY")
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    swipe(page, (x, y), (x + 20, y + 60))
    at_rest(page)
    assert handle.get_attribute("transform") != before
    assert page.evaluate("scrollY") == scrolled
