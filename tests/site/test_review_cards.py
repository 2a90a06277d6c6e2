"""The review cards and the line on exercises, used in a browser: by mouse, by keyboard, in two tabs, on bad days."""

import base64
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import site_serving as serving
import site_visiting as visiting
from superposition.course.review import ReviewCard, ReviewDeck

STATIC = Path(__file__).resolve().parents[2] / "book/static"
STYLES = ("tokens.css", "base.css", "components.css")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DECK = ReviewDeck(
    "waves",
    tuple(ReviewCard(f"waves.{name}", f"What is {name}?", f"It is {name}.") for name in ("one", "two", "three")),
)
PAGE = f"""<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>Waves</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'self'; style-src 'self'">
{"".join(f'<link rel="stylesheet" href="{name}">' for name in STYLES)}
<script type="module" src="review.js"></script></head><body><main><article class="bd-article">
<section id="waves"><h1>Waves</h1>
<section id="exercises"><h2>Exercises</h2>
<section id="exercise-add"><h3>Exercise: add</h3><div class="check" data-result="todo">Not started.</div></section>
<section id="exercise-scale"><h3>Exercise: scale</h3><div class="check" data-result="todo">Not started.</div></section>
<section id="exercise-on-paper"><h3>Exercise: on paper</h3><p>Show it.</p></section>
</section>
<section id="review"><h2>Review</h2>{DECK.markup}</section>
</section></article></main></body></html>"""
BLOCKED = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }});"
FULL = "Storage.prototype.setItem = () => { throw new DOMException('no', 'QuotaExceededError'); };"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Serve one small chapter page with the script and the style sheets."""
    folder = tmp_path_factory.mktemp("cards")
    (folder / "waves.html").write_text(PAGE, encoding="utf-8")
    (folder / "404.html").write_text("<title>No such page</title>", encoding="utf-8")
    for name in ("review.js", *STYLES):
        shutil.copy(STATIC / name, folder)
    shutil.copytree(STATIC / "fonts", folder / "fonts")
    with serving.serve(folder, "/book/") as running:
        yield running


@pytest.fixture
def reader(browser):
    """A reader's browser, at noon, in which nothing is stored yet; errors of the page fail the test."""
    context = browser.new_context(viewport=visiting.DESKTOP, reduced_motion="reduce", timezone_id="UTC")
    context.clock.set_fixed_time(NOON)
    errors = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on("dialog", lambda dialog: (errors.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    yield context
    context.close()
    assert errors == []


@pytest.fixture
def open_page(reader, server):
    """Return a function that opens the chapter in a new tab, with or without a fragment."""

    def open_page(fragment=""):
        page = reader.new_page()
        page.goto(f"{server.address}waves.html{fragment}")
        return page

    return open_page


def come_back(page, days):
    """Load the page again with the clock some days after noon."""
    page.context.clock.set_fixed_time(NOON + timedelta(days=days))
    page.reload()


def fold(page, name):
    return page.locator(f'[data-card="waves.{name}"]')


def answer(page, name, label):
    fold(page, name).locator("summary").click()
    fold(page, name).get_by_role("button", name=label).click()


def due(page):
    return page.locator(".review-due").inner_text()


def solved(page):
    return page.locator(".exercise-progress").inner_text()


def link(record):
    text = record if isinstance(record, bytes) else json.dumps(record).encode()
    return "#progress=" + base64.urlsafe_b64encode(text).decode().rstrip("=")


# ---- cards ----


def test_without_a_script_the_cards_still_fold(browser, server):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.address}waves.html")
    assert not fold(page, "one").locator("p").is_visible()
    fold(page, "one").locator("summary").click()
    assert fold(page, "one").locator("p").inner_text() == "It is one."
    assert page.locator("button, .review-due, .exercise-progress").count() == 0
    context.close()


def test_a_card_that_is_known_goes_away_for_a_day_and_then_for_five(open_page):
    page = open_page()
    assert due(page) == "3 of 3 cards are due."
    answer(page, "two", "I knew it")
    assert due(page) == "This card comes back tomorrow. 2 of 3 cards are due."
    assert not fold(page, "two").get_attribute("open")
    states = [fold(page, name).get_attribute("data-state") for name in ("one", "two", "three")]
    assert states == ["due", "later", "due"]
    page.reload()
    assert due(page) == "2 of 3 cards are due."
    come_back(page, 1)
    assert due(page) == "3 of 3 cards are due."
    answer(page, "two", "I knew it")
    assert due(page).startswith("This card comes back in 5 days.")
    come_back(page, 5)
    assert due(page) == "2 of 3 cards are due."
    come_back(page, 6)
    assert due(page) == "3 of 3 cards are due."


def test_a_card_that_is_not_known_stays_due(open_page):
    page = open_page()
    answer(page, "one", "Not yet")
    assert due(page) == "This card stays due. 3 of 3 cards are due."


def test_a_clock_that_was_ahead_makes_the_cards_due_again(open_page):
    page = open_page()
    come_back(page, 4000)
    answer(page, "one", "I knew it")
    assert due(page).endswith("2 of 3 cards are due.")
    come_back(page, 0)
    assert due(page) == "3 of 3 cards are due."


def test_when_nothing_is_due_the_next_day_is_told(open_page):
    page = open_page()
    for name in ("one", "two", "three"):
        answer(page, name, "I knew it")
    assert due(page).endswith("No card is due; the next one comes back tomorrow.")


def test_the_keyboard_alone_is_enough(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    focused = "document.activeElement.closest('[data-card]')?.dataset.card + ' ' + document.activeElement.tagName"
    assert page.evaluate(focused) == "waves.one SUMMARY"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "I knew it"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Not yet"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert page.evaluate(focused) == "waves.one SUMMARY"
    assert due(page) == "This card comes back tomorrow. 2 of 3 cards are due."


def test_two_tabs_see_each_others_answers(open_page):
    one, two = open_page(), open_page()
    answer(one, "one", "I knew it")
    two.wait_for_function("document.querySelector('.review-due').textContent.startsWith('2 of 3')")
    answer(two, "two", "I knew it")
    one.wait_for_function("document.querySelector('.review-due').textContent.startsWith('1 of 3')")
    one.reload()
    assert due(one) == "1 of 3 cards is due."


@pytest.mark.parametrize("broken", [BLOCKED, FULL])
def test_a_storage_that_is_blocked_or_full_is_told_and_work_goes_on(reader, open_page, broken):
    reader.add_init_script(broken)
    page = open_page()
    answer(page, "one", "I knew it")
    assert due(page).startswith("This card comes back tomorrow. 2 of 3 cards are due. This browser keeps nothing")
    answer(page, "two", "I knew it")
    assert "1 of 3 cards is due." in due(page)
    page.reload()
    assert due(page).startswith("3 of 3 cards are due.")


def test_what_cannot_be_read_in_the_store_does_no_harm(open_page):
    page = open_page()
    damaged = '{"v":1,"entries":{"waves.one":{"step":99,"due":1e99,"seen":"<b>"}}}'
    for stored in ("{", "null", damaged, "x" * 100_000):
        page.evaluate("text => localStorage.setItem('superposition.cards', text)", stored)
        page.reload()
        assert due(page) == "3 of 3 cards are due."


def test_what_a_newer_version_stored_is_left_alone(open_page):
    page = open_page()
    page.evaluate("localStorage.setItem('superposition.cards', '{\"v\":2}')")
    page.reload()
    answer(page, "one", "I knew it")
    assert "A newer version of the course" in due(page)
    assert page.evaluate("localStorage.getItem('superposition.cards')") == '{"v":2}'


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_open_cards_are_accessible(open_page, theme):
    page = open_page(link({"v": 1, "done": {"waves.add": "2026-11-22"}}))
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    assert visiting.audit(page) == []


# ---- progress by link ----


def test_a_link_brings_progress_once_and_leaves_the_address_clean(open_page, server):
    page = open_page(link({"v": 1, "done": {"waves.add": "2026-11-22", "qubits.basis": "2026-11-01"}}))
    assert solved(page) == "The link brought 2 exercises, 2 new here. 1 of 2 exercises solved."
    assert page.locator("#exercises > h2 + .exercise-progress").count() == 1
    assert page.url == f"{server.address}waves.html"
    page.reload()
    assert solved(page) == "1 of 2 exercises solved."


def test_a_link_pasted_into_an_open_page_is_read_and_merged(open_page):
    page = open_page(link({"v": 1, "done": {"waves.add": "2026-11-22"}}))
    page.evaluate(f"location.hash = {json.dumps(link({'v': 1, 'done': {'waves.scale': '2026-11-21'}}))}")
    page.wait_for_function("document.querySelector('.exercise-progress').textContent.includes('2 of 2 exercises')")
    done = json.loads(page.evaluate("localStorage.getItem('superposition.done')"))["entries"]
    assert done == {"waves.add": "2026-11-22", "waves.scale": "2026-11-21"}


def test_without_progress_there_is_no_line(open_page):
    assert not open_page("#exercises").locator(".exercise-progress").is_visible()


SOUND = {"v": 1, "done": {"waves.add": "2026-11-22"}}


HOSTILE = (
    "#progress=",
    "#progress=<script>alert(1)</script>",
    "#progress=%3Cimg%20src=x%20onerror=alert(1)%3E",
    "#progress=ünïcödé",
    link(SOUND)[:-9],
    link(b"\xff\xfe" + json.dumps(SOUND).encode()),
    link(SOUND | {"v": 2}),
    link({"v": 1, "done": {"<img src=x onerror=alert(1)>": "2026-11-22"}}),
    link({"v": 1, "done": {"waves.add": "<script>alert(1)</script>"}}),
    link(b'{"v":1,"done":{"__proto__":"2026-11-22","constructor":{"prototype":{"x":1}}}}'),
    link({"v": 1, "done": [1, 2]}),
    "#progress=" + "A" * 1_000_000,
)
STATE = "[localStorage.getItem('superposition.done'), document.querySelectorAll('*').length, ({}).x ?? null]"
REFUSED = "document.querySelector('.exercise-progress').textContent.startsWith('The progress link could not be used')"


def test_a_hostile_or_truncated_link_changes_nothing_and_says_so(open_page, server):
    page = open_page(link({"v": 1, "done": {"waves.scale": "2026-11-20"}}))
    before = page.evaluate(STATE)
    for fragment in HOSTILE:
        page.evaluate("document.querySelector('.exercise-progress').textContent = ''")
        page.evaluate("fragment => { location.hash = fragment; }", fragment)
        page.wait_for_function(REFUSED)
        assert solved(page).endswith("Nothing was changed. 1 of 2 exercises solved.")
        assert page.evaluate(STATE) == before
        assert page.url == f"{server.address}waves.html"


def test_a_damaged_link_that_opens_a_page_is_told(open_page):
    page = open_page(link(SOUND)[:-9])
    assert solved(page) == "The progress link could not be used: it is cut off or damaged. Nothing was changed."


def test_what_is_sound_in_a_link_is_taken_beside_what_is_not(open_page):
    page = open_page(link({"v": 1, "done": SOUND["done"] | {"wellen.ä": "2026-11-22", "waves.scale": "2026-13-45"}}))
    assert solved(page) == "The link brought 1 exercise, 1 new here. 1 of 2 exercises solved."


def test_progress_that_cannot_be_kept_is_told(reader, open_page):
    reader.add_init_script(FULL)
    page = open_page(link(SOUND))
    assert solved(page).startswith("The link brought 1 exercise, 1 new here. 1 of 2 exercises solved. This")
