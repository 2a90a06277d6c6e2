"""Judge a learner's function against an exercise: a fixed order of questions, and the first that has an answer speaks.

The learner's function, the reference and the wrong functions see the same inputs, fresh and of random sizes.
"""

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from superposition.course import sentences
from superposition.course.bank import Case, Exercise
from superposition.course.comparison import agrees, is_finite, is_number, unchanged
from superposition.course.learner import Attempt, AttemptFailed, Learner, plain, unguarded_attempt
from superposition.course.stopwatch import TimeUp

MOST_PROPERTY_TRIALS = 5
PASSED, WRONG, NOT_STARTED = "passed", "wrong", "not-started"


@dataclass(frozen=True)
class Verdict:
    """What a check found: the result, which question decided, and one or two sentences for the reader."""

    result: str
    reason: str
    sentence: str
    printed: str = ""


Answer = Verdict | None


@dataclass(frozen=True)
class Trial:
    """One set of inputs, what the learner's function got and did, and what the reference made of it."""

    number: int
    inputs: dict[str, Any]
    given: dict[str, Any]
    expected: object
    attempt: Attempt


@dataclass(frozen=True)
class Hearing:
    """Everything that the questions may look at."""

    exercise: Exercise
    learner: Learner
    seed: int
    trials: list[Trial] = field(default_factory=list)

    def hold_trials(self) -> None:
        """Run trial after trial, up to the first call that fails or returns nothing."""
        for number in range(self.exercise.n_trials):
            inputs = self.exercise.sample(self.generator(number), number)
            given = _copied(inputs)
            attempt = self.exercise.call(self.learner.attempt, given)
            self.trials.append(Trial(number, inputs, given, self._expected(inputs), attempt))
            if attempt.failure or attempt.value is None or attempt.value is Ellipsis:
                return

    def _expected(self, inputs: dict[str, Any]) -> object:
        return None if self.exercise.by_outcome else plain(self.exercise.call(self.exercise.reference, _copied(inputs)))

    def generator(self, number: int) -> torch.Generator:
        """Return the random numbers of one trial; they follow from the seed alone."""
        return torch.Generator().manual_seed(self.seed * 1000 + number)

    def attempt_of(self, function: Callable, trial: Trial) -> Attempt:
        """Return what one of our own functions does on a trial's inputs."""
        return self.exercise.call(functools.partial(unguarded_attempt, function), _copied(trial.inputs))

    def ask_again(self, inputs: dict[str, Any]) -> Any:
        """Call the learner's function once more; raises `AttemptFailed`."""
        return self.exercise.call(self.learner, _copied(inputs))

    def all_agree(self) -> bool:
        """Tell whether every result is the reference's."""
        return all(agrees(trial.attempt.value, trial.expected) for trial in self.trials)


def judge(exercise: Exercise, function: object, seed: int) -> Verdict:
    """Return the verdict on a learner's function; nothing that the function does is raised, except a real Ctrl-C."""
    if not callable(function):
        return Verdict(WRONG, "no function", sentences.no_function(exercise, function))
    hearing = Hearing(exercise, Learner(function, exercise.seconds), seed)
    hearing.hold_trials()
    try:
        verdict = next((verdict for question in QUESTIONS if (verdict := question(hearing))), None)
    except AttemptFailed as failed:
        verdict = _on_failure(hearing, failed.attempt, hearing.trials[-1])
    verdict = verdict or Verdict(PASSED, "passed", sentences.passed(exercise))
    printed = next((trial.attempt.printed for trial in hearing.trials if trial.attempt.printed), "")
    return Verdict(verdict.result, verdict.reason, verdict.sentence, printed)


def _not_started(hearing: Hearing) -> Answer:
    trial = hearing.trials[-1]
    attempt, failure = trial.attempt, trial.attempt.failure
    if failure:
        bare = not failure.text or failure.source.startswith("raise NotImplementedError")
        stub = failure.type_name == "NotImplementedError" and bare
    else:
        stub = attempt.value is Ellipsis
    if stub:
        return Verdict(NOT_STARTED, "stub", sentences.not_started(hearing.exercise))
    if failure is None and attempt.value is None and trial.number == 0:
        return Verdict(NOT_STARTED, "nothing returned", sentences.nothing_returned(hearing.exercise))
    if failure is None and attempt.value is None:
        return Verdict(WRONG, "nothing returned", sentences.nothing_returned_here(hearing.exercise, trial.inputs))
    return None


def _failed(hearing: Hearing) -> Answer:
    trial = hearing.trials[-1]
    return _on_failure(hearing, trial.attempt, trial) if trial.attempt.failure else None


