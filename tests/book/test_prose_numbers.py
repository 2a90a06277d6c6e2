"""The binding of prose to outputs: which numbers count, and which outputs bind them."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from prose_numbers import output_numbers, prose_numbers, unbound_numbers


def notebook(prose, printed="", html=""):
    outputs = [new_output("stream", name="stdout", text=printed)]
    outputs += [new_output("display_data", {"text/html": html, "text/plain": "7.77"})] if html else []
    return new_notebook(cells=[new_markdown_cell(prose), new_code_cell("f()", outputs=outputs)])


@pytest.mark.parametrize(
    ("prose", "numbers"),
    [
        ("a loss of .05, then 0.25.", [".05", "0.25"]),
        ("from −.25 to -0.5", ["−.25", "-0.5"]),
        ("the range 0.5-0.7 and 0.1–0.2", ["0.5", "0.7", "0.1", "0.2"]),
        (r"$x = 0.5$ and $W_{1.5} - 0.3$", ["0.5", "1.5", "0.3"]),
        (r"$1.2 \times 10^{-3}$, 1.2e-3 and 3e-5", [r"1.2 \times 10^{-3}", "1.2e-3", "3e-5"]),
        (r"26.8 %, 27 % and $4.5\,\%$", ["26.8 %", "27 %", r"4.5\,\%"]),
        ("| kept | 1,234.5 |", ["1,234.5"]),
        ('<p class="caption" style="width: 1.5em">Loss .4</p>', [".4"]),
        ("[0.25 of it](figures/0.75.png)", ["0.25"]),
        ("version 2.13.0, W2.5, v1.5, section 1.2.3, 40 features", []),
        (
            "`0.9`, ``x = `0.8` ``, arXiv:2209.10652, [doi 10.23915/distill.1](x), arXiv 1311.3219, https://doi.org/10.1038/1.5",
            [],
        ),
        ("```python\nx = 0.5\n```\nand 0.6", ["0.6"]),
        ("<!-- a remark on 0.5 -->", []),
    ],
)
def test_numbers_of_prose(prose, numbers):
    assert [number.text for number in prose_numbers(prose)] == numbers


@pytest.mark.parametrize(
    ("prose", "printed"),
    [
        (".268", "0.26812"),
        ("0.27", "0.268"),
        ("−.25", "-0.2512"),
        ("-0.25", "−0.25"),
        ("26.8 %", "0.2683"),
        ("26.8 %", "26.81"),
        ("26.8 %", "26.8%"),
        ("27 %", ".268"),
        (".268", "26.8%"),
        ("1.20", "1.2"),
        ("2.0", "2 features"),
        (r"$1.2 \times 10^{-3}$", "0.001204"),
        ("1.2e-3", "tensor([0.5, 1.21e-03])"),
        (".125", "0.1245"),
    ],
)
def test_number_is_bound(prose, printed):
    assert unbound_numbers(notebook(prose, printed)) == []


@pytest.mark.parametrize(
    ("prose", "printed"),
    [
        (".269", "0.26812"),
        (".25", "-0.25"),
        ("-.25", "0.25"),
        (".268", "0.27"),
        ("28 %", ".268"),
        (".268", "26.8"),
        ("0.5", "w0.5 and 0.5.1"),
        ("0.5", ""),
    ],
)
def test_number_is_not_bound(prose, printed):
    assert unbound_numbers(notebook(prose, printed)) == [f"cell 1: {prose} is in the prose, but no cell prints it"]


def test_visible_text_of_html_binds_and_its_attributes_do_not():
    html = '<td style="width: 0.75em" data-state="[0.85]">&minus;0.25</td>'
    assert [number.text for number in output_numbers(notebook("", html=html))] == ["−0.25"]


def test_declared_number_is_not_bound():
    assert unbound_numbers(notebook("<!-- given: 0.9, 4 % --> At .9, in 4 % of cases.")) == []


def test_declaration_in_another_cell_does_not_count():
    both = notebook("At 0.9.")
    both.cells.insert(0, new_markdown_cell("At 0.9. <!-- given: 0.9 -->"))
    assert unbound_numbers(both) == ["cell 2: 0.9 is in the prose, but no cell prints it"]


def test_stale_declaration_is_an_error():
    found = unbound_numbers(notebook("Nothing. <!-- given: 0.9 -->"))
    assert found == ["cell 1: 0.9 is declared as given, but is not in the prose"]


def test_too_many_digits_are_an_error_unless_declared():
    assert unbound_numbers(notebook("0.42366", "0.42366")) == ["cell 1: 0.42366 has more than 3 significant digits"]
    assert unbound_numbers(notebook("0.0424 and 1.50", "0.0424 1.5")) == []
    assert unbound_numbers(notebook("0.42366 <!-- given: 0.42366 -->")) == []
