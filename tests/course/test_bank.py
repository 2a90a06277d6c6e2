"""Every exercise of the course, held to the same account; a new one is found and tested without being named here."""

import functools
import itertools
import linecache
import re

import pytest
import torch

from mutants import mutants
from superposition.course import bank, check
from superposition.course.learner import AttemptFailed, Learner

IDS = [identifier for chapter in bank.chapters() for identifier in bank.exercises(chapter)]
WRONG = [(identifier, number) for identifier in IDS for number in range(len(bank.find(identifier).wrong))]
SEEDS = range(20)


def written(source: str, name: str):
    """Run a cell as a notebook does and return the function it defines."""
    filename = f"<cell {hash(source)}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    cell = {"torch": torch}
    exec(compile(source, filename, "exec"), cell)
    return cell[name]


@pytest.fixture(params=IDS)
def identifier(request):
    return request.param


@pytest.fixture
def exercise(identifier):
    return bank.find(identifier)


def test_there_are_exercises():
    assert len([identifier for identifier in IDS if identifier.startswith("forty_into_five.")]) == 7


def test_exercise_is_complete(identifier, exercise):
    assert exercise.name == identifier.partition(".")[2]
    assert len(exercise.hints) == 3
    assert exercise.properties
    assert len({wrong.sentence for wrong in exercise.wrong}) >= 4
    assert all([exercise.title, exercise.prompt, exercise.why, *exercise.hints])
    assert "solution" not in exercise.prompt.lower()


def test_prompt_names_the_function_and_its_arguments(exercise):
    assert f"`{exercise.name}({', '.join(written_signature(exercise))})`" in exercise.prompt.replace("\n", " ")


def written_signature(exercise):
    between = re.search(r"def \w+\((.*?)\):", exercise.stub, re.DOTALL)[1]
    return [argument for argument in re.split(r",\s*", between.strip()) if argument]


def test_shown_solution_passes(identifier, exercise):
    function = written(exercise.solution, exercise.name)
    for seed in SEEDS:
        result = check(identifier, function, seed=seed)
        assert result.passed, result
        assert result.best() is function


def test_stub_is_not_started(identifier, exercise):
    result = check(identifier, written(exercise.stub, exercise.name))
    assert result.verdict.result == "not-started", result
    assert result.best() is exercise.reference


@pytest.mark.parametrize(("identifier", "number"), WRONG)
def test_wrong_function_hears_its_own_sentence(identifier, number):
    wrong = bank.find(identifier).wrong[number]
    for seed in SEEDS:
        result = check(identifier, wrong.function, seed=seed)
        assert result.verdict.result == "wrong"
        assert result.verdict.sentence.startswith(wrong.sentence), result


def test_no_two_sentences_collide():
    said = [(identifier, sentence) for identifier in IDS for sentence in sentences(bank.find(identifier))]
    for (one, first), (other, second) in itertools.combinations(said, 2):
        assert not first.startswith(second), (one, other)
        assert not second.startswith(first), (one, other)


def sentences(exercise):
    """All that an exercise may say; a training exercise says the same for a wrong function and a missing property."""
    return dict.fromkeys(
        [*(wrong.sentence for wrong in exercise.wrong), *(prop.sentence for prop in exercise.properties)]
    )


def test_trivial_answers_fail(identifier, exercise):
    inputs = exercise.sample(torch.Generator().manual_seed(0), 0)
    constant = exercise.call(exercise.reference, inputs)

    def like_ours(fill):
        return lambda *args, **kwargs: fill(exercise.reference(*args, **kwargs))

    trivial = [
        lambda *args, **kwargs: constant,
        lambda *args, **kwargs: next(iter([*args, *kwargs.values()])),
        lambda *args, **kwargs: 0,
        lambda *args, **kwargs: torch.zeros(()),
        lambda *args, **kwargs: True,
        lambda *args, **kwargs: "supported",
    ]
    if isinstance(constant, torch.Tensor):
        trivial += [like_ours(torch.zeros_like), like_ours(torch.ones_like)]
        trivial += [like_ours(lambda out: torch.full(out.shape, float("nan")))]
    for number, function in enumerate(trivial):
        assert check(identifier, function, seed=1).verdict.result == "wrong", number


def test_memorised_answers_fail(identifier, exercise):
    memory = [
        exercise.call(exercise.reference, exercise.sample(torch.Generator().manual_seed(seed * 1000 + trial), trial))
        for seed in [3]
        for trial in range(exercise.n_trials)
    ]
    for seed in (3, 4) if not exercise.by_outcome else (4, 5):
        replay = itertools.cycle(memory)
        assert (
            check(identifier, lambda *args, replay=replay, **kwargs: next(replay), seed=seed).verdict.result == "wrong"
        )


def test_inputs_have_random_sizes(exercise):
    drawn = [exercise.sample(torch.Generator().manual_seed(seed), 0) for seed in range(10)]
    shapes = {str([tuple(tensor.shape) for tensor in tensors(inputs)]) for inputs in drawn}
    assert exercise.by_outcome or len(shapes) > 3


def tensors(value):
    if isinstance(value, dict):
        return [tensor for entry in value.values() for tensor in tensors(entry)]
    return [value] if isinstance(value, torch.Tensor) else []


def test_mutants_are_noticed(identifier, exercise):
    seeds = range(1) if exercise.by_outcome else range(3)
    survivors, listed = {}, dict(exercise.equivalent_mutants)
    for description, source in mutants(exercise.solution):
        passed = [check(identifier, written(source, exercise.name), seed=seed).passed for seed in seeds]
        if any(passed):
            survivors[description] = passed
    unlisted = [description for description in survivors if description not in listed]
    assert not unlisted, "not noticed, and not listed as equivalent"
    rejected = [description for description in listed if not all(survivors.get(description, [False]))]
    assert not rejected, "listed as equivalent, but noticed"
    assert all(len(reason) > 20 for reason in listed.values())


def test_properties_hold_for_the_reference_without_being_swallowed(exercise):
    """A property that fails with an error of its own would be counted as false; here it is run in the open."""
    for trial in range(3 if not exercise.by_outcome else 1):
        inputs = exercise.sample(torch.Generator().manual_seed(trial), trial)
        call = functools.partial(exercise.call, Learner(exercise.reference, exercise.seconds))
        case = bank.Case(call, inputs, call(inputs), torch.Generator().manual_seed(trial))
        try:
            assert all(prop.holds(case) for prop in exercise.properties)
        except AttemptFailed as failed:
            pytest.fail(f"the reference fails within a property: {failed.attempt}")
