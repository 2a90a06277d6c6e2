"""What a reader calls in an exercise's cells: `check`, `hint`, `solution`, `help_card` and `progress`."""

import html
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from superposition.course import bank
from superposition.course.cards import Card, bar, folded, inline, listing, paragraph, styled
from superposition.course.checking import NOT_STARTED, PASSED, WRONG, Verdict, judge
from superposition.course.progress import done, mark_done, next_hint, notes, progress_link

HIGHEST_SEED = 10_000
REPLAY = "For the same inputs once more, add `seed={}` to the call."
LEADS = {PASSED: "Right.", WRONG: "Not yet.", NOT_STARTED: "Not started."}


@dataclass(frozen=True, repr=False)
class Result:
    """The outcome of a check; a cell that ends on it shows the sentences and the reader's progress."""

    identifier: str
    verdict: Verdict
    seed: int
    function: Any = field(compare=False)
    reference: Callable = field(compare=False)
    bar: Card
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the function did what was asked."""
        return self.verdict.result == PASSED

    def best(self) -> Callable:
        """Return the learner's function once it passes, ours until then, so that the chapter runs on either way."""
        return self.function if self.passed else self.reference

    def __repr__(self) -> str:
        """Say it in text, for a terminal."""
        parts = [f"{LEADS[self.verdict.result]} {self.verdict.sentence}"]
        if self.verdict.printed:
            parts.append(f"Your function printed:\n{self.verdict.printed.rstrip()}")
        if self.verdict.result == WRONG:
            parts.append(f'{REPLAY.format(self.seed)} A hint: hint("{self.identifier}").')
        return "\n".join([*parts, self.bar.text, *self.notes])

    def _repr_html_(self) -> str:
        return styled(self.markup)

    @property
    def markup(self) -> str:
        """The sentences and the bar for a page."""
        result = self.verdict.result
        said = f"<b>{LEADS[result]}</b> {inline(self.verdict.sentence)}"
        if result == WRONG:
            said += f"<small>{inline(REPLAY.format(self.seed))}</small>"
        parts = [f'<div class="check" data-result="{result}" role="status"><span>{said}</span></div>']
        if self.verdict.printed:
            parts += [paragraph("Your function printed:"), listing(self.verdict.printed.rstrip())]
        return "".join([*parts, self.bar.markup, *(paragraph(note) for note in self.notes)])


def check(identifier: str, function: object, *, seed: int | None = None) -> Result:
    """Judge a function against an exercise, on fresh random inputs or on those of an earlier `seed`.

    Whatever the function does ends as a sentence in the result; only a Ctrl-C of the reader's own is passed on. After
    10 seconds (training exercises: longer) it is stopped; see `stopwatch` for what cannot be stopped. An unknown id
    raises LookupError with the nearest one.
    """
    exercise = bank.find(identifier)
    seed = secrets.randbelow(HIGHEST_SEED) if seed is None else seed
    verdict = judge(exercise, function, seed)
    if verdict.result == PASSED:
        mark_done(identifier)
    bar_now = _chapter_bar(identifier.partition(".")[0])
    return Result(identifier, verdict, seed, function, exercise.reference, bar_now, tuple(notes()))


def hint(identifier: str) -> Card:
    """Show the next of the three hints; after the last it stays there and points to the solution."""
    hints = bank.find(identifier).hints
    number = next_hint(identifier, len(hints))
    title = f"Hint {number} of {len(hints)}"
    after = f' The solution: `solution("{identifier}")`.' if number == len(hints) else ""
    words = hints[number - 1] + after
    return _with_notes(Card(f"{title}: {words}", folded("hint", title, paragraph(words), is_open=True)))


def solution(identifier: str) -> Card:
    """Show the worked solution: the source that the tests run, and why it is so."""
    exercise = bank.find(identifier)
    return Card(f"{exercise.solution}\n\n{exercise.why}", _folded_solution(exercise, is_open=True))


def help_card(identifier: str) -> Card:
    """Show all hints and the solution, each folded: stored with the notebook, it opens without a kernel."""
    exercise = bank.find(identifier)
    hints = [
        folded("hint", f"Hint {number} of {len(exercise.hints)}", paragraph(words))
        for number, words in enumerate(exercise.hints, start=1)
    ]
    text = f'hint("{identifier}") and solution("{identifier}") show help.'
    return Card(text, "".join([*hints, _folded_solution(exercise)]))


def progress(site_url: str | None = None) -> Card:
    """Show a bar for each chapter with exercises, and with a `site_url` the link that carries progress to the site."""
    names = [chapter for chapter in bank.chapters() if bank.exercises(chapter)]
    bars = {chapter: _chapter_bar(chapter) for chapter in names}
    text = [f"{chapter} {drawn.text}" for chapter, drawn in bars.items()]
    markup = [f"<p>{chapter}</p>{drawn.markup}" for chapter, drawn in bars.items()]
    if site_url is not None:
        link = progress_link(site_url)
        text.append(link)
        markup.append(f'<p><a href="{html.escape(link)}">Take your progress to the site</a></p>')
    return _with_notes(Card("\n".join(text), "".join(markup)))


def _with_notes(card: Card) -> Card:
    """Add what there is to say about the progress file."""
    waiting = notes()
    return Card("\n".join([card.text, *waiting]), "".join([card.markup, *(paragraph(note) for note in waiting)]))


def _folded_solution(exercise: bank.Exercise, *, is_open: bool = False) -> str:
    return folded("solution", "Solution", listing(exercise.solution) + paragraph(exercise.why), is_open=is_open)


def _chapter_bar(chapter: str) -> Card:
    names = bank.exercises(chapter)
    finished = done()
    return bar(chapter, sum(name in finished for name in names), len(names))
