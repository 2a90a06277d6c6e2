"""A live figure as a guest of its page: when it starts and stops, the room it takes, how fast it draws."""

from statistics import median

import pytest
from playwright.sync_api import expect

import site_visiting as visiting
from site_live import TIMED_FRAMES, Figures, arrows, at_rest, button, play_to_the_end, twin
from superposition.widgets import Polygon


@pytest.mark.parametrize("n", [5, 12])
def test_a_frame_takes_less_than_a_sixtieth_of_a_second(figures: Figures, n: int) -> None:
    page = figures.polygon(TIMED_FRAMES, n_features=n)
    play_to_the_end(page)
    frames = page.evaluate("frames_ms")
    assert len(frames) > 60
    assert median(frames) < 16


@pytest.mark.parametrize("width", [360, 390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_and_axe_finds_nothing(figures: Figures, width: int, theme: str) -> None:
    page = figures.polygon(settings={"viewport": {"width": width, "height": 900}}, n_features=12)
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert visiting.audit(page) == []


@pytest.mark.parametrize(("width", "height"), [(800, Polygon.height_hint), (390, Polygon.height_hint_narrow)])
def test_the_room_that_is_kept_is_the_room_it_needs(figures: Figures, width: int, height: int) -> None:
    page = figures.polygon(settings={"viewport": {"width": width, "height": 900}})
    figure = page.locator("figure.live-figure")
    at_rest(page)
    kept = figure.bounding_box()
    figure.evaluate("node => node.style.minHeight = 0")
    needed = figure.bounding_box()
    assert kept is not None
    assert needed is not None
    assert kept["height"] == pytest.approx(height, abs=30)
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
