"""Open one page in the browser, with every other host blocked, and write down what it did."""

from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response, Route

from site_serving import Server

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
THEME_FOLLOWS_RESIZE = 500  # milliseconds; the theme makes code that scrolls focusable a while after a resize
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
SETTLED = "async () => { await window.MathJax?.startup?.promise; await document.fonts.ready; }"
FORMULAS = """() => ({
  formulas: document.querySelectorAll("mjx-container").length,
  broken: [...document.querySelectorAll("mjx-merror, [data-mjx-error]")].map(e => e.textContent),
})"""


@dataclass
class Visit:
    """What one page did: requests, messages, findings of axe-core and widths by setting, formulas, live figures."""

    status: int = 0
    loaded: set[str] = field(default_factory=set)
    elsewhere: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    findings: dict[str, list[str]] = field(default_factory=dict)
    too_wide: dict[int, int] = field(default_factory=dict)
    formulas: int = 0
    broken_formulas: list[str] = field(default_factory=list)
    idle_figures: list[str] = field(default_factory=list)
    framed_figures: list[str] = field(default_factory=list)


def watch(page: Page, server: Server, seen: Visit) -> None:
    """Block every other host, and note requests, failures and messages of the console."""

    def route(asked: Route) -> None:
        if asked.request.url.startswith((server.address, "data:", "blob:")):
            asked.continue_()
        else:
            seen.elsewhere.append(asked.request.url)
            asked.abort()

    def answer(got: Response) -> None:
        if got.status < 400:
            seen.loaded.add(got.url)
        else:
            seen.failed.append(f"{got.status} {got.url}")

    page.route("**/*", route)
    page.on("response", answer)
    page.on("requestfailed", lambda r: seen.failed.append(r.url))
    page.on("console", lambda m: seen.console.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: seen.console.append(str(e)))


# Figures on which a rule of the theme has fallen, because its style sheets use the same class.
FRAMED = """[...document.querySelectorAll(".live-root")]
  .filter(node => parseFloat(getComputedStyle(node).borderTopWidth) > 0).map(node => node.className)"""


def start_figures(page: Page) -> list[str]:
    """Bring each live figure into view; return the names of those that show nothing to touch."""
    idle = []
    for figure in page.locator("figure.live-figure").all():
        figure.scroll_into_view_if_needed()
        controls = figure.locator("input, button, [tabindex]").first
        controls.wait_for(state="visible", timeout=5000)
        if not controls.is_enabled():
            idle.append(figure.get_attribute("data-figure") or "?")
    return idle


def audit(page: Page) -> list[str]:
    """Return what axe-core finds wrong, a line a finding, with everything unfolded.

    Its preloading is off: it asks for the style sheets' own imports at addresses where they are not.
    """
    page.evaluate("document.querySelectorAll('article details').forEach(d => d.open = true)")
    options = {"resultTypes": ["violations"], "preload": False}
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return [f"{v['id']}: {node['html'][:160]}" for v in found for node in v["nodes"]]


def visit(browser: Browser, server: Server, name: str) -> Visit:
    """Open a page and look at it in both themes, on a desktop and on a phone."""
    seen = Visit()
    context = browser.new_context(viewport=DESKTOP, color_scheme="light", reduced_motion="reduce")
    page = context.new_page()
    watch(page, server, seen)
    answer = page.goto(server.address + name)
    seen.status = answer.status if answer else 0
    page.evaluate(SETTLED)
    seen.idle_figures = start_figures(page)
    seen.framed_figures = page.evaluate(FRAMED)
    measured = page.evaluate(FORMULAS)
    seen.formulas, seen.broken_formulas = measured["formulas"], measured["broken"]
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        page.wait_for_timeout(THEME_FOLLOWS_RESIZE)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            seen.findings[f"{theme} {size['width']}"] = audit(page)
        seen.too_wide[size["width"]] = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    return seen
