"""The map of two features, moved by mouse, keys and sliders: what it shows and says."""

import math
import re

import pytest
from playwright.sync_api import Page, expect

from site_live import Figures, at_rest, button, caption, drawn, swipe
from superposition.widgets import Border


def opened(figures: Figures, settings: dict[str, object] | None = None, **state: float) -> Page:
    page = figures.open(Border(**state)._repr_html_twin(), **(settings or {}))
    expect(page.locator("figcaption")).to_contain_text("Cheapest of the three: ")
    return page


def place(said: str) -> tuple[float, float]:
    found = re.match(r"p = ([\d.]+), r = ([\d.]+)\. ", said)
    assert found is not None
    return float(found[1]), float(found[2])


def on_map(page: Page, across: float, up: float) -> tuple[float, float]:
    """Pixels of a place, by its shares of the map's width and height."""
    box = page.locator(".map").bounding_box()
    assert box is not None
    unit = box["width"] / 430
    return box["x"] + unit * (46 + 374 * across), box["y"] + unit * (12 + 300 * (1 - up))


def bars(page: Page) -> list[float]:
    return page.locator(".sides rect").evaluate_all("nodes => nodes.map(n => Number(n.getAttribute('width')))")


@pytest.mark.parametrize(
    ("across", "up", "words"),
    [(0.8, 0.5, "both, head to head"), (0.02, 0.1, "keep the first"), (0.02, 0.9, "keep the second")],
)
def test_a_press_on_the_map_names_the_cheapest_way_there(
    figures: Figures, across: float, up: float, words: str
) -> None:
    page = opened(figures)
    page.mouse.click(*on_map(page, across, up))
    said = at_rest(page)
    assert f"Cheapest of the three: {words}" in said
    assert place(said) == pytest.approx((10 ** (-2 * across), 10 ** (2 * up - 1)), rel=0.02)
    expect(page.locator(".sides text.winner").first).to_have_text(words)


def test_the_cross_follows_the_mouse_and_stays_on_the_map(figures: Figures) -> None:
    page = opened(figures)
    before = bars(page)
    page.mouse.move(*on_map(page, 0.3, 0.4))
    page.mouse.down()
    page.mouse.move(*on_map(page, 0.6, 0.7), steps=5)
    drawn(page)
    assert bars(page) != before
    page.mouse.move(*on_map(page, 1.6, -0.4), steps=5)
    page.mouse.up()
    assert place(at_rest(page)) == pytest.approx((0.01, 0.1))
    page.mouse.move(*on_map(page, 0.5, 0.5))
    assert place(at_rest(page)) == pytest.approx((0.01, 0.1))


def test_arrow_keys_move_it_and_undo_it(figures: Figures) -> None:
    page = opened(figures)
    said, node = at_rest(page), page.locator(".map")
    for key, undo, axis in (("ArrowRight", "ArrowLeft", 0), ("ArrowUp", "ArrowDown", 1)):
        for _ in range(5):
            node.press(key)
        p, r = place(at_rest(page))
        assert (p < 0.25, r > 0.6) == (axis == 0, axis == 1)
        for _ in range(5):
            node.press(undo)
    assert place(at_rest(page)) == pytest.approx(place(said), rel=0.02)
    node.press("Shift+ArrowRight")
    assert place(at_rest(page))[0] == pytest.approx(0.3 * 10**-0.1, rel=0.02)


@pytest.mark.parametrize(("name", "axis"), [("feature_probability", 0), ("relative_importance", 1)])
def test_a_slider_moves_one_of_the_two(figures: Figures, name: str, axis: int) -> None:
    page = opened(figures)
    said, slider = at_rest(page), page.locator(f"input[name={name}]")
    for _ in range(8):
        slider.press("ArrowRight")
    before, after = place(said), place(at_rest(page))
    assert after[axis] > before[axis] * 1.2
    assert after[1 - axis] == before[1 - axis]
    assert page.locator(f"label:has([name={name}]) output").inner_text() == slider.get_attribute("aria-valuetext")


def test_where_the_map_says_keep_one_the_trained_network_may_share(figures: Figures) -> None:
    page = opened(figures, feature_probability=0.65, relative_importance=1.0)
    assert "But the trained network shares" in at_rest(page)
    page.locator("input[name=feature_probability]").press("End")
    expect(page.locator("figcaption")).not_to_contain_text("p = 0.65")
    heads = page.locator(".sides path").evaluate_all("nodes => nodes.map(n => n.getAttribute('visibility'))")
    assert heads[:2] == ["visible", "hidden"]


