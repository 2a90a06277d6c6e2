"""The attention head moved by mouse and by keys, and what it shows and says."""

import re

import pytest
from playwright.sync_api import Page, expect

from site_live import Figures, at_rest, button
from superposition.widgets import AttentionHead


@pytest.fixture
def page(figures: Figures) -> Page:
    return opened(figures)


def opened(figures: Figures, width: int = 1000, **state: float) -> Page:
    page = figures.open(AttentionHead(**state)._repr_html_twin(), viewport={"width": width, "height": 900})
    expect(page.locator("figcaption")).to_contain_text("its output is")
    return page


def weights(page: Page) -> list[float]:
    texts = page.locator(".pattern .weight").all_text_contents()
    return [0.0 if text == "\u2013" else float(text) for text in texts]


def places(page: Page, kind: str) -> list[str]:
    return page.locator(f".{kind} [data-token]").evaluate_all("nodes => nodes.map(n => n.getAttribute('transform'))")


def drag(page: Page, kind: str, token: int, right: float, down: float) -> None:
    box = page.locator(f".{kind} [data-token='{token}'] .reach").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=5)
    page.mouse.up()


def test_it_says_what_bank_reads(page: Page) -> None:
    said = at_rest(page)
    assert said.startswith("“bank” reads “the” ")
    assert re.search(r"would miss doubling by \d+ %", said)
    assert sum(weights(page)) == pytest.approx(4, abs=0.1)


def test_a_query_follows_the_mouse_and_the_pattern_follows_the_query(page: Page) -> None:
    before, still = weights(page), places(page, "keys")
    drag(page, "queries", 1, 40, 30)
    assert at_rest(page).startswith("“river” reads")  # what is grasped is chosen
    after = weights(page)
    assert after[4:8] != before[4:8]
    assert after[:4] + after[8:] == before[:4] + before[8:]
    assert places(page, "keys") == still


def test_values_move_the_output_and_not_the_pattern(page: Page) -> None:
    before, output = weights(page), page.locator(".values .sum").get_attribute("transform")
    drag(page, "values", 2, 50, 20)
    at_rest(page)
    assert weights(page) == before
    assert page.locator(".values .sum").get_attribute("transform") != output


def test_a_held_pattern_ignores_queries_and_keys_until_it_is_let_go(page: Page) -> None:
    before = weights(page)
    page.get_by_label("hold the pattern").check()
    drag(page, "keys", 1, -60, 40)
    page.get_by_label("causal").check()
    assert at_rest(page).endswith("doubling all inputs doubles all outputs exactly.")
    assert weights(page) == before
    page.get_by_label("hold the pattern").uncheck()
    at_rest(page)
    assert weights(page) != before
    assert [weights(page)[place] for place in (1, 2, 3, 6, 7, 11)] == [0] * 6


def test_keys_choose_and_move(page: Page) -> None:
    plane = page.locator(".plane.values")
    said, start = at_rest(page), places(page, "values")
    plane.press(" ")
    expect(page.locator(".values .chosen")).to_have_attribute("data-token", "3")
    for key in ("ArrowLeft", "ArrowUp"):
        for _ in range(5):
            plane.press(key)
    assert at_rest(page) != said
    moved = places(page, "values")
    assert [a != b for a, b in zip(start, moved, strict=True)] == [False, False, False, True]
    for _ in range(100):
        plane.press("ArrowUp")
    at_rest(page)
    assert places(page, "values")[3].endswith(" -88)")  # 2 units of 44: the edge


def test_the_slider_goes_from_average_to_one_key(page: Page) -> None:
    slider = page.get_by_label("inverse temperature")
    slider.press("Home")
    assert "“the” 25 %, “river” 25 %, “bank” 25 %, “floods” 25 %" in at_rest(page)
    slider.press("End")
    at_rest(page)
    assert max(weights(page)[8:12]) == 1.0


def test_a_row_of_the_pattern_chooses_its_query(page: Page) -> None:
    page.locator(".pattern .cell[data-query='0']").first.click()
    assert at_rest(page).startswith("“the” reads")


def test_shuffle_and_reset_work_from_the_keyboard(page: Page) -> None:
    before = weights(page)
    button(page, "Shuffle").press("Enter")
    at_rest(page)
    assert weights(page) != before
    button(page, "Reset").press(" ")
    at_rest(page)
    assert weights(page) == before
