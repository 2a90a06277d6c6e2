"""Review cards: questions to come back to, which fold on every page and schedule themselves where there is a script.

`chapters/<chapter>/review.toml` holds one table a card, with a `question` and an `answer`. Maths is plain text, or
LaTeX between \\( and \\), which the page and Anki both set.
"""

import html
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from superposition.course.cards import styled
from superposition.course.chapter_files import read_chapter_file

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_MATHS = re.compile(r"\\\(.+?\\\)")


class ReviewError(ValueError):
    """Review cards that break their own rules: one sentence a fault."""


@dataclass(frozen=True)
class ReviewCard:
    """One question and its answer; `id` is `<chapter>.<name>` and is never re-used or renamed."""

    id: str
    question: str
    answer: str


@dataclass(frozen=True)
class ReviewDeck:
    """The cards of one chapter, shown in a notebook as folded questions."""

    chapter: str
    cards: tuple[ReviewCard, ...]

    def __repr__(self) -> str:
        """Return the number of cards and the chapter."""
        return f"{len(self.cards)} review cards for {self.chapter}"

    def _repr_html_(self) -> str:
        return styled(self.markup)

    @property
    def markup(self) -> str:
        """The cards for a page, each folded."""
        cards = "".join(_card_html(card) for card in self.cards)
        return f'<div class="review-cards" data-chapter="{self.chapter}">{cards}</div>'


def review_cards(chapter: str) -> ReviewDeck:
    """Return the review cards of a chapter; an unknown chapter raises LookupError and names the nearest."""
    return ReviewDeck(chapter, tuple(read_cards(chapter).values()))


@cache
def read_cards(chapter: str) -> dict[str, ReviewCard]:
    """Return the cards of one chapter by id, in their order; an unknown chapter raises LookupError."""
    return parse_cards(chapter, read_chapter_file(chapter, "review.toml"))


def parse_cards(chapter: str, text: str) -> dict[str, ReviewCard]:
    """Read cards from TOML; raise ReviewError with every fault that is found."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReviewError(f"The review cards of {chapter} are not TOML: {error}.") from None
    faults = [f"{chapter}.{name}: {fault}." for name, table in tables.items() for fault in _faults(name, table)]
    if faults:
        raise ReviewError("\n".join(faults))
    cards = [ReviewCard(f"{chapter}.{name}", table["question"], table["answer"]) for name, table in tables.items()]
    return {card.id: card for card in cards}


def typeset(text: str, wrap: str = "{}") -> str:
    """Escape text for html; each formula \\(...\\) goes through `wrap`, as the page's MathJax looks for a class."""
    return _MATHS.sub(lambda formula: wrap.format(formula[0]), html.escape(text, quote=False))


def _card_html(card: ReviewCard) -> str:
    question, answer = (
        typeset(text, '<span class="math notranslate nohighlight">{}</span>') for text in (card.question, card.answer)
    )
    return f'<details class="review-card" data-card="{card.id}"><summary>{question}</summary><p>{answer}</p></details>'


def _faults(name: str, table: object) -> Iterator[str]:
    if not isinstance(table, dict) or set(table) != {"question", "answer"}:
        yield "a card is a table with a question and an answer"
        return
    if not _NAME.fullmatch(name):
        yield "the name of a card is in small letters, digits and underscores"
    texts = (table["question"], table["answer"])
    if not all(isinstance(text, str) and text.strip() for text in texts):
        yield "question and answer are texts"
        return
    if not table["question"].rstrip().endswith("?"):
        yield "a question ends with a question mark"
    if not table["answer"].rstrip().endswith("."):
        yield "an answer is a sentence and ends with a full stop"
    if any("$" in text or text.count("\\(") != text.count("\\)") for text in texts):
        yield "maths is plain text, or stands between \\( and \\)"
