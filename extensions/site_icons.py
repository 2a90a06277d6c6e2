"""Cut the theme's icon font down to the icons that the built site names."""

import logging
import re
from pathlib import Path

from fontTools import subset

RULE_BY_GLYPH = re.compile(r'((?:\.fa-[a-z0-9-]+:{1,2}before,?)+)\{content:"\\([0-9a-f]+)')
RULE_BY_VARIABLE = re.compile(r'((?:\.fa-[a-z0-9-]+,?)+)\{--fa:"\\([0-9a-f]+)')
ANY_RULE = re.compile(r"(?:\.fa-[a-z0-9-]+(?::{1,2}before)?,?)+\{(?:content|--fa):[^}]*\}")


def code_points(markup: str, css: str) -> set[int]:
    """Return the code points of the icons that markup or scripts name by class, or css uses directly."""
    used = set(re.findall(r"\bfa-([a-z0-9-]+)", markup))
    rules = [*RULE_BY_GLYPH.findall(css), *RULE_BY_VARIABLE.findall(css)]
    named = {int(code, 16) for names, code in rules if used & set(re.findall(r"\.fa-([a-z0-9-]+)", names))}
    rest = ANY_RULE.sub("", css)
    escaped = {int(code, 16) for code in re.findall(r"\\([ef][0-9a-f]{3})\b", rest)}
    return named | escaped | {ord(letter) for letter in rest if "\ue000" <= letter <= "\uf8ff"}


def read_all(folder: Path, pattern: str) -> str:
    """Return the text of all files below folder that match."""
    return "\n".join(file.read_text("utf-8", "ignore") for file in sorted(folder.rglob(pattern)))


def subset_icon_font(out: Path) -> None:
    """Rewrite each icon font with nothing but the icons in use."""
    logging.getLogger("fontTools.subset").setLevel(logging.WARNING)
    markup = read_all(out, "*.html") + read_all(out / "_static" / "scripts", "*.js")
    wanted = code_points(markup, read_all(out / "_static", "*.css"))
    for file in (out / "_static" / "vendor" / "fontawesome" / "webfonts").glob("*.woff2"):
        options = subset.Options(flavor="woff2", layout_features=[], notdef_outline=True)
        font = subset.load_font(str(file), options)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=wanted)
        subsetter.subset(font)
        subset.save_font(font, str(file), options)
