"""Make PNG figures small: the fewest colours that nobody can tell from the full picture."""

import io

import numpy as np
from PIL import Image

PAPER = (255, 253, 249)
COLOURS = (48, 64, 96, 128, 192, 256)
MEAN_ERROR = 1.0
FAR_OFF, FAR_OFF_SHARE = 32, 1e-4


def reduce_png(png: bytes) -> bytes:
    """Reduce a picture to a palette of at most 256 colours, or return it unchanged where that would show.

    A reduction is accepted if the mean over pixels of the largest channel error is below 1 of 255 and fewer than one
    pixel in 10,000 is off by more than 32. Paper, where there is any, stays exactly #FFFDF9. A picture that has a
    palette already, or is partly transparent, comes back as it is, so that a second call changes nothing.
    """
    image = Image.open(io.BytesIO(png))
    if image.mode == "P" or not _opaque(image):
        return png
    full = image.convert("RGB")
    for colours in COLOURS:
        reduced = _quantize(full, colours)
        if _looks_the_same(full, reduced):
            small = io.BytesIO()
            reduced.save(small, "PNG", optimize=True)
            return min(png, small.getvalue(), key=len)
    return png


def _opaque(image: Image.Image) -> bool:
    return "A" not in image.getbands() or image.getchannel("A").getextrema() == (255, 255)


def _quantize(full: Image.Image, colours: int) -> Image.Image:
    reduced = full.quantize(colours, kmeans=1, dither=Image.Dither.NONE)
    pixels = np.asarray(full)
    if (pixels == PAPER).all(2).any():
        palette = np.array(reduced.getpalette()).reshape(-1, 3)
        palette[np.abs(palette - PAPER).sum(1).argmin()] = PAPER
        reduced.putpalette(palette.ravel().tolist())
    return reduced


def _looks_the_same(full: Image.Image, reduced: Image.Image) -> bool:
    before, after = np.asarray(full, dtype=float), np.asarray(reduced.convert("RGB"), dtype=float)
    error = np.abs(before - after).max(2)
    paper = (before == PAPER).all(2)
    return bool(error.mean() < MEAN_ERROR and (error > FAR_OFF).mean() < FAR_OFF_SHARE and not error[paper].any())
