"""The polygon moved in a browser, on a small page of its own with the site's loader, styles and policy."""

import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import site_serving as serving
import site_visiting as visiting
from superposition import widgets
from superposition.widgets import Polygon

ROOT = Path(__file__).resolve().parents[2]
MODULES = Path(widgets.__file__).parent
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; object-src 'none'; base-uri 'none'"
)
PAGE = """<!doctype html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Figures</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<link rel="stylesheet" href="tokens.css"><link rel="stylesheet" href="figures/live_figure.css">
<style>body {{ margin: 0 auto; max-width: 720px; background: var(--paper) }}</style>
<script type="module" src="live.js"></script></head>
<body><main><h1>Figures</h1>{figures}</main></body></html>"""
AT_REST = 600  # milliseconds: the sentence is said 250 after the last change
# Times each frame of the page from the call to the layout that it causes.
TIMED_FRAMES = """
window.frames_ms = [];
const request = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = draw => request(now => {
  const start = performance.now();
  draw(now);
  document.querySelector("figure").getBoundingClientRect();
  window.frames_ms.push(performance.now() - start);
});"""

NUMBERS = itertools.count()
Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[serving.Server]:
    root = tmp_path_factory.mktemp("live")
    (root / "figures").mkdir()
    for file in (*MODULES.glob("*.js"), *MODULES.glob("*.css")):
        shutil.copyfile(file, root / "figures" / file.name)
    for name in ("live.js", "tokens.css"):
        shutil.copyfile(ROOT / "book" / "static" / name, root / name)
    with serving.serve(root, "/book/") as running:
        yield running


@pytest.fixture
def open_page(browser: Browser, server: serving.Server) -> Iterator[Opener]:
    """Open a page with the given figures; at the end nothing may stand in its console."""
    contexts, complaints = [], []

    def opened(*figures: str, script: str = "", **settings: object) -> Page:
        file = server.root / f"page-{next(NUMBERS)}.html"  # the server remembers a file by its name
        file.write_text(PAGE.format(policy=POLICY, figures="".join(figures)), "utf-8")
        context = browser.new_context(**{"viewport": {"width": 1000, "height": 900}, **settings})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.add_init_script(script)
        page.goto(server.address + file.name)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def twin(**state: float) -> str:
    return Polygon(**state)._repr_html_twin()


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def caption(page: Page) -> str:
    return page.locator("figcaption").inner_text()


def at_rest(page: Page) -> str:
    page.wait_for_timeout(AT_REST)
    return caption(page)


def loss(page: Page) -> float:
    return float(page.locator(".loss .result").text_content() or "nan")


def arrows(page: Page) -> list[str]:
    return page.locator(".plane [data-feature]").evaluate_all("nodes => nodes.map(n => n.getAttribute('transform'))")


def play_to_the_end(page: Page) -> str:
    button(page, "Play").click()
    expect(button(page, "Pause")).to_be_visible()
    expect(button(page, "Play")).to_be_visible(timeout=60_000)
    return at_rest(page)


def test_it_waits_for_play_and_says_so(open_page: Opener) -> None:
    page = open_page(twin())
    expect(page.locator("figcaption")).to_contain_text("5 features before training: no regular polygon")
    before = arrows(page)
    page.wait_for_timeout(300)
    assert arrows(page) == before


def test_play_finds_the_pentagon_and_reset_plays_it_again(open_page: Opener) -> None:
    page = open_page(twin())
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


def test_another_seed_starts_elsewhere_and_the_same_seed_returns(open_page: Opener) -> None:
    page = open_page(twin())
    start, seed = arrows(page), page.get_by_label("seed")
    for value, same in (("7", False), ("0", True)):
        seed.fill(value)
        seed.press("Enter")
        page.wait_for_timeout(100)
        assert (arrows(page) == start) is same
    seed.fill("-3")
    seed.press("Enter")
    expect(seed).to_have_value("0")


def test_pause_stops_and_the_sentence_speaks_only_at_rest(open_page: Opener) -> None:
    page = open_page(twin())
    before = loss(page)
    button(page, "Play").click()
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


def test_steps_are_ten_at_a_press(open_page: Opener) -> None:
    page = open_page(twin())
    for presses in (1, 2):
        button(page, "10 steps").press("Enter")
        assert at_rest(page).startswith(f"5 features after {10 * presses} steps: ")


