"""Fetch what the site carries of other people's work: MathJax, and the three fonts cut down to the letters we use.

npm install mathjax@3.2.2 @fontsource-variable/newsreader@5.3.0 @fontsource-variable/public-sans@5.3.0
python tools/vendor_static.py node_modules
"""

import io
import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

STATIC = Path(__file__).resolve().parents[1] / "book" / "static"
MATHJAX_FILES = ("LICENSE", "es5/tex-mml-chtml.js", "es5/output/chtml/fonts/woff-v2")
LETTERS = (
    "20-7E,A0,A7,A9,AB,AD,B0-B3,B5,B7,BB-BE,C0-FF,131,141,142,152,153,160,161,17D,17E,10C,10D,2010-2014,2018-201A,"
    "201C-201E,2020,2022,2026,2030,2032,2033,2039,203A,2044,20AC,2122,2190-2193,2212,2215,2248,2260,2264,2265,221A,221E"
)
FEATURES = [
    "kern",
    "liga",
    "lnum",
    "tnum",
    "pnum",
    "onum",
    "mark",
    "mkmk",
    "ccmp",
    "locl",
    "frac",
    "sups",
    "subs",
    "case",
]
FONTS = {
    "newsreader": ("newsreader", "newsreader-latin-wght-normal", (400, 700)),
    "newsreader-italic": ("newsreader", "newsreader-latin-wght-italic", 400),
    "public-sans": ("public-sans", "public-sans-latin-wght-normal", (400, 700)),
}


def copy_mathjax(modules: Path) -> None:
    """Copy the one script, its fonts in the same relative place, and the licence."""
    for name in MATHJAX_FILES:
        source, target = modules / "mathjax" / name, STATIC / "vendor" / "mathjax" / name.removeprefix("es5/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, target)


def cut_font(source: Path, target: Path, weight: float | tuple[float, float]) -> None:
    """Keep LETTERS, and one weight or a range of weights, of a variable font."""
    font = TTFont(source)
    names = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options = subset.Options(layout_features=FEATURES, hinting=False, notdef_outline=True, name_IDs=names)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(LETTERS))
    subsetter.subset(font)
    buffer = io.BytesIO()
    font.flavor = None
    font.save(buffer)  # instantiate after saving: in one go the variation table loses .notdef
    buffer.seek(0)
    font = instancer.instantiateVariableFont(TTFont(buffer), {"wght": weight})
    font.flavor = "woff2"
    font.save(target)


def main() -> None:
    """Vendor everything from a folder of npm packages."""
    modules = Path(sys.argv[1])
    copy_mathjax(modules)
    for name, (package, file, weight) in FONTS.items():
        source = modules / "@fontsource-variable" / package / "files" / f"{file}.woff2"
        cut_font(source, STATIC / "fonts" / f"{name}.woff2", weight)


if __name__ == "__main__":
    main()
