"""Compare the outputs stored in a notebook with those of a fresh run.

Decimal numbers agree within RTOL; integers and words agree exactly (line breaks and padding apart); figures agree on a
coarse grid: the whole picture within RMS_LIMIT, and each region within REGION_LIMIT. Noise of one part in a thousand in
the data moves a region by at most .07 (markers that snap to pixels), a line moved to another place by .3 or more.
"""

import base64
import io
import json
import math
import re

import numpy as np
from nbformat import NotebookNode
from PIL import Image

RTOL = 1e-3
ATOL = 1e-6  # a sum that should be zero
DECIMAL = re.compile(r"(?<![\w.])[-+−]?(?:\d+\.\d*|\.\d+|\d+(?=[eE][-+]?\d))(?:[eE][-+]?\d+)?(?!\.?\d)")

REGION = 20  # pixels: a tenth of an inch, four widths of a line
RMS_LIMIT = 0.02
REGION_LIMIT = 0.1
BLANK_SHARE = 0.999


def differences(stored: list[NotebookNode], fresh: list[NotebookNode]) -> list[str]:
    """Say in sentences how fresh outputs differ from the stored ones; an empty list if they agree."""
    kinds = [[_kind(output) for output in outputs] for outputs in (stored, fresh)]
    if kinds[0] != kinds[1]:
        return [f"stored are {_listed(kinds[0])}, but the run gave {_listed(kinds[1])}"]
    found = []
    for before, after in zip(stored, fresh, strict=True):
        for kind, value in _contents(before).items():
            compare = figure_difference if kind == "image/png" else text_difference
            found.append(compare(value, _contents(after)[kind]))
    return [words for words in found if words]


def text_difference(stored: str, fresh: str) -> str:
    """Say where two texts differ in words, integers or, beyond the tolerance, in decimal numbers."""
    words = [[" ".join(part.split()) for part in DECIMAL.split(text)] for text in (stored, fresh)]
    if words[0] != words[1]:
        before, after = next(pair for pair in zip(*_padded(words), strict=True) if pair[0] != pair[1])
        return f"words or integers changed: stored {_clipped(before)}, the run gave {_clipped(after)}"
    for before, after in zip(DECIMAL.findall(stored), DECIMAL.findall(fresh), strict=True):
        if not math.isclose(_value(before), _value(after), rel_tol=RTOL, abs_tol=ATOL):
            return f"a number changed: stored {before}, the run gave {after}"
    return ""


def figure_difference(stored: str, fresh: str) -> str:
    """Say how much two pictures, PNG in base64, differ on the coarse grid, or that the fresh one is blank."""
    before, after = _picture(stored), _picture(fresh)
    if is_blank(after):
        return "the figure is blank"
    if before.size != after.size:
        return f"the figure's size changed: stored {before.size}, the run gave {after.size}"
    gap = np.abs(_coarse(before) - _coarse(after)).max(2)
    rms = float(np.sqrt((gap**2).mean()))
    if rms <= RMS_LIMIT and gap.max() <= REGION_LIMIT:
        return ""
    row, column = np.unravel_index(gap.argmax(), gap.shape)
    place = f"{(column + 0.5) / gap.shape[1]:.0%} from the left, {(row + 0.5) / gap.shape[0]:.0%} from the top"
    return f"the figure changed: RMS {rms:.3f} (limit {RMS_LIMIT}), most {gap.max():.2f} (limit {REGION_LIMIT}) {place}"


def is_blank(picture: Image.Image) -> bool:
    """Tell whether nearly all pixels have one colour, so that nothing is shown."""
    colours = picture.convert("RGB").getcolors(picture.width * picture.height) or []
    return max(count for count, _ in colours) >= BLANK_SHARE * picture.width * picture.height


def _kind(output: NotebookNode) -> tuple[str, ...]:
    return (output.name,) if output.output_type == "stream" else tuple(sorted(output.get("data", {"error": None})))


def _contents(output: NotebookNode) -> dict[str, str]:
    if output.output_type == "stream":
        return {output.name: output.text}
    data = output.get("data", {"error": f"{output.get('ename')}: {output.get('evalue')}"})
    return {
        kind: value if isinstance(value, str) else json.dumps(value, sort_keys=True) for kind, value in data.items()
    }


def _listed(kinds: list[tuple[str, ...]]) -> str:
    return ", ".join("+".join(kind) for kind in kinds) or "no outputs"


def _padded(words: list[list[str]]) -> list[list[str]]:
    longest = max(map(len, words))
    return [parts + ["(nothing)"] * (longest - len(parts)) for parts in words]


def _clipped(text: str) -> str:
    return repr(text if len(text) <= 160 else text[:160] + "...")


def _value(number: str) -> float:
    return float(number.replace("−", "-"))


def _picture(png: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")


def _coarse(picture: Image.Image) -> np.ndarray:
    cells = (math.ceil(picture.width / REGION), math.ceil(picture.height / REGION))
    return np.asarray(picture.resize(cells, Image.Resampling.BOX), dtype=float) / 255
