"""The zoo moved by mouse and by keys, and what it shows and says."""

import pytest
from playwright.sync_api import Page, expect

from site_live import TIMED_FRAMES, Figures, button, caption
from superposition.widgets import Zoo
from superposition.widgets.zoo import NAMES


@pytest.fixture
def page(figures: Figures) -> Page:
    return opened(figures)


def opened(figures: Figures, width: int = 1000, script: str = "", **state: float) -> Page:
    page = figures.open(Zoo(**state)._repr_html_twin(), script=script, viewport={"width": width, "height": 900})
    expect(page.locator("figcaption")).to_contain_text("corners: D = ")
    return page


def corners(page: Page, side: str) -> list[str]:
    places = "nodes => nodes.map(n => n.getAttribute('cx') + ' ' + n.getAttribute('cy')).sort()"
    return page.locator(f".{side} .corner").evaluate_all(places)


def values(page: Page) -> list[str]:
    return page.locator("output").all_inner_texts()


def test_it_opens_with_the_antiprism_and_says_what_stands_there(page: Page) -> None:
    assert caption(page).startswith("A square antiprism has 8 corners: D = 0.375, sum 3.00 of 3. A model trained on 8 ")
    assert "found the same figure" in caption(page)
    assert page.locator(".corner").count() == 16
    assert page.locator(".table").first.locator("rect").count() == 65


@pytest.mark.parametrize("name", NAMES)
def test_every_button_shows_its_figure_by_key(page: Page, name: str) -> None:
    button(page, name).press("Enter")
    expect(button(page, name)).to_have_attribute("aria-pressed", "true")
    assert page.locator("[aria-pressed=true]").count() == 1
    assert f"{name} has " in caption(page)
    assert page.locator(".ideal .name").inner_text() == name


def test_the_mouse_turns_both_figures_from_either_side(page: Page) -> None:
    for side in ("ideal", "trained"):
        before = [corners(page, each) for each in ("ideal", "trained")]
        box = page.locator(f".{side} .solid").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 60, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + 120, box["y"] + 90, steps=5)
        page.mouse.up()
        after = [corners(page, each) for each in ("ideal", "trained")]
        assert all(one != other for one, other in zip(before, after, strict=True))
        page.mouse.move(box["x"] + 20, box["y"] + 20, steps=3)
        assert [corners(page, each) for each in ("ideal", "trained")] == after


def test_arrow_keys_turn_and_turn_back(page: Page) -> None:
    solid, start, angles = page.locator(".ideal .solid"), corners(page, "ideal"), values(page)
    for there, back in (("ArrowLeft", "ArrowRight"), ("ArrowUp", "ArrowDown")):
        for _ in range(4):
            solid.press(there)
        assert values(page) != angles
        for _ in range(4):
            solid.press(back)
        assert values(page) == angles
        assert corners(page, "ideal") == start


def test_a_full_turn_comes_round_and_a_tilt_stops(page: Page) -> None:
    solid, angles = page.locator(".ideal .solid"), values(page)
    for _ in range(72):
        solid.press("ArrowRight")
    assert values(page) == angles
    for _ in range(40):
        solid.press("ArrowDown")
    assert values(page) == [angles[0], "90°"]


@pytest.mark.parametrize("name", ["turn", "tilt"])
def test_sliders_move_by_key(page: Page, name: str) -> None:
    slider, before = page.locator(f"input[name={name}]"), corners(page, "trained")
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "-180 degrees" if name == "turn" else "-90 degrees")
    assert corners(page, "trained") != before


def test_nothing_moves_by_itself(figures: Figures) -> None:
    page = opened(figures, script=TIMED_FRAMES)
    before = corners(page, "ideal")
    page.wait_for_timeout(300)
    assert corners(page, "ideal") == before
    assert page.evaluate("frames_ms.length") == 0
