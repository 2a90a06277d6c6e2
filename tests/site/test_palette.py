"""The palette: the style sheet written from it is up to date, and its text can be read in both themes."""

import json

import numpy as np
import pytest

from write_tokens import PALETTE, TOKENS, flat, flip, tokens

COLOURS = flat(json.loads(PALETTE.read_text("utf-8")))
TEXT = ("ink", "muted", "accent", "plus", "minus", "attention")


def luminance(colour: str) -> float:
    """Relative luminance after WCAG 2.2."""
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    """Contrast ratio after WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_style_sheet_is_up_to_date() -> None:
    written = tokens(json.loads(PALETTE.read_text("utf-8")))
    assert TOKENS.read_text("utf-8") == written, "run python tools/write_tokens.py"


@pytest.mark.parametrize("role", TEXT)
@pytest.mark.parametrize("ground", ["paper", "surface"])
@pytest.mark.parametrize("theme", [str, flip], ids=["light", "dark"])
def test_text_has_enough_contrast(role: str, ground: str, theme) -> None:
    assert contrast(theme(COLOURS[role]), theme(COLOURS[ground])) >= 4.5


@pytest.mark.parametrize("level", [0, 64, 200, 255])
def test_flip_turns_grey_over_and_leaves_it_grey(level: int) -> None:
    grey, expected = f"#{level:02X}{level:02X}{level:02X}", 0.91 * 255 - 0.82 * level
    channels = [int(flip(grey)[i : i + 2], 16) for i in (1, 3, 5)]
    assert np.allclose(channels, expected, atol=0.6)


def test_flip_is_what_the_look_was_designed_with() -> None:
    assert flip(COLOURS["paper"]) == "#1A1815"
    assert flip(COLOURS["accent"]) == "#71A5F4"
