"""What a check says, in which order, and what it withstands."""

import dataclasses
import random

import numpy as np
import pytest
import torch

from superposition.course import bank, check, help_card, hint, progress, solution
from superposition.course.checking import judge

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


def test_a_way_without_return_is_found_among_the_others():
    def sometimes(W, b, x, calls=[]):  # noqa: B006 (the learner's mistake)
        calls.append(W)
        return right(W, b, x) if len(calls) < 3 else None

    verdict = said(sometimes)
    assert (verdict.result, verdict.reason) == ("wrong", "nothing returned")
    assert "For some inputs `reconstruct` gives back nothing" in verdict.sentence


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


def test_shape_is_named_by_its_sizes():
    verdict = said(lambda W, b, x: right(W, b, x).T)
    assert verdict.reason == "shape"
    assert "should have shape (n_samples=" in verdict.sentence
    assert "yours has shape (n_features=" in verdict.sentence


def test_a_tensor_without_dimensions_is_asked_for_in_words():
    loss = bank.find("forty_into_five.reconstruction_loss")
    verdict = judge(loss, lambda x, x_hat, importance: (importance * (x - x_hat) ** 2).mean(0), 0)
    assert "should be one number, a tensor without dimensions; yours has shape (" in verdict.sentence
    verdict = judge(loss, lambda x, x_hat, importance: (importance * (x - x_hat) ** 2).mean().item(), 0)
    assert "should be a tensor without dimensions; what came is a float. Leave out `.item()`" in verdict.sentence


def test_a_condition_on_a_whole_tensor_is_explained():
    def asks(W, b, x):
        return right(W, b, x) if W > 0 else x

    assert "`torch.where` decides entry by entry. The inputs were" in said(asks).sentence


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


def test_same_seed_same_verdict_and_the_seed_is_shown():
    def nearly(W, b, x):
        return right(W, b, x) * 1.01

    first = check(ID, nearly)
    assert f"seed={first.seed}" in repr(first)
    assert f"<code>seed={first.seed}</code>" in first.markup
    assert check(ID, nearly, seed=first.seed).verdict == first.verdict


def test_unknown_exercise_is_answered_with_the_nearest():
    with pytest.raises(
        LookupError, match=r"no exercise 'forty_into_five.reconstrukt' \(did you mean 'forty_into_five.rec"
    ):
        check("forty_into_five.reconstrukt", right)
    with pytest.raises(LookupError, match="what came is a function"):
        bank.find(right)


def test_card_of_an_unsolved_exercise_is_the_same_every_time():
    def stub(W, b, x):
        raise NotImplementedError

    one, other = check(ID, stub), check(ID, stub)
    assert (repr(one), one._repr_html_()) == (repr(other), other._repr_html_())
    assert 'data-result="not-started"' in one._repr_html_()
    assert "0 of 7 exercises" in repr(one)


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
    assert texts[0].markup.startswith('<details class="hint" open><summary>Hint 1 of 3</summary>')


def test_solution_and_help_fold():
    assert RECONSTRUCT.solution in repr(solution(ID))
    assert '<details class="solution" open>' in solution(ID).markup
    card = help_card(ID).markup
    assert card.count('<details class="hint">') == 3
    assert card.count('<details class="solution">') == 1
    assert " open" not in card
    assert "style=" not in card


@pytest.mark.parametrize(
    "function",
    [
        lambda W, b, x: torch.einsum("hi,hj,nj->ni", W, W, x).add(b).clamp(min=0),
        lambda W, b, x: torch.stack([(W.T @ (W @ row) + b).relu() for row in x]),
    ],
)
def test_other_right_ways_are_right_whatever_rounding_does(function):
    assert {judge(RECONSTRUCT, function, seed).result for seed in range(100)} == {"passed"}
