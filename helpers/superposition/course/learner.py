"""Run a learner's function so that nothing it does reaches the reader's session.

Whatever the function raises, prints, returns or changes ends as an `Attempt`: a plain value or a `Failure`, and the
beginning of what was printed. Random states, default dtype and gradient mode are put back after every call.
"""

import io
import linecache
import random
import sys
import time
import traceback
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from superposition.course.stopwatch import Stopwatch, TimeUp, stopwatch

MOST_PRINTED = 1_000  # characters
MOST_ENTRIES = 10_000_000  # of a tensor; a larger one is not looked into
MOST_TEXT = 200  # characters of an error's own words


@dataclass(frozen=True)
class Foreign:
    """A value that is no plain tensor, number or string; only the name of its type is kept, so it can do no harm."""

    type_name: str


@dataclass(frozen=True)
class Failure:
    """Why a call gave no value: the exception's type, its first line, and the learner's line that was running."""

    type_name: str
    text: str = ""
    line: int | None = None
    source: str = ""


@dataclass(frozen=True)
class Attempt:
    """What one call of a function came to."""

    value: object = None
    failure: Failure | None = None
    printed: str = ""


class AttemptFailed(Exception):
    """Raised where a property calls the learner's function and the call fails."""

    def __init__(self, attempt: Attempt):
        super().__init__(attempt)
        self.attempt = attempt


class Learner:
    """A function under guard, with a number of seconds to spend over all its calls."""

    def __init__(self, function: Callable, seconds: float):
        self.function, self.seconds_left = function, seconds

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Return the plain value of a call, or raise `AttemptFailed`."""
        attempt = self.attempt(*args, **kwargs)
        if attempt.failure:
            raise AttemptFailed(attempt)
        return attempt.value

    def attempt(self, *args: object, **kwargs: object) -> Attempt:
        """Call the function and report; the only exception let through is the reader's own Ctrl-C."""
        started, printed = time.monotonic(), _Beginning()
        watch = stopwatch(max(self.seconds_left, 0.05))
        with restored_state(), redirect_stdout(printed), redirect_stderr(printed):
            outcome = _call(watch, self.function, args, kwargs)
        if watch.interrupted:
            raise KeyboardInterrupt
        if watch.expired:
            line = outcome.line if isinstance(outcome, Failure) else None
            source = outcome.source if isinstance(outcome, Failure) else ""
            outcome = Failure(TimeUp.__name__, line=line, source=source)
        self.seconds_left -= time.monotonic() - started
        if isinstance(outcome, Failure):
            return Attempt(failure=outcome, printed=printed.getvalue())
        return Attempt(outcome, printed=printed.getvalue())


def unguarded_attempt(function: Callable, *args: object, **kwargs: object) -> Attempt:
    """Call one of our own functions, which needs no guard, and report as for a learner's."""
    try:
        return Attempt(plain(function(*args, **kwargs)))
    except Exception as error:
        return Attempt(failure=_failure(error, function))


def _call(watch: Stopwatch, function: Callable, args: tuple, kwargs: dict) -> object:
    """Return the plain value or the failure of a call; the watch interrupts nothing above this frame."""
    watch.start(sys._getframe())
    try:
        try:
            return plain(function(*args, **kwargs))
        except BaseException as error:
            return _failure(error, function)
    except BaseException:  # time was up while the error was being described, or it would not be described
        return Failure("exception that cannot be shown")
    finally:
        watch.stop()


def plain(value: object) -> object:
    """Reduce a value to something that runs no learner's code when it is looked at: a copy, or a `Foreign`."""
    if isinstance(value, Tensor):
        with torch._C.DisableTorchFunctionSubclass():
            return _plain_tensor(value)
    if value is None or value is Ellipsis or isinstance(value, bool):
        return value
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int) and int.bit_length(value) < 64:  # more would not fit into a float
        return int.__int__(value)
    if isinstance(value, Coroutine):
        value.close()  # or Python warns later that nobody waited for it
    return Foreign(str(type(value).__name__))


def _plain_tensor(value: Tensor) -> object:
    if value.layout is not torch.strided or value.is_nested or value.device.type == "meta" or value.is_quantized:
        return Foreign("tensor without ordinary entries")
    if value.numel() > MOST_ENTRIES:
        return Foreign(f"tensor of {value.numel():,} entries")
    return value.as_subclass(Tensor).detach().cpu().clone()


def _failure(error: BaseException, function: Callable) -> Failure:
    filename, line = _learners_line(error, function)
    words = str(error).strip().partition("\n")[0][:MOST_TEXT]
    return Failure(type(error).__name__, words, line, linecache.getline(filename, line).strip() if line else "")


def _learners_line(error: BaseException, function: Callable) -> tuple[str, int | None]:
    """Find the innermost line of the learner's own file or cell; for callables without code, the outermost line."""
    steps = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    steps = [step for step in steps if step[0] != __file__]
    code = getattr(function, "__code__", None)
    home = code.co_filename if code else (steps[0][0] if steps else "")
    own = [step for step in steps if step[0] == home]
    return own[-1] if own else ("", None)


class _Beginning(io.TextIOBase):
    """A stream that keeps its first characters and drops the rest, so that printing without end fills no memory."""

    def __init__(self):
        self._kept = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._kept += text[: MOST_PRINTED - len(self._kept)]
        return len(text)

    def getvalue(self) -> str:
        return self._kept


@contextmanager
def restored_state() -> Iterator[None]:
    """Give the code inside a known state of the process, and put back the reader's."""
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()  # noqa: NPY002 (the reader's global one)
    dtype, gradients = torch.get_default_dtype(), torch.is_grad_enabled()
    torch.default_generator.manual_seed(0)  # a function that draws numbers is then replayed by its seed too
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002
    torch.set_default_dtype(torch.float32)
    torch.set_grad_enabled(True)
    try:
        yield
    finally:
        torch.set_rng_state(states[0])
        random.setstate(states[1])
        np.random.set_state(states[2])  # noqa: NPY002
        torch.set_default_dtype(dtype)
        torch.set_grad_enabled(gradients)
