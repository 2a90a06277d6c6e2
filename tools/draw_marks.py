"""Draw the marks of the site: logo, favicon, the beat above chapter titles, the front page's picture.

python tools/draw_marks.py
"""

import json
from collections.abc import Callable

import numpy as np

from write_tokens import PALETTE, TOKENS, flip

ROLE = json.loads(PALETTE.read_text("utf-8"))
Curve = Callable[[float], float]


def drawing(view: str, title: str, parts: list[str], more: str = "") -> str:
    """Return an SVG of line drawings."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" fill="none" stroke-linecap="round"{more}>'
    return "\n".join([f"{head}<title>{title}</title>", *parts, "</svg>\n"])


def stroke(curve: Curve, start: float, end: float, pieces: int, attributes: str) -> str:
    """Return an SVG path of cubic pieces that has the curve's values and slopes at their ends."""
    xs, third, step = np.linspace(start, end, pieces + 1), (end - start) / pieces / 3, 1e-4
    slopes = [(curve(x + step) - curve(x - step)) / (2 * step) for x in xs]
    points = [(x, curve(x), slope) for x, slope in zip(xs, slopes, strict=True)]
    (x, y, slope), *rest = points
    path = f"M{x:.1f} {y:.1f}C{x + third:.1f} {y + slope * third:.1f} "
    path += "S".join(f"{x - third:.1f} {y - slope * third:.1f} {x:.1f} {y:.1f}" for x, y, slope in rest)
    return f'<path d="{path}" {attributes}/>'


def wave(amplitude: float, phase: float, period: float, middle: float) -> Curve:
    """Return middle - amplitude sin(2 pi x / period + phase): up is up, though y points down in SVG."""
    return lambda x: middle - amplitude * np.sin(2 * np.pi * x / period + phase)


def logo(shade: Callable[[str], str]) -> str:
    """Two waves and, thick, their sum."""
    phase, a = np.pi / 3.2, 10.5
    curves = [wave(a, phase, 40, 32), wave(a, -phase, 40, 32), wave(2 * a * np.cos(phase), 0, 40, 32)]
    looks = [f'stroke="{shade(ROLE[role])}" stroke-width="{w}"' for role, w in (("plus", 3), ("minus", 3), ("ink", 5))]
    parts = [stroke(curve, 4, 60, 9, look) for curve, look in zip(curves, looks, strict=True)]
    return drawing("0 12 64 40", "Two waves and their sum", parts)


def favicon() -> str:
    """The two waves on paper; the browser's own theme chooses the colours."""
    properties = {"plus": "stroke", "minus": "stroke", "paper": "fill"}
    light, dark = ("".join(f".{r}{{{p}:{s(ROLE[r])}}}" for r, p in properties.items()) for s in (str, flip))
    ground = '<rect class="paper" width="32" height="32" rx="7"/>'
    curves = {role: wave(9.5, sign * np.pi / 3, 22, 16) for role, sign in (("minus", -1), ("plus", 1))}
    lines = [stroke(curve, 4, 28, 6, f'class="{role}" stroke-width="4.2"') for role, curve in curves.items()]
    rules = f"<style>{light}@media(prefers-color-scheme:dark){{{dark}}}</style>"
    return drawing("0 0 32 32", "Superposition", [rules, ground, *lines])


def beat() -> str:
    """40 periods against 43, added: three beats."""
    one, two = wave(6.6, 0, 720 / 40, 7.5), wave(6.6, 0, 720 / 43, 7.5)
    line = stroke(lambda x: one(x) + two(x), 0, 720, 172, 'stroke="black" stroke-width="1.3"')
    return drawing("0 0 720 30", "Two waves of nearly the same pitch, added", [line])


def rise(x: float, start: float, length: float = 60) -> float:
    """Go smoothly from 0 to 1 between start and start + length."""
    t = np.clip((x - start) / length, 0, 1)
    return t * t * (3 - 2 * t)


def front(n_waves: int = 40, width: int = 960, height: int = 250, seed: int = 222) -> str:
    """Draw n waves of one size that enter one after the other from left to right and, thick, their sum.

    The seed is one whose sum stays inside the picture.
    """
    rng = np.random.default_rng(seed)
    middle, unit = height / 2, height / 13.5
    enters = np.concatenate([[-60.0], np.linspace(0.12, 0.86, n_waves - 1) ** 0.85 * width])
    periods, phases = np.exp(rng.uniform(np.log(34), np.log(150), n_waves)), rng.uniform(0, 2 * np.pi, n_waves)
    periods[0] = 96
    waves = [wave(unit, phase, period, 0) for phase, period in zip(phases, periods, strict=True)]
    parts: list[Curve] = [
        lambda x, w=w, start=start: middle + rise(x, start) * w(x) for w, start in zip(waves, enters, strict=True)
    ]
    fixed = 'vector-effect="non-scaling-stroke"'
    lines = []
    for i, part in enumerate(parts):
        start, colour = max(enters[i], 0), ROLE["category"][i % 5]
        look = f'stroke="{colour}" stroke-width="1.2" opacity="0.55" {fixed}'
        lines.append(stroke(part, start, width, int(4 * (width - start) / periods[i]) + 4, look))
    look = f'stroke="{ROLE["ink"]}" stroke-width="3" {fixed}'
    total = stroke(lambda x: middle + sum(part(x) - middle for part in parts), 0, width, 180, look)
    more = ' preserveAspectRatio="none"'
    return drawing(f"0 0 {width} {height}", "Forty waves enter one after another; their sum", [*lines, total], more)


if __name__ == "__main__":
    drawn = {"logo-light": logo(str), "logo-dark": logo(flip), "favicon": favicon(), "beat": beat(), "front": front()}
    for name, text in drawn.items():
        (TOKENS.parent / f"{name}.svg").write_text(text, "utf-8")