def test_the_biases_stand_under_the_arrows_and_in_the_name_of_the_picture(figures: Figures) -> None:
    page = opened(figures, feature_probability=0.8, relative_importance=0.3)
    at_rest(page)
    shown = page.locator(".sides text").filter(has_text=re.compile(r"^b = ")).all_text_contents()
    assert shown == ["b = (0.00, 0.40)"] * 2  # the feature that is dropped is guessed by its mean, p / 2
    page.locator("input[name=feature_probability]").fill("-0.14")
    drawn(page)
    expect(page.locator(".sides")).to_have_attribute("aria-label", re.compile(r"with b = \(0\.00, 0\.36\) and b = "))


def test_the_whole_map_is_trained_on_request_and_cleared(figures: Figures) -> None:
    page = opened(figures)
    said = at_rest(page)
    button(page, "Train the whole map").click()
    expect(button(page, "Clear the map")).to_be_visible(timeout=60_000)
    expect(page.locator(".cells circle")).to_have_count(576)
    found = re.search(r"Trained at 576 places: (\d+) contradict the map, all by sharing\.", at_rest(page))
    assert found is not None
    assert 8 <= int(found[1]) <= 24
    expect(page.locator(".cells .other")).to_have_count(int(found[1]))
    button(page, "Clear the map").press("Enter")
    expect(page.locator(".cells circle")).to_have_count(0)
    assert at_rest(page) == said


def test_training_can_be_stopped_and_stops_with_the_page(figures: Figures) -> None:
    page = opened(figures)
    button(page, "Train the whole map").click()
    button(page, "Stop").click()
    expect(page.locator(".cells circle")).to_have_count(0)
    button(page, "Train the whole map").click()
    drawn(page)
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: false }))")
    stopped = page.locator(".cells circle").count()
    page.wait_for_timeout(200)
    assert page.locator(".cells circle").count() == stopped
    assert caption(page)


@pytest.mark.parametrize("width", [360, 390, 800])
def test_the_tally_finds_its_room_kept(figures: Figures, width: int) -> None:
    page = opened(figures, {"viewport": {"width": width, "height": 900}}, feature_probability=0.555)
    box = page.locator("figure")
    before = at_rest(page), box.evaluate("node => node.offsetHeight")
    button(page, "Train the whole map").click()
    expect(button(page, "Clear the map")).to_be_visible(timeout=60_000)
    assert at_rest(page) != before[0]
    assert box.evaluate("node => node.offsetHeight") == before[1]


def test_a_tie_is_called_a_tie(figures: Figures) -> None:
    page = opened(figures, feature_probability=0.9, relative_importance=1.0)
    assert "keep the first or keep the second" in at_rest(page)
    expect(page.locator(".sides text.winner")).to_have_count(4)


@pytest.mark.parametrize("place", [(0.01, 0.1), (0.3, 0.5), (0.0123, 9.12), (1.0, 1.0)])
def test_no_number_runs_into_its_name(figures: Figures, place: tuple[float, float]) -> None:
    page = opened(figures, feature_probability=place[0], relative_importance=place[1])
    at_rest(page)
    boxes = page.locator(".sides text").evaluate_all("nodes => nodes.map(n => n.getBoundingClientRect().toJSON())")
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            apart = one["left"] >= other["right"] + 4 or other["left"] >= one["right"] + 4
            assert apart or one["top"] >= other["bottom"] - 3 or other["top"] >= one["bottom"] - 3


def test_a_finger_pulls_the_cross_taps_a_place_and_scrolls_beside_it(figures: Figures) -> None:
    page = opened(figures, {"viewport": {"width": 390, "height": 500}, "has_touch": True})
    start = place(at_rest(page))
    across, up = math.log10(start[0]) / -2, (math.log10(start[1]) + 1) / 2
    swipe(page, on_map(page, across, up), on_map(page, 0.7, 0.8))
    pulled = place(at_rest(page))
    assert pulled == pytest.approx((10**-1.4, 10**0.6), rel=0.1)
    assert page.evaluate("scrollY") == 0
    page.touchscreen.tap(*on_map(page, 0.2, 0.6))
    tapped = place(at_rest(page))
    assert tapped == pytest.approx((10**-0.4, 10**0.2), rel=0.1)
    swipe(page, on_map(page, 0.8, 0.1), on_map(page, 0.8, 0.9))
    assert place(at_rest(page)) == tapped
    assert page.evaluate("scrollY") > 50
