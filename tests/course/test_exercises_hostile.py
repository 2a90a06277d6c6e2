"""What a check withstands: nothing that a learner's function does reaches the reader's session."""

import dataclasses
import os
import random
import signal
import sys
import threading
import time

import numpy as np
import pytest
import torch

from superposition.course import bank, check
from superposition.course.checking import judge
from superposition.course.learner import restored_state
from superposition.course.stopwatch import AlarmWatch, ThreadWatch, TimeUp

ID = "forty_into_five.reconstruct"
RECONSTRUCT = bank.find(ID)
IMPATIENT = dataclasses.replace(RECONSTRUCT, seconds=0.3)


def right(W, b, x):
    return torch.relu(x @ W.T @ W + b)


def said(function, seed=1834):
    verdict = judge(RECONSTRUCT, function, seed)
    assert verdict.result in ("wrong", "not-started")
    return verdict


class Refusing:
    """An object on which everything fails."""

    def _refuse(self, *args):
        raise RuntimeError("no")

    __eq__ = __repr__ = __str__ = __bool__ = __len__ = __float__ = __iter__ = __hash__ = _refuse
    __getattr__ = _refuse


class Subclass(torch.Tensor):
    """A tensor that refuses every function of torch."""

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        raise RuntimeError("no")


class UnspeakableError(Exception):
    def __str__(self):
        raise SystemExit


def _generates(W, b, x):
    yield right(W, b, x)


async def _waits(W, b, x):
    return right(W, b, x)


@pytest.mark.parametrize(
    ("function", "part"),
    [
        (lambda W, b, x: right(W, b, x).numpy(), "what came is an ndarray. Stay with torch"),
        (lambda W, b, x: right(W, b, x).tolist(), "what came is a list"),
        (lambda W, b, x: (right(W, b, x),), "what came is a tuple. A comma"),
        (_generates, "Use `return` where you wrote `yield`"),
        (_waits, "Write `def`, not `async def`"),
        (lambda W, b, x: Refusing(), "what came is a Refusing"),
        (lambda W, b, x: right, "what came is a function"),
        (lambda W, b, x: right(W, b, x).to_sparse(), "what came is a tensor without ordinary entries"),
        (lambda W, b, x: right(W, b, x).to("meta"), "what came is a tensor without ordinary entries"),
        (lambda W, b, x: torch.zeros(()).expand(10**6, 10**6), "tensor of 1,000,000,000,000 entries"),
        (lambda W, b, x: 10**400, "what came is an int"),
        (lambda W, b, x: right(W, b, x) > 0, "should be a tensor of type float32; yours is of type bool"),
        (lambda W, b, x: right(W, b, x) + 0j, "yours is of type complex64"),
    ],
)
def test_other_types_are_named_and_remedied(function, part):
    verdict = said(function)
    assert verdict.reason == "type"
    assert part in verdict.sentence


def test_subclasses_parameters_and_gradients_are_no_obstacle():
    assert check(ID, lambda W, b, x: torch.nn.Parameter(right(W, b, x))).passed
    assert check(ID, lambda W, b, x: right(W, b, x.requires_grad_())).passed
    assert check(ID, lambda W, b, x: right(W, b, x).as_subclass(Subclass)).passed
    assert check(ID, lambda W, b, x: right(W, b, x).double()).passed


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit, BaseException, MemoryError])
def test_whatever_is_raised_ends_as_a_sentence(error):
    def raises(W, b, x):
        raise error("on purpose")

    verdict = said(raises)
    assert f"raised {error.__name__}: on purpose." in verdict.sentence


def test_errors_that_cannot_be_shown_and_endless_recursion():
    def unspeakable(W, b, x):
        raise UnspeakableError

    def recursive(W, b, x):
        return recursive(W, b, x)

    assert "exception that cannot be shown" in said(unspeakable).sentence
    assert "RecursionError" in said(recursive).sentence


