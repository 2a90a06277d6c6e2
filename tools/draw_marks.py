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


def front(n_waves: int = 40, width: int = 960, height: int = 250, seed: int = 5) -> str:
    """Draw n waves that enter one after the other from left to right and, thick, their sum."""
    rng = np.random.default_rng(seed)
    middle, unit = height / 2, height / 14
    enters = np.concatenate([[-200.0], np.linspace(0.13, 0.86, n_waves - 1) ** 0.8 * width])
    periods, phases = rng.uniform(48, 110, n_waves), rng.uniform(0, 2 * np.pi, n_waves)

    def part(i: int) -> Curve:
        rise = lambda x: np.clip((x - enters[i]) / 60, 0, 1) ** 2 * (3 - 2 * np.clip((x - enters[i]) / 60, 0, 1))
        return lambda x: middle - unit * rise(x) * np.sin(2 * np.pi * x / periods[i] + phases[i])

    parts = [part(i) for i in range(n_waves)]
    total = lambda x: middle + sum(p(x) - middle for p in parts)
    colours = [ROLE["importance"][1 + i % 5] for i in rng.permutation(n_waves)]
    lines = [(smooth(p, max(e, 0), width, int((width - max(e, 0)) / 14), 0), c, 1.1, 0.5) for p, e, c in zip(parts, enters, colours, strict=True)]
    lines.append((smooth(total, 0, width, 100), ROLE["ink"], 3, 1))
    strokes = "".join(f'<path d="{d}" stroke="{c}" stroke-width="{w}" opacity="{o}" vector-effect="non-scaling-stroke"/>\n' for d, c, w, o in lines)
    return HEAD.format(view=f"0 0 {width} {height}", more=' preserveAspectRatio="none"', title="Waves enter one after another; their sum") + strokes + "</svg>\n"


if __name__ == "__main__":
    drawn = {"logo-light": logo(str), "logo-dark": logo(flip), "favicon": favicon(), "beat": beat(), "front": front()}
    for name, text in drawn.items():
        (TOKENS.parent / f"{name}.svg").write_text(text, "utf-8")
