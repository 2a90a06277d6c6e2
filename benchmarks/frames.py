"""Measure what one frame of each live figure costs in Debian's chromium, from the call to the layout that it causes.

    python benchmarks/frames.py

A figure that plays is played for two hundred frames; the others get two hundred presses of an arrow key. Two lines a
figure that can be small or large: as it opens, and as full as it gets. A screen shows a frame every 16.7 ms.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "site")]

from playwright.sync_api import Page, sync_playwright  # noqa: E402

import site_live  # noqa: E402
import site_serving as serving  # noqa: E402
import site_visiting as visiting  # noqa: E402
from superposition.widgets import AttentionHead, Border, Polygon, Ripples, Zoo  # noqa: E402

FIGURES = (
    AttentionHead(),
    Border(),
    Polygon(),
    Polygon(n_features=12),
    Ripples(),
    Ripples(n_sources=12),
    Zoo(),
    Zoo(shape=6),
)
FRAMES = 200
# Some figures draw at once, within the key's own event: what that takes is noted too, and a frame without work is not.
PRESS = """(node, key) => {
  const start = performance.now();
  node.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  document.querySelector("figure").getBoundingClientRect();
  window.pressed_ms.push(performance.now() - start);
}"""


def played(page: Page) -> list[float]:
    """Let the figure play and return the milliseconds of its frames."""
    site_live.button(page, "Play").click()
    page.wait_for_function(f"() => window.frames_ms.length > {FRAMES}")
    return page.evaluate("window.frames_ms")


def pressed(page: Page) -> list[float]:
    """Press arrow keys on the figure's plane and return the milliseconds of press and frame together."""
    plane = page.locator("figure svg[tabindex='0'], figure [role][tabindex='0']").first
    page.evaluate("window.pressed_ms = []")
    for press in range(FRAMES):
        plane.evaluate(PRESS, ("ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown")[press // 10 % 4])
        site_live.drawn(page)
    frames = page.evaluate("window.frames_ms") or [0.0]
    return [press + median(frames) for press in page.evaluate("window.pressed_ms")]


def main() -> None:
    """Print a line a figure: median and 95th percentile of its frames in milliseconds."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving.serve(site_live.copy_figures(Path(folder)), "/book/") as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(visiting.FLAGS))
        hand = site_live.Figures(browser, server)
        print(f"chromium {browser.version}; milliseconds a frame, median and 95th percentile")
        for figure in FIGURES:
            page = hand.open(figure._repr_html_twin(), script=site_live.TIMED_FRAMES)
            site_live.at_rest(page)
            page.evaluate("window.frames_ms.length = 0")
            play = site_live.button(page, "Play").count()
            times = played(page) if play else pressed(page)
            print(f"{figure!r:<80} {median(times):6.2f} {quantiles(times, n=20)[-1]:6.2f}", flush=True)
        hand.close()
        browser.close()


if __name__ == "__main__":
    main()
