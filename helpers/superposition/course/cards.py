"""Small pieces of text and HTML that a cell leaves behind; the page's style sheet gives them their look."""

import html
import re
from dataclasses import dataclass


@dataclass(frozen=True, repr=False)
class Card:
    """The same message twice: as text for a terminal, as HTML for a notebook and the page."""

    text: str
    markup: str

    def __repr__(self) -> str:
        """Return the text."""
        return self.text

    def _repr_html_(self) -> str:
        return self.markup


def inline(sentence: str) -> str:
    """Escape a sentence for HTML and set what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(sentence, quote=False))


def folded(kind: str, summary: str, body: str) -> str:
    """Fold HTML under a summary; `kind` is the class that the style sheet knows, "hint" or "solution"."""
    return f'<details class="{kind}"><summary>{html.escape(summary)}</summary>{body}</details>'


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
