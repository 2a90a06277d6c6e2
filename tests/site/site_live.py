"""Small pages that hold live figures and nothing else, with the site's loader, styles and policy."""

import shutil
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

import site_serving as serving
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
<link rel="stylesheet" href="tokens.css"><link rel="stylesheet" href="base.css">
<link rel="stylesheet" href="figures/live_figure.css">
<style>body {{ margin: 0 auto; max-width: 720px; padding: 0 18px; background: var(--paper) }}</style>
<script type="module" src="live.js"></script></head>
<body><main><h1>Figures</h1>{figures}</main></body></html>"""
# What a test waits for is a promise of the page itself, which keeps its order however slow the machine is: a frame that
# was asked for before is drawn before ours, and a sentence said 250 ms after the last change before our 300 are over.
DRAWN = """() => new Promise(done => {
  const next = window.untimed ?? window.requestAnimationFrame.bind(window);
  next(() => next(done));
})"""
SPOKEN = "() => document.fonts.ready.then(() => new Promise(done => setTimeout(done, 300)))"
# Times each frame of the page from the call to the layout that it causes.
TIMED_FRAMES = """
window.frames_ms = [];
window.untimed = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = draw => window.untimed(now => {
  const start = performance.now();
  draw(now);
  document.querySelector("figure").getBoundingClientRect();
  window.frames_ms.push(performance.now() - start);
});"""


class Figures:
    """Opens pages of figures in a browser and writes down what their consoles complain of."""

    def __init__(self, browser: Browser, server: serving.Server) -> None:
        self.browser, self.server = browser, server
        self.contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(self, *figures: str, script: str = "", **settings: object) -> Page:
        """Open a page with the given figures in a context of its own."""
        number = len(list(self.server.root.glob("page-*")))  # the server remembers a file by its name
        file = self.server.root / f"page-{number}.html"
        file.write_text(PAGE.format(policy=POLICY, figures="".join(figures)), "utf-8")
        context = self.browser.new_context(**{"viewport": {"width": 1000, "height": 900}, **settings})
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.add_init_script(script)
        page.goto(self.server.address + file.name)
        return page

    def polygon(self, script: str = "", settings: dict[str, object] | None = None, **state: float) -> Page:
        """Open a page with one polygon and wait until it has spoken."""
        page = self.open(twin(**state), script=script, **(settings or {}))
        expect(page.locator("figcaption")).to_contain_text("before training: ")
        return page

    def close(self) -> None:
        """Close what was opened."""
        for context in self.contexts:
            context.close()


def copy_figures(root: Path) -> Path:
    """Lay the loader, the styles with their fonts and the figures' files where the site has them."""
    (root / "figures").mkdir()
    for file in (*MODULES.glob("*.js"), *MODULES.glob("*.css")):
        shutil.copyfile(file, root / "figures" / file.name)
    static = ROOT / "book" / "static"
    for name in ("live.js", "tokens.css", "base.css"):
        shutil.copyfile(static / name, root / name)
    shutil.copytree(static / "fonts", root / "fonts")
    return root


def twin(**state: float) -> str:
    """Return the html that a notebook stores for a polygon."""
    return Polygon(**state)._repr_html_twin()


def button(page: Page, name: str) -> Locator:
    """Find a button by its word."""
    return page.get_by_role("button", name=name, exact=True)


def caption(page: Page) -> str:
    """Read the sentence."""
    return page.locator("figcaption").inner_text()


def drawn(page: Page) -> None:
    """Wait until the page has drawn what has happened so far."""
    page.evaluate(DRAWN)


def at_rest(page: Page) -> str:
    """Read the sentence once what has happened is drawn and said."""
    for promise in (DRAWN, SPOKEN, DRAWN):
        page.evaluate(promise)
    return caption(page)


def loss(page: Page) -> float:
    """Read the loss beside its curve."""
    return float(page.locator(".loss .result").text_content() or "nan")


def arrows(page: Page) -> list[str]:
    """Read where the handles stand."""
    return page.locator(".plane [data-feature]").evaluate_all("nodes => nodes.map(n => n.getAttribute('transform'))")


def play_to_the_end(page: Page) -> str:
    """Press Play, wait for the end and read the sentence."""
    button(page, "Play").click()
    expect(button(page, "Pause")).to_be_visible()
    expect(button(page, "Play")).to_be_visible(timeout=60_000)
    return at_rest(page)


def swipe(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a finger over the glass."""
    glass, steps = page.context.new_cdp_session(page), 8

    def touch(kind: str, *points: tuple[float, float]) -> None:
        glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    touch("touchStart", start)
    for step in range(1, steps + 1):
        touch("touchMove", tuple(a + (b - a) * step / steps for a, b in zip(start, end, strict=True)))
        drawn(page)
    touch("touchEnd")
    drawn(page)