def _loops(W, b, x):
    while True:
        pass


def _sleeps(W, b, x):
    time.sleep(1000)


def _swallows(W, b, x):
    while True:
        try:
            time.sleep(1000)
        except:  # noqa: E722 (the learner's)
            continue


def _gives_up_late(W, b, x):
    try:
        time.sleep(1000)
    except BaseException:
        return right(W, b, x)


@pytest.mark.parametrize("function", [_loops, _sleeps, _swallows, _gives_up_late])
def test_endless_work_is_stopped(function):
    handlers = signal.getsignal(signal.SIGALRM), signal.getsignal(signal.SIGINT), sys.gettrace()
    started = time.monotonic()
    verdict = judge(IMPATIENT, function, 0)
    assert time.monotonic() - started < 5
    assert verdict.reason == "time"
    assert "still at work after 0.3 seconds" in verdict.sentence
    assert (signal.getsignal(signal.SIGALRM), signal.getsignal(signal.SIGINT), sys.gettrace()) == handlers
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_endless_loop_in_another_thread_is_stopped():
    verdicts = []
    thread = threading.Thread(target=lambda: verdicts.append(judge(IMPATIENT, _loops, 0)))
    thread.start()
    thread.join(10)
    assert [verdict.reason for verdict in verdicts] == ["time"]


def test_watches_do_nothing_in_good_time():
    for watch in (AlarmWatch(0.05), ThreadWatch(0.05)):
        watch.start(sys._getframe())
        watch.stop()
        watch.stop()
        time.sleep(0.1)
        assert not watch.expired


def test_time_up_is_no_ordinary_exception():
    assert not issubclass(TimeUp, Exception)


def test_a_real_interrupt_is_passed_on():
    def interrupted(W, b, x):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)

    def swallowed(W, b, x):
        try:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(5)
        except KeyboardInterrupt:
            return right(W, b, x)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    try:
        for function in (interrupted, swallowed):
            with pytest.raises(KeyboardInterrupt):
                check(ID, function)
    finally:
        signal.signal(signal.SIGINT, before)


def test_printing_is_captured_shown_and_bounded(capfd):
    def prints(W, b, x):
        for _ in range(10_000):
            print("W has shape", W.shape)  # noqa: T201
        print("to stderr", file=sys.stderr)  # noqa: T201
        return x

    result = check(ID, prints, seed=2)
    assert capfd.readouterr() == ("", "")
    assert "Your function printed:\nW has shape" in repr(result)
    assert len(repr(result)) < 2500


def test_the_session_is_left_as_it_was():
    def meddles(W, b, x):
        torch.manual_seed(0)
        np.random.seed(0)  # noqa: NPY002
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        return right(W, b, x)

    def settings():
        return torch.get_default_dtype(), torch.is_grad_enabled()

    def draws():
        return torch.rand(3).tolist(), torch.randn(3).tolist(), np.random.rand()  # noqa: NPY002

    generators = torch.get_rng_state(), np.random.get_state()  # noqa: NPY002
    before = settings(), draws()
    torch.set_rng_state(generators[0])
    np.random.set_state(generators[1])  # noqa: NPY002
    assert check(ID, meddles).passed
    assert (settings(), draws()) == before


def test_pythons_own_random_numbers_are_left_as_they_were():
    before = random.getstate()
    with restored_state():  # not by way of `check`: the type checker that the tests run under draws from `random` too
        random.seed(0)
        random.random()
    assert random.getstate() == before


def test_the_readers_own_default_dtype_does_not_matter():
    torch.set_default_dtype(torch.float64)
    try:
        assert check(ID, right).passed
    finally:
        torch.set_default_dtype(torch.float32)


def test_learners_words_are_escaped_in_html():
    def raises(W, b, x):
        raise ValueError("<script>alert(1)</script>")

    assert "<script>" not in check(ID, raises)._repr_html_()
