"""What a check says, in which order, and what it withstands."""

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

from superposition.course import bank, check, help_card, hint, progress, solution
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


@pytest.mark.parametrize("came", [torch.zeros(3), None, 3, "reconstruct", [right]])
def test_says_what_came_in_place_of_a_function(came):
    verdict = said(came)
    assert verdict.reason == "no function"
    assert type(came).__name__ in verdict.sentence


def test_not_started_in_every_form():
    def raises(W, b, x):
        raise NotImplementedError

    def raises_with_words(W, b, x):
        raise NotImplementedError("later")

    assert said(raises).result == said(raises_with_words).result == "not-started"
    assert said(lambda W, b, x: ...).reason == "stub"
    assert "`return`" in said(lambda W, b, x: None).sentence


def test_exception_names_the_learners_line_and_the_shapes():
    def inner(W, x):
        return x @ W

    def outer(W, b, x):
        h = inner(W, x)
        return h + b

    verdict = said(outer)
    line = inner.__code__.co_firstlineno + 1
    assert verdict.reason == "exception"
    assert verdict.sentence.startswith(f"Line {line}, `return x @ W`, raised RuntimeError: mat1 and mat2")
    assert "`W` (d_hidden=" in verdict.sentence
    assert "`x` (n_samples=" in verdict.sentence


def test_a_function_that_takes_other_arguments_is_told_what_it_is_called_with():
    verdict = said(lambda W, x: x)
    assert verdict.sentence.startswith("Called as `reconstruct(W, b, x)`, your function raised TypeError")


def test_changed_input_is_named_even_when_the_result_is_right():
    def doubles(W, b, x):
        out = right(W, b, x)
        b.mul_(2)
        return out

    def resizes(W, b, x):
        out = right(W, b, x)
        W.resize_(0)
        return out

    assert "changes its input `b`" in said(doubles).sentence
    assert "changes its input `W`" in said(resizes).sentence


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
        (lambda W, b, x: right(W, b, x).numpy(), "what came is a ndarray. Stay with torch"),
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


def test_shape_is_named_by_its_sizes():
    verdict = said(lambda W, b, x: right(W, b, x).T)
    assert verdict.reason == "shape"
    assert "should have shape (n_samples=" in verdict.sentence
    assert "yours has (n_features=" in verdict.sentence


def test_nan_constant_property_and_worst_entry():
    def one_off(W, b, x):
        out = right(W, b, x)
        out[1, 0] += 0.5
        return out

    loss = bank.find("forty_into_five.reconstruction_loss")
    assert "entries of your result are NaN or infinite" in said(lambda W, b, x: right(W, b, x) / 0).sentence
    assert judge(loss, lambda x, x_hat, importance: torch.tensor(0.5), 0).reason == "constant"
    assert said(lambda W, b, x: 2 * right(W, b, x)).reason == "property"
    no_properties = dataclasses.replace(RECONSTRUCT, properties=())
    verdict = judge(no_properties, one_off, 3)
    assert verdict.reason == "value"
    assert "1 of " in verdict.sentence
    assert "The worst is [1, 0]: yours " in verdict.sentence


def test_a_function_with_a_memory_is_found_out():
    def remembers(W, b, x, cache=[]):  # noqa: B006 (the learner's mistake)
        cache.append(W)
        return right(W, b, x) + (len(cache) > 15)

    assert said(remembers).reason in ("not repeatable", "property")


def test_random_answers_are_replayed_by_their_seed():
    def draws(W, b, x):
        return right(W, b, x) + torch.rand(()) + random.random() + np.random.rand()  # noqa: NPY002

    no_properties = dataclasses.replace(RECONSTRUCT, properties=())
    assert judge(no_properties, draws, 7) == judge(no_properties, draws, 7)


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

    for function in (interrupted, swallowed):
        with pytest.raises(KeyboardInterrupt):
            check(ID, function)


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


def test_same_seed_same_verdict_and_the_seed_is_shown():
    def nearly(W, b, x):
        return right(W, b, x) * 1.01

    first = check(ID, nearly)
    assert f"seed={first.seed}" in repr(first)
    assert f"<code>seed={first.seed}</code>" in first._repr_html_()
    assert check(ID, nearly, seed=first.seed).verdict == first.verdict


def test_unknown_exercise_is_answered_with_the_nearest():
    with pytest.raises(
        LookupError, match=r'no exercise "forty_into_five.reconstrukt"; did you mean "forty_into_five.rec'
    ):
        check("forty_into_five.reconstrukt", right)
    with pytest.raises(LookupError, match="no exercise a function"):
        bank.find(right)


def test_card_of_an_unsolved_exercise_is_the_same_every_time():
    def stub(W, b, x):
        raise NotImplementedError

    one, other = check(ID, stub), check(ID, stub)
    assert (repr(one), one._repr_html_()) == (repr(other), other._repr_html_())
    assert 'data-result="not-started"' in one._repr_html_()
    assert "0 of 7 exercises" in repr(one)


def test_learners_words_are_escaped_in_html():
    def raises(W, b, x):
        raise ValueError("<script>alert(1)</script>")

    assert "<script>" not in check(ID, raises)._repr_html_()


def test_passing_moves_the_bar_and_best_hands_on():
    result = check(ID, right)
    assert result.best() is right
    assert "1 of 7 exercises" in repr(result)
    assert 'value="1" max="7"' in progress()._repr_html_()
    assert check(ID, lambda W, b, x: x).best() is RECONSTRUCT.reference


def test_hints_come_one_by_one_and_stay_at_the_last():
    texts = [hint(ID) for _ in range(4)]
    assert [card.text[:11] for card in texts] == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"]
    assert "solution(" in texts[2].text
    assert texts[0].markup.startswith('<details class="hint"><summary>Hint 1 of 3</summary>')


def test_solution_and_help_fold():
    assert RECONSTRUCT.solution in repr(solution(ID))
    card = help_card(ID)._repr_html_()
    assert card.count('<details class="hint">') == 3
    assert card.count('<details class="solution">') == 1
    assert " open" not in card
    assert "style=" not in card
