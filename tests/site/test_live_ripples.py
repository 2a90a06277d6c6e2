"""The ripple tank moved by mouse and by keys, what it shows and says, and how fast."""

import re

import pytest
from playwright.sync_api import Page, expect

from site_live import Figures, at_rest, button, caption, drawn
from superposition.widgets import Ripples

COLOURS = """() => {
  const canvas = document.querySelector("canvas"), seen = new Set();
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < data.length; i += 4) seen.add(data.slice(i, i + 3).join());
  return [...seen];
}"""
SURFACE = "document.querySelector('canvas').toDataURL()"


def opened(figures: Figures, script: str = "", settings: dict[str, object] | None = None, **state: float) -> Page:
    page = figures.open(Ripples(**state)._repr_html_twin(), script=script, **(settings or {}))
    expect(page.locator("figcaption")).to_contain_text("At the cork the arrows add up to length ")
    return page


def handles(page: Page) -> list[str]:
    return page.locator("[data-handle]").evaluate_all("nodes => nodes.map(n => n.getAttribute('transform'))")


def centre(page: Page, handle: int) -> tuple[float, float]:
    box = page.locator(f"[data-handle='{handle}'] .reach").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def water(page: Page) -> str:
    drawn(page)
    return page.evaluate(SURFACE)


def brightness(said: str) -> float:
    found = re.search(r"brightness is ([\d.]+);", said)
    assert found is not None
    return float(found[1])


@pytest.mark.parametrize("handle", [0, 1])
def test_a_source_follows_the_mouse_and_only_it(figures: Figures, handle: int) -> None:
    page = opened(figures)
    said, before, shown = at_rest(page), handles(page), water(page)
    x, y = centre(page, handle)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y + 10, steps=6)
    page.mouse.up()
    assert at_rest(page) != said
    assert [a != b for a, b in zip(before, handles(page), strict=True)] == [handle == 0, handle == 1, False]
    assert centre(page, handle) == pytest.approx((x + 90, y + 10), abs=2)
    assert water(page) != shown


def test_the_cork_is_pulled_or_put_and_leaves_the_water_as_it_is(figures: Figures) -> None:
    page = opened(figures)
    before, shown = handles(page), water(page)
    x, y = centre(page, 2)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 30, y + 40, steps=4)
    page.mouse.up()
    assert centre(page, 2) == pytest.approx((x - 30, y + 40), abs=2)
    page.mouse.click(x + 10, y + 90)
    drawn(page)
    assert centre(page, 2) == pytest.approx((x + 10, y + 90), abs=2)
    assert handles(page)[:2] == before[:2]
    assert water(page) == shown


def test_keys_choose_and_move_each_of_them_and_undo_it(figures: Figures) -> None:
    page = opened(figures)
    tank, start = page.locator(".tank svg"), handles(page)
    for handle in (0, 1, 2):
        expect(page.locator(".chosen")).to_have_attribute("data-handle", str(handle))
        for key, undo in (("ArrowLeft", "ArrowRight"), ("ArrowUp", "ArrowDown")):
            before = handles(page)
            for _ in range(5):
                tank.press(key)
            drawn(page)
            moved = [a != b for a, b in zip(before, handles(page), strict=True)]
            assert moved == [handle == i for i in range(3)]
            for _ in range(5):
                tank.press(undo)
        tank.press(" ")
    drawn(page)
    numbers = [[float(n) for n in re.findall(r"-?[\d.]+", place)] for place in (*start, *handles(page))]
    assert numbers[:3] == [pytest.approx(place, abs=1e-6) for place in numbers[3:]]


def test_on_the_axis_of_two_sources_in_step_it_is_bright_and_nothing_leaves_the_tank(figures: Figures) -> None:
    page = opened(figures)
    tank = page.locator(".tank svg")
    for _ in range(2):
        tank.press(" ")
    for _ in range(15):
        tank.press("ArrowDown")
    assert brightness(at_rest(page)) == pytest.approx(4, abs=0.01)
    for _ in range(200):
        tank.press("ArrowRight")
    drawn(page)
    box = tank.bounding_box()
    assert box is not None
    assert centre(page, 2)[0] == pytest.approx(box["x"] + box["width"], abs=1)


def test_heights_move_while_it_plays_and_the_sentence_does_not(figures: Figures) -> None:
    page = opened(figures)
    said, shown = at_rest(page), water(page)
    button(page, "Play").press("Enter")
    page.wait_for_function(f"shown => {SURFACE} !== shown", arg=shown)
    assert at_rest(page) == said
    button(page, "Pause").click()
    stopped = water(page)
    assert water(page) == stopped


def test_brightness_stands_still_while_it_plays(figures: Figures) -> None:
    page = opened(figures)
    button(page, "Show brightness").click()
    shown = water(page)
    button(page, "Play").click()
    page.wait_for_timeout(100)
    assert water(page) == shown
    button(page, "Show height").click()
    assert water(page) != shown


def test_random_phases_change_the_sum_and_in_step_restores_it(figures: Figures) -> None:
    page = opened(figures, n_sources=12)
    said = at_rest(page)
    heard = set()
    for _ in range(3):
        button(page, "Random phases").click()
        heard.add(at_rest(page))
    assert len(heard) == 3
    assert all("12 sources with random phases" in words for words in heard)
    button(page, "In step").press(" ")
    assert at_rest(page) == said


@pytest.mark.parametrize(
    ("name", "key", "value"), [("n_sources", "ArrowRight", "12"), ("wavelength", "ArrowRight", "3.2")]
)
def test_twenty_presses_move_a_slider(figures: Figures, name: str, key: str, value: str) -> None:
    page = opened(figures)
    said, slider = at_rest(page), page.locator(f"input[name={name}]")
    for _ in range(20):
        slider.press(key)
    expect(slider).to_have_attribute("aria-valuetext", value)
    assert page.locator(f"label:has([name={name}]) output").inner_text() == value
    assert at_rest(page) != said
    expect(page.locator("[data-handle]")).to_have_count(13 if name == "n_sources" else 3)


def test_the_water_wears_the_theme(figures: Figures) -> None:
    page = opened(figures)
    button(page, "Show brightness").click()
    for theme in ("light", "dark"):
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        drawn(page)
        paper = page.evaluate("getComputedStyle(document.querySelector('figure')).getPropertyValue('--paper').trim()")
        rgb = [int(paper[at : at + 2], 16) for at in (1, 3, 5)]
        assert ",".join(map(str, rgb)) in page.evaluate(COLOURS)  # where it is dark


def test_reduced_motion_advances_by_an_eighth_at_a_press(figures: Figures) -> None:
    page = opened(figures, settings={"reduced_motion": "reduce"})
    seen = [water(page)]
    for _ in range(8):
        button(page, "Advance").click()
        seen.append(water(page))
        assert water(page) == seen[-1]
    assert len(set(seen[:8])) == 8


def test_leaving_the_page_stops_the_water(figures: Figures) -> None:
    page = opened(figures)
    button(page, "Play").click()
    page.wait_for_timeout(200)
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: false }))")
    stopped = water(page)
    page.wait_for_timeout(100)
    assert water(page) == stopped
    assert caption(page)
