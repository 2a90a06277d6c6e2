"""Write `book/static/tokens.css` from the palette: the colours of the light theme, and the dark ones they turn into.

python tools/write_tokens.py            write the file
python tools/write_tokens.py --check    only say whether it is out of date
"""

import json
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
PALETTE = ROOT / "helpers" / "superposition" / "plots" / "palette.json"
TOKENS = ROOT / "book" / "static" / "tokens.css"
INVERSION = 0.91
HUE_HALF_TURN = np.array([[-0.574, 1.430, 0.144], [0.426, 0.430, 0.144], [0.426, 1.430, -0.856]])


def flip(colour: str) -> str:
    """Return what the CSS `filter: invert(.91) hue-rotate(180deg)` makes of a colour: luma turned over, hue kept.

    The matrix is that of hue-rotate in the Filter Effects specification, at 180 degrees.
    """
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    inverted = INVERSION + (1 - 2 * INVERSION) * rgb
    turned = np.clip(HUE_HALF_TURN @ inverted.clip(0, 1), 0, 1)
    return "#" + "".join(f"{round(float(channel) * 255):02X}" for channel in turned)


def flat(palette: dict[str, str | list[str]]) -> dict[str, str]:
    """Name each colour: a role by itself, the members of a list by role and number from 1."""
    named: dict[str, str] = {}
    for role, value in palette.items():
        named |= {role: value} if isinstance(value, str) else {f"{role}-{i}": c for i, c in enumerate(value, 1)}
    return named


def block(selector: str, scheme: str, colours: dict[str, str]) -> str:
    """Return one CSS rule with a custom property a colour."""
    lines = [f"{selector} {{", f"  color-scheme: {scheme};", *(f"  --{k}: {v};" for k, v in colours.items()), "}"]
    return "\n".join(lines) + "\n"


def tokens(palette: dict[str, str | list[str]]) -> str:
    """Return the style sheet with the colours of both themes."""
    light = flat(palette)
    dark = {name: flip(colour) for name, colour in light.items()}
    return (
        "/* Written from helpers/superposition/plots/palette.json by tools/write_tokens.py: do not edit. */\n"
        + block(':root,\nhtml[data-theme="light"]', "light", light)
        + block('html[data-theme="dark"]', "dark", dark)
    )


def main() -> int:
    """Write the file, or with --check compare it; return the exit status."""
    text = tokens(json.loads(PALETTE.read_text("utf-8")))
    if "--check" not in sys.argv[1:]:
        TOKENS.write_text(text, "utf-8")
    elif TOKENS.read_text("utf-8") != text:
        print("book/static/tokens.css is out of date: run python tools/write_tokens.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