def _on_failure(hearing: Hearing, attempt: Attempt, trial: Trial) -> Answer:
    """Say what was raised and where, led by the misconception that fails in the same words, if there is one."""
    failure = attempt.failure
    assert failure is not None
    if failure.type_name == TimeUp.__name__:
        return Verdict(WRONG, "time", sentences.time_up(failure, hearing.exercise.seconds))
    raised = sentences.raised(hearing.exercise, failure, trial.inputs)
    for wrong in hearing.exercise.wrong if not hearing.exercise.by_outcome else ():
        theirs = hearing.attempt_of(wrong.function, trial).failure
        if theirs and (theirs.type_name, theirs.text) == (failure.type_name, failure.text):
            return Verdict(WRONG, "misconception", f"{wrong.sentence} {raised}")
    return Verdict(WRONG, "exception", raised)


def _changed_input(hearing: Hearing) -> Answer:
    for trial in hearing.trials:
        for name, before in trial.inputs.items():
            if not unchanged(before, trial.given[name]):
                return Verdict(WRONG, "changed input", sentences.changed_input(name))
    return None


def _misconception(hearing: Hearing) -> Answer:
    trials = hearing.trials
    if hearing.exercise.by_outcome or hearing.all_agree():
        return None
    for wrong in hearing.exercise.wrong:
        if all(agrees(trial.attempt.value, hearing.attempt_of(wrong.function, trial).value) for trial in trials):
            return Verdict(WRONG, "misconception", wrong.sentence)
    return None


def _type(hearing: Hearing) -> Answer:
    for trial in hearing.trials:
        value = trial.attempt.value
        if not _has_type(value, hearing.exercise.returns, trial.expected):
            return Verdict(WRONG, "type", sentences.other_type(hearing.exercise, value, trial.expected))
    return None


def _has_type(value: object, wanted: tuple[str | int, ...] | type, expected: object) -> bool:
    if not isinstance(wanted, tuple):
        return is_number(value) if wanted is float else isinstance(value, wanted)
    truths = isinstance(expected, Tensor) and expected.dtype is torch.bool
    return isinstance(value, Tensor) and not value.is_complex() and (value.dtype is torch.bool) == truths


def _shape(hearing: Hearing) -> Answer:
    for trial in hearing.trials:
        wanted, value = hearing.exercise.result_sizes(trial.inputs), trial.attempt.value
        if wanted is not None and isinstance(value, Tensor) and list(value.shape) != [n for _, n in wanted]:
            return Verdict(WRONG, "shape", sentences.other_shape(hearing.exercise, trial.inputs, value))
    return None


def _not_finite(hearing: Hearing) -> Answer:
    for trial in hearing.trials:
        value = trial.attempt.value
        if not is_finite(value):
            return Verdict(WRONG, "not finite", sentences.not_finite(hearing.exercise, value, trial.inputs))
    return None


def _constant(hearing: Hearing) -> Answer:
    values = [trial.attempt.value for trial in hearing.trials]
    if len(values) > 1 and not hearing.all_agree() and all(agrees(value, values[0]) for value in values):
        return Verdict(WRONG, "constant", sentences.constant(values[0]))
    return None


def _property(hearing: Hearing) -> Answer:
    for prop in hearing.exercise.properties:
        for trial in hearing.trials[:MOST_PROPERTY_TRIALS]:
            case = Case(hearing.ask_again, trial.inputs, trial.attempt.value, hearing.generator(trial.number))
            if not _holds(prop.holds, case):
                return Verdict(WRONG, "property", prop.sentence)
    return None


def _holds(holds: Callable[[Case], bool], case: Case) -> bool:
    try:
        return bool(holds(case))
    except AttemptFailed:
        raise
    except Exception:  # a result that cannot even be computed with; the tests hold the properties themselves to account
        return False


def _value(hearing: Hearing) -> Answer:
    for trial in hearing.trials:
        value, expected = trial.attempt.value, trial.expected
        if not hearing.exercise.by_outcome and not agrees(value, expected):
            return Verdict(WRONG, "value", sentences.other_value(hearing.exercise, value, expected, trial.inputs))
    return None


def _not_repeatable(hearing: Hearing) -> Answer:
    first = hearing.trials[0]
    if hearing.exercise.by_outcome or agrees(hearing.ask_again(first.inputs), first.attempt.value):
        return None
    return Verdict(WRONG, "not repeatable", sentences.NOT_REPEATABLE)


QUESTIONS = (
    _not_started,
    _failed,
    _changed_input,
    _misconception,
    _type,
    _shape,
    _not_finite,
    _constant,
    _property,
    _value,
    _not_repeatable,
)


def _copied(value: Any) -> Any:
    """Copy inputs deeply; a random generator's copy draws the same numbers."""
    if isinstance(value, torch.Generator):
        return torch.Generator().set_state(value.get_state())
    if isinstance(value, dict):
        return {name: _copied(entry) for name, entry in value.items()}
    return value.clone() if isinstance(value, Tensor) else copy.deepcopy(value)
