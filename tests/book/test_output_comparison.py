"""The comparison of outputs: what must agree, and what must not."""

import base64
import io

import pytest
from nbformat.v4 import new_output
from PIL import Image, ImageDraw

from output_comparison import differences, figure_difference, is_blank, text_difference

AGREE = [
    ("loss 0.12345", "loss 0.12346"),
    ("-0.50001", "-0.5"),
    ("−0.50001", "-0.5"),
    ("1.0e-3", "0.0010005"),
    ("1e-3", "1.0005e-3"),
    ("zero -0.0000", "zero 0.0000"),
    ("sum 1e-9", "sum -3e-8"),
    ("tensor([ 0.1234, -1.0000])", "tensor([0.1234,\n        -1.0])"),
    ("nan inf", "nan inf"),
    ("100.0 %", "100.05 %"),
    ("a-0.5000", "a-0.5001"),
]
DISAGREE = [
    ("loss 0.123", "loss 0.124", "a number changed: stored 0.123, the run gave 0.124"),
    ("0.5", "-0.5", "a number changed: stored 0.5, the run gave -0.5"),
    ("−0.5", "0.5", "a number changed"),
    ("1.2e-3", "1.2e-4", "a number changed"),
    ("a-0.5", "a+0.5", "words or integers changed"),
    ("16 features", "17 features", "stored '16 features', the run gave '17 features'"),
    ("1000000", "1000001", "words or integers changed"),
    ("nan", "0.5", "words or integers changed"),
    ("0.5", "nan", "words or integers changed"),
    ("0.5 nan", "0.5 inf", "words or integers changed"),
    ("1", "1.0", "words or integers changed"),
    ("v1.2003", "v1.2004", "words or integers changed"),
    ("torch 2.13.0", "torch 2.13.1", "words or integers changed"),
    ("3.11.2000", "3.11.2001", "words or integers changed"),
    ("w2.0000", "w2.0001", "words or integers changed"),
    ("kept", "dropped", "words or integers changed"),
    ("1.0 2.0", "1.0", "words or integers changed"),
    ("True", "False", "words or integers changed"),
    ('<td style="width: 50.0%">.25</td>', '<td style="width: 50.0%">.26</td>', "a number changed: stored .25"),
    ("", "0.5", "words or integers changed"),
]


@pytest.mark.parametrize(("stored", "fresh"), AGREE)
def test_texts_agree(stored, fresh):
    assert text_difference(stored, fresh) == ""
    assert text_difference(fresh, stored) == ""


@pytest.mark.parametrize(("stored", "fresh", "words"), DISAGREE)
def test_texts_disagree(stored, fresh, words):
    assert words in text_difference(stored, fresh)
    assert text_difference(fresh, stored) != ""


def test_tolerance_is_one_in_a_thousand():
    assert text_difference("1.0000", "1.0009") == ""
    assert text_difference("1.0000", "1.0012") != ""


def drawing(lines, size=(1440, 520), colour="#27379F"):
    """Draw lines 5 pixels wide on paper, as PNG in base64."""
    picture = Image.new("RGB", size, "#FFFDF9")
    for line in lines:
        ImageDraw.Draw(picture).line(line, fill=colour, width=5)
    data = io.BytesIO()
    picture.save(data, "PNG")
    return base64.b64encode(data.getvalue()).decode()


PANELS = [[(40, 100), (440, 400)], [(520, 100), (920, 400)], [(1000, 100), (1400, 400)]]
MOVED = [*PANELS[:2], [(1000, 140), (1400, 440)]]


def test_same_figure_agrees():
    assert figure_difference(drawing(PANELS), drawing(PANELS)) == ""


def test_pixel_of_noise_agrees():
    assert figure_difference(drawing(PANELS), drawing([*PANELS[:2], [(1000, 101), (1400, 401)]])) == ""


def test_moved_line_in_one_panel_is_located():
    words = figure_difference(drawing(PANELS), drawing(MOVED))
    assert "the figure changed: RMS" in words
    assert 70 <= int(words.split("% from the left")[0].split()[-1]) <= 97


def test_missing_line_other_colour_and_other_size_disagree():
    assert "the figure changed" in figure_difference(drawing(PANELS), drawing(PANELS[:2]))
    assert "the figure changed" in figure_difference(drawing(PANELS), drawing(PANELS, colour="#B8400F"))
    assert "size changed" in figure_difference(drawing(PANELS), drawing(PANELS, size=(1440, 540)))


def test_blank_figure_disagrees_even_with_itself():
    assert figure_difference(drawing([]), drawing([])) == "the figure is blank"
    assert figure_difference(drawing(PANELS), drawing([])) == "the figure is blank"
    assert is_blank(Image.new("RGB", (10, 10)))


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def test_outputs_must_be_of_the_same_kinds():
    figure = new_output("display_data", {"image/png": drawing(PANELS)})
    assert differences([stream("1")], []) == ["stored are stdout, but the run gave no outputs"]
    assert differences([], [stream("w", "stderr")]) == ["stored are no outputs, but the run gave stderr"]
    assert differences([figure, stream("1")], [stream("1"), figure]) != []
    assert differences([figure, stream("1")], [figure, stream("1")]) == []


def test_html_and_data_are_compared():
    table = [new_output("display_data", {"text/html": f"<b>{n}</b>", "text/plain": "table"}) for n in ("0.25", "0.35")]
    data = [new_output("display_data", {"application/json": {"a": n}}) for n in (1, 2)]
    assert "a number changed" in differences(table[:1], table[1:])[0]
    assert "words or integers changed" in differences(data[:1], data[1:])[0]
    assert differences(data[:1], data[:1]) == []
