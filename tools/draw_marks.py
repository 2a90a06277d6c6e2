"""Draw the marks of the site: logo, favicon, the beat above chapter titles, the front page's picture.

    python tools/draw_marks.py
"""

import json
from collections.abc import Callable

import numpy as np
from write_tokens import PALETTE, TOKENS, flip

ROLE = json.loads(PALETTE.read_text("utf-8"))
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}" fill="none" stroke-linecap="round"{more}><title>{title}</title>\n'
Curve = Callable[[float], float]


def wave(amplitude: float, phase: float, period: float, middle: float) -> Curve:
    """Return middle - amplitude sin(2 pi x / period + phase): up is up, though y points down in SVG."""
    return lambda x: middle - amplitude * np.sin(2 * np.pi * x / period + phase)


def smooth(curve: Curve, start: float, end: float, pieces: int, digits: int = 1) -> str:
    """Return an SVG path of cubic pieces that has the curve's values and slopes at their ends."""
    xs, third, step = np.linspace(start, end, pieces + 1), (end - start) / pieces / 3, 1e-4
    ys = [curve(x) for x in xs]
    slopes = [(curve(x + step) - curve(x - step)) / (2 * step) for x in xs]
    path = f"M{xs[0]:.{digits}f} {ys[0]:.{digits}f}C{xs[0] + third:.{digits}f} {ys[0] + slopes[0] * third:.{digits}f}"
    for i, (x, y, slope) in enumerate(zip(xs[1:], ys[1:], slopes[1:], strict=True)):
        path += f"{'S' if i else ' '}{x - third:.{digits}f} {y - slope * third:.{digits}f} {x:.{digits}f} {y:.{digits}f}"
    return path


def logo(shade: Callable[[str], str]) -> str:
    """Two waves and, thick, their sum."""
    phase, a = np.pi / 3.2, 10.5
    curves = [wave(a, phase, 40, 32), wave(a, -phase, 40, 32), wave(2 * a * np.cos(phase), 0, 40, 32)]
    lines = zip(curves, ("plus", "minus", "ink"), (3, 3, 5), strict=True)
    strokes = "".join(f'<path d="{smooth(c, 4, 60, 9)}" stroke="{shade(ROLE[r])}" stroke-width="{w}"/>\n' for c, r, w in lines)
    return HEAD.format(view="0 12 64 40", more="", title="Two waves and their sum") + strokes + "</svg>\n"


def favicon() -> str:
    """The two waves on paper; the browser's own theme chooses the colours."""
    rules = [
        "".join(f".{r}{{{what}:{shade(ROLE[r])}}}" for r, what in (("plus", "stroke"), ("minus", "stroke"), ("paper", "fill")))
        for shade in (str, flip)
    ]
    lines = [f'<path class="{r}" d="{smooth(wave(9.5, s * np.pi / 3, 22, 16), 4, 28, 6)}" stroke-width="4.2"/>' for r, s in (("minus", -1), ("plus", 1))]
    return (
        HEAD.format(view="0 0 32 32", more="", title="Superposition")
        + f"<style>{rules[0]}@media(prefers-color-scheme:dark){{{rules[1]}}}</style>\n"
        + f'<rect class="paper" width="32" height="32" rx="7"/>{"".join(lines)}\n</svg>\n'
    )


def beat() -> str:
    """40 periods against 43, added: three beats."""
    one, two = wave(6.6, 0, 720 / 40, 7.5), wave(6.6, 0, 720 / 43, 7.5)
    path = smooth(lambda x: one(x) + two(x), 0, 720, 172)
    return HEAD.format(view="0 0 720 30", more="", title="Two waves of nearly the same pitch, added") + f'<path d="{path}" stroke="black" stroke-width="1.3"/>\n</svg>\n'


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

    def part(i: int) -> Curve:
        return lambda x: middle - unit * rise(x, enters[i]) * np.sin(2 * np.pi * x / periods[i] + phases[i])

    parts = [part(i) for i in range(n_waves)]
    strokes = [
        (smooth(p, max(start, 0), width, int(4 * (width - max(start, 0)) / period) + 4), ROLE["category"][i % 5], 1.2, 0.55)
        for i, (p, start, period) in enumerate(zip(parts, enters, periods, strict=True))
    ]
    strokes.append((smooth(lambda x: middle + sum(p(x) - middle for p in parts), 0, width, 180), ROLE["ink"], 3, 1))
    lines = [f'<path d="{d}" stroke="{c}" stroke-width="{w}" opacity="{o}" vector-effect="non-scaling-stroke"/>\n' for d, c, w, o in strokes]
    title = "Forty waves enter one after another; their sum"
    return HEAD.format(view=f"0 0 {width} {height}", more=' preserveAspectRatio="none"', title=title) + "".join(lines) + "</svg>\n"


if __name__ == "__main__":
    drawn = {"logo-light": logo(str), "logo-dark": logo(flip), "favicon": favicon(), "beat": beat(), "front": front()}
    for name, text in drawn.items():
        (TOKENS.parent / f"{name}.svg").write_text(text, "utf-8")
