"""The polygon moved by mouse and by keys, and what it shows and says."""

import itertools
import re

import pytest
from playwright.sync_api import expect

from site_live import TIMED_FRAMES, Figures, arrows, at_rest, button, caption, drawn, loss, play_to_the_end


def test_it_waits_for_play_and_says_so(figures: Figures) -> None:
    page = figures.polygon()
    expect(page.locator("figcaption")).to_contain_text("5 features before training: no regular polygon")
    before = arrows(page)
    page.wait_for_timeout(300)
    assert arrows(page) == before


def test_play_finds_the_pentagon_and_reset_plays_it_again(figures: Figures) -> None:
    page = figures.polygon()
    start = arrows(page)
    said = play_to_the_end(page)
    found = arrows(page)
    assert said.startswith("5 features after 300 steps: a regular pentagon, gaps 7")
    assert said.endswith("D = 0.40 each, sum 2.00 of 2.")
    button(page, "Reset").click()
    assert at_rest(page).startswith("5 features before training")
    assert arrows(page) == start
    assert play_to_the_end(page) == said
    assert arrows(page) == found


def test_another_seed_starts_elsewhere_and_the_same_seed_returns(figures: Figures) -> None:
    page = figures.polygon()
    start, seed = arrows(page), page.get_by_label("seed")
    for value, same in (("7", False), ("0", True)):
        seed.fill(value)
        seed.press("Enter")
        drawn(page)
        assert (arrows(page) == start) is same
    seed.fill("-3")
    seed.press("Enter")
    expect(seed).to_have_value("0")


def test_pause_stops_and_the_sentence_speaks_only_at_rest(figures: Figures) -> None:
    page = figures.polygon()
    before = loss(page)
    button(page, "Play").click()
    drawn(page)
    said = set()
    for _ in range(5):
        page.wait_for_timeout(100)
        said.add(caption(page))
    assert said == {"Training 5 features."}
    button(page, "Pause").click()
    words, stopped = at_rest(page), loss(page)
    assert re.match(r"5 features after \d+ steps: ", words)
    assert stopped < before
    assert at_rest(page) == words
    assert loss(page) == stopped


def test_steps_are_ten_at_a_press(figures: Figures) -> None:
    page = figures.polygon()
    for presses in (1, 2):
        button(page, "10 steps").press("Enter")
        assert at_rest(page).startswith(f"5 features after {10 * presses} steps: ")


def test_a_tip_follows_the_mouse_and_training_heals_it(figures: Figures) -> None:
    page = figures.polygon()
    play_to_the_end(page)
    before = arrows(page)
    tip = page.locator(".plane [data-feature='2'] .reach").bounding_box()
    centre = page.locator(".plane").bounding_box()
    assert tip is not None
    assert centre is not None
    x, y = tip["x"] + tip["width"] / 2, tip["y"] + tip["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    # straight outwards, since a tip that is pulled aside for long lets the others settle into a square
    middle_x, middle_y = centre["x"] + centre["width"] / 2, centre["y"] + centre["height"] / 2
    page.mouse.move(x + (x - middle_x) / 4, y + (y - middle_y) / 4, steps=8)
    drawn(page)
    during = arrows(page)
    assert during[2] != before[2]
    page.mouse.up()
    expect(page.locator("figcaption")).to_have_text("Training 5 features.")
    expect(page.locator("figcaption")).to_contain_text(re.compile("a regular pentagon.*0.40 each"), timeout=60_000)
    steps = re.search(r"after ([\d,]+) steps", caption(page))
    assert steps is not None
    assert int(steps[1].replace(",", "")) >= 600


def test_a_paused_model_lets_an_arrow_be_moved_and_stays_still(figures: Figures) -> None:
    page = figures.polygon()
    tip = page.locator(".plane [data-feature='0'] .reach").bounding_box()
    assert tip is not None
    said, before = at_rest(page), arrows(page)
    page.mouse.move(tip["x"] + tip["width"] / 2, tip["y"] + tip["height"] / 2)
    page.mouse.down()
    page.mouse.move(tip["x"] + 60, tip["y"] - 40, steps=5)
    page.mouse.up()
    words, moved = at_rest(page), arrows(page)
    assert words != said
    assert [a != b for a, b in zip(before, moved, strict=True)] == [True, False, False, False, False]
    assert at_rest(page) == words


@pytest.mark.parametrize(
    ("label", "key", "name", "value"),
    [
        ("feature probability", "ArrowRight", "feature_probability", "0.5"),
        ("features", "ArrowRight", "n_features", "12"),
        ("importance decay", "ArrowLeft", "importance_decay", "0.3"),
    ],
)
def test_twenty_presses_move_a_slider(figures: Figures, label: str, key: str, name: str, value: str) -> None:
    page = figures.polygon()
    said, slider = at_rest(page), page.locator(f"input[name={name}]")
    assert slider.evaluate("node => node.labels[0].textContent").startswith(label)
    for _ in range(20):
        slider.press(key)
    expect(slider).to_have_attribute("aria-valuetext", value)
    assert page.locator(f"label:has([name={name}]) output").inner_text() == value
    assert at_rest(page) != said
    assert page.locator(".plane [data-feature]").count() == (12 if name == "n_features" else 5)


def test_keys_on_the_plane_choose_turn_and_stretch(figures: Figures) -> None:
    page = figures.polygon()
    plane = page.locator(".plane")
    said, start = at_rest(page), arrows(page)
    plane.press(" ")
    expect(page.locator(".plane .chosen")).to_have_attribute("data-feature", "1")
    for key in ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"):
        before = arrows(page)
        for _ in range(5):
            plane.press(key)
        said, last = at_rest(page), said
        assert said != last
        assert [a != b for a, b in zip(before, arrows(page), strict=True)] == [False, True, False, False, False]
    moved = [[float(number) for number in re.findall(r"-?[\d.]+", place)] for place in (start[1], arrows(page)[1])]
    assert moved[0] == pytest.approx(moved[1], abs=0.1)  # left and right, up and down undo each other


def test_disturb_and_play_work_from_the_keyboard_alone(figures: Figures) -> None:
    page = figures.polygon()
    before = arrows(page)
    button(page, "Disturb").press(" ")
    drawn(page)
    assert arrows(page) != before
    button(page, "Play").press("Enter")
    expect(page.locator("figcaption")).to_contain_text("a regular pentagon", timeout=60_000)


def test_reduced_motion_shows_the_end_at_once(figures: Figures) -> None:
    page = figures.polygon(TIMED_FRAMES, {"reduced_motion": "reduce"})
    at_rest(page)
    frames = page.evaluate("frames_ms.length")
    button(page, "Train").click()
    assert at_rest(page).startswith("5 features after 300 steps: a regular pentagon")
    assert page.evaluate("frames_ms.length") - frames <= 2
    button(page, "Reset").click()
    button(page, "60 steps").click()
    assert at_rest(page).startswith("5 features after 60 steps: ")
    button(page, "Disturb").click()
    words = at_rest(page)
    assert at_rest(page) == words


def test_a_slider_may_move_while_it_trains(figures: Figures) -> None:
    page = figures.polygon()
    button(page, "Play").click()
    slider = page.locator("input[name=n_features]")
    for count in itertools.chain(range(6, 9), range(7, 2, -1)):
        slider.press("ArrowRight" if count == page.locator("[data-feature]").count() + 1 else "ArrowLeft")
        expect(page.locator(".plane [data-feature]")).to_have_count(count)
    expect(page.locator("figcaption")).to_contain_text("3 features after 300 steps", timeout=60_000)
