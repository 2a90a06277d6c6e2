"""Small pieces of text and HTML that a cell leaves behind.

The site gives them their look by its style sheets, a notebook by `outputs.css`, which `styled` puts before each output:
in Colab every output is a document of its own. Stored notebooks leave it out.
"""

import html
import re
from dataclasses import dataclass
from pathlib import Path

_SHEET = Path(__file__).with_name("outputs.css").read_text("utf-8")
_STYLE = " ".join(re.sub(r"/\*.*?\*/", "", _SHEET, flags=re.DOTALL).split())


@dataclass(frozen=True, repr=False)
class Card:
    """The same message twice: as text for a terminal, as HTML for a notebook and the page."""

    text: str
    markup: str

    def __repr__(self) -> str:
        """Return the text."""
        return self.text

    def _repr_html_(self) -> str:
        return styled(self.markup)


def styled(markup: str) -> str:
    """Put the style of the course's outputs before HTML, for a notebook."""
    return f'<style data-of="course">{_STYLE}</style>{markup}'


def inline(sentence: str) -> str:
    """Escape a sentence for HTML and set what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(sentence, quote=False))


def folded(kind: str, summary: str, body: str, *, is_open: bool = False) -> str:
    """Fold HTML under a summary; `kind` is the class that the style sheets know, "hint" or "solution"."""
    return (
        f'<details class="{kind}"{" open" if is_open else ""}><summary>{html.escape(summary)}</summary>{body}</details>'
    )


def paragraph(sentence: str) -> str:
    """Set a sentence as a paragraph."""
    return f"<p>{inline(sentence)}</p>"


def listing(source: str) -> str:
    """Set source code as a block."""
    return f"<pre><code>{html.escape(source, quote=False)}</code></pre>"


def bar(label: str, n_done: int, n_all: int) -> Card:
    """Draw a progress bar with its numbers in words."""
    words = f"{n_done} of {n_all} exercises"
    filled = round(20 * n_done / n_all) if n_all else 0
    meter = f'<progress value="{n_done}" max="{n_all}" aria-label="{html.escape(label)}: {words} done"></progress>'
    return Card(f"[{'#' * filled}{'.' * (20 - filled)}] {words}", f'<p class="check-progress">{meter} {words}</p>')