def test_a_tip_follows_the_mouse_and_training_heals_it(open_page: Opener) -> None:
    page = open_page(twin())
    play_to_the_end(page)
    before = arrows(page)
    tip = page.locator(".plane [data-feature='2'] .reach").bounding_box()
    centre = page.locator(".plane").bounding_box()
    assert tip is not None
    assert centre is not None
    x, y = tip["x"] + tip["width"] / 2, tip["y"] + tip["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(centre["x"] + centre["width"] / 2 + 40, centre["y"] + centre["height"] / 2 + 30, steps=8)
    page.wait_for_timeout(100)
    during = arrows(page)
    assert during[2] != before[2]
    page.mouse.up()
    expect(page.locator("figcaption")).to_have_text("Training 5 features.")
    expect(page.locator("figcaption")).to_contain_text(re.compile("a regular pentagon.*0.40 each"), timeout=60_000)
    steps = re.search(r"after ([\d,]+) steps", caption(page))
    assert steps is not None
    assert int(steps[1].replace(",", "")) >= 600


def test_a_paused_model_lets_an_arrow_be_moved_and_stays_still(open_page: Opener) -> None:
    page = open_page(twin())
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
def test_twenty_presses_move_a_slider(open_page: Opener, label: str, key: str, name: str, value: str) -> None:
    page = open_page(twin())
    said, slider = at_rest(page), page.locator(f"input[name={name}]")
    assert slider.evaluate("node => node.labels[0].textContent").startswith(label)
    for _ in range(20):
        slider.press(key)
    expect(slider).to_have_attribute("aria-valuetext", value)
    assert page.locator(f"label:has([name={name}]) output").inner_text() == value
    assert at_rest(page) != said
    assert page.locator(".plane [data-feature]").count() == (12 if name == "n_features" else 5)


def test_keys_on_the_plane_choose_turn_and_stretch(open_page: Opener) -> None:
    page = open_page(twin())
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


def test_disturb_and_play_work_from_the_keyboard_alone(open_page: Opener) -> None:
    page = open_page(twin())
    before = arrows(page)
    button(page, "Disturb").press(" ")
    page.wait_for_timeout(100)
    assert arrows(page) != before
    button(page, "Play").press("Enter")
    expect(page.locator("figcaption")).to_contain_text("a regular pentagon", timeout=60_000)


def test_reduced_motion_shows_the_end_at_once(open_page: Opener) -> None:
    page = open_page(twin(), script=TIMED_FRAMES, reduced_motion="reduce")
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


@pytest.mark.parametrize("n", [5, 12])
def test_a_frame_takes_less_than_a_sixtieth_of_a_second(open_page: Opener, n: int) -> None:
    page = open_page(twin(n_features=n), script=TIMED_FRAMES)
    play_to_the_end(page)
    frames = page.evaluate("frames_ms")
    assert len(frames) > 60
    assert median(frames) < 16


@pytest.mark.parametrize("width", [360, 390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_and_axe_finds_nothing(open_page: Opener, width: int, theme: str) -> None:
    page = open_page(twin(n_features=12), viewport={"width": width, "height": 900})
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    at_rest(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert visiting.audit(page) == []


@pytest.mark.parametrize(("width", "height"), [(800, Polygon.height_hint), (390, Polygon.height_hint_narrow)])
def test_the_room_that_is_kept_is_the_room_it_needs(open_page: Opener, width: int, height: int) -> None:
    page = open_page(twin(), viewport={"width": width, "height": 900})
    figure = page.locator("figure.live-figure")
    at_rest(page)
    kept = figure.bounding_box()
    figure.evaluate("node => node.style.minHeight = 0")
    needed = figure.bounding_box()
    assert kept is not None
    assert needed is not None
    assert kept["height"] == pytest.approx(height, abs=30)
    assert kept["height"] - needed["height"] < 40


def test_a_figure_far_away_starts_when_it_comes_near(open_page: Opener) -> None:
    page = open_page(twin(), '<div style="height:6000px"></div>', twin(n_features=3))
    page.wait_for_timeout(300)
    far = page.locator("figure").nth(1)
    assert far.locator(".plane").count() == 0
    far.scroll_into_view_if_needed()
    expect(far.locator("figcaption")).to_contain_text("3 features before training")
    ids = page.locator("figcaption").evaluate_all("nodes => nodes.map(n => n.id)")
    assert ids == ["polygon-1", "polygon-2"]


def test_leaving_the_page_stops_the_training(open_page: Opener) -> None:
    page = open_page(twin())
    button(page, "Play").click()
    page.wait_for_timeout(200)
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: false }))")
    stopped = arrows(page)
    page.wait_for_timeout(300)
    assert arrows(page) == stopped


def test_a_figure_that_cannot_start_says_so_in_place(browser: Browser, server: serving.Server) -> None:
    figure = twin().replace('data-figure="polygon"', 'data-figure="missing"')
    (server.root / "404.html").write_text("nothing here", "utf-8")
    (server.root / "broken.html").write_text(PAGE.format(policy=POLICY, figures=figure), "utf-8")
    page, errors = browser.new_page(), []
    page.on("console", lambda message: errors.append(message.text))
    page.goto(server.address + "broken.html")
    expect(page.locator("figcaption")).to_contain_text("This figure could not start here")
    expect(page.locator("figcaption")).to_contain_text("5 features before training")
    assert any("missing.js" in error for error in errors)
    page.close()


def test_a_slider_may_move_while_it_trains(open_page: Opener) -> None:
    page = open_page(twin())
    button(page, "Play").click()
    slider = page.locator("input[name=n_features]")
    for count in itertools.chain(range(6, 9), range(7, 2, -1)):
        slider.press("ArrowRight" if count == page.locator("[data-feature]").count() + 1 else "ArrowLeft")
        expect(page.locator(".plane [data-feature]")).to_have_count(count)
    expect(page.locator("figcaption")).to_contain_text("3 features after 300 steps", timeout=60_000)
