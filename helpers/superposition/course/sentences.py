"""What a check says, in the words of a kind tutor: one or two plain sentences each.

Words between backticks are set as code.
"""

from collections.abc import Iterable
from typing import Any

from torch import Tensor, isfinite

from superposition.course.bank import Exercise
from superposition.course.comparison import largest_difference, shown
from superposition.course.learner import Failure, Foreign

NOT_REPEATABLE = (
    "Asked twice about the same input, your function gave two answers. "
    "Does it keep something from one call to the next, or draw random numbers of its own?"
)

# For errors that torch words for people who know them already.
FOR_ERRORS = {
    "Boolean value of Tensor with more than one value": "`if`, `and`, `min` and `max` want one true or false, and a "
    "comparison of tensors holds one an entry: `torch.where` decides entry by entry.",
}
FOR_TYPES = {
    "ndarray": "Stay with torch from input to result, or wrap the array in `torch.from_numpy`.",
    "generator": "Use `return` where you wrote `yield`.",
    "coroutine": "Write `def`, not `async def`.",
    "tuple": "A comma after the value makes a tuple.",
}
FOR_LISTS = "Wrap it in `torch.tensor`, or better, compute all entries at once."
FOR_NUMBERS = "Leave out `.item()` or `float()`: a tensor remembers its gradient, a number does not."


def passed(exercise: Exercise) -> str:
    """Say what has been tried."""
    if exercise.by_outcome:
        return "What you measured is what a trained model must show."
    return f"Your function agrees with ours on {exercise.n_trials} fresh random inputs."


def not_started(exercise: Exercise) -> str:
    """Say what to do first."""
    return f"Write the body of `{exercise.name}` in place of the last line, run its cell, then this one."


def nothing_returned(exercise: Exercise) -> str:
    """Say that nothing came back."""
    return f"`{exercise.name}` gives back nothing yet. If it computes something already, a `return` is missing."


def nothing_returned_here(exercise: Exercise, inputs: dict[str, Any]) -> str:
    """Say for which inputs nothing came back, where something did for others."""
    return (
        f"For some inputs `{exercise.name}` gives back nothing: is there a way through it that meets no `return`? "
        f"The inputs were {inputs_in_words(exercise, inputs)}."
    )


def no_function(exercise: Exercise, came: object) -> str:
    """Say that a function was wanted, and what came."""
    return (
        f"`check` wants the function itself, `{exercise.name}` without brackets and arguments; "
        f"what came is {_with_article(type(came).__name__)}."
    )


def raised(exercise: Exercise, failure: Failure, inputs: dict[str, Any]) -> str:
    """Say which line raised what, and what the inputs were."""
    words = f"{failure.type_name}: {failure.text}" if failure.text else failure.type_name
    if failure.line is None:
        where = f"Called as `{exercise.name}({', '.join(inputs)})`, your function raised {words}"
    else:
        where = f"{_line(failure)} raised {words}"
    where = where if where.endswith((".", "!", "?")) else where + "."
    where += next((f" {remedy}" for words, remedy in FOR_ERRORS.items() if words in failure.text), "")
    return f"{where} The inputs were {inputs_in_words(exercise, inputs)}."


def time_up(failure: Failure, seconds: float) -> str:
    """Say that the function was stopped, and where it was."""
    where = f" {_line(failure)} was running." if failure.line else ""
    return (
        f"Your function was still at work after {seconds:g} seconds, so it was stopped.{where} "
        "Look for a loop that never ends."
    )


def changed_input(name: str) -> str:
    """Say which input was changed in place."""
    return (
        f"Your function changes its input `{name}`, and whoever passed it would be surprised. Work on a new tensor: "
        f"no `{name} += ...`, no `{name}[...] = ...`, no method whose name ends in `_`."
    )


def other_type(exercise: Exercise, value: object, expected: object) -> str:
    """Say what type was wanted, what came, and the usual remedy."""
    if isinstance(value, Tensor) and isinstance(expected, Tensor):
        return f"The result should be a tensor of type {_dtype(expected)}; yours is of type {_dtype(value)}."
    came = value.type_name if isinstance(value, Foreign) else type(value).__name__
    remedy = FOR_TYPES.get(came, "")
    if came == "list" and isinstance(exercise.returns, tuple):
        remedy = FOR_LISTS
    elif came == "float" and exercise.returns == ():
        remedy = FOR_NUMBERS
    return f"The result should be {_wanted(exercise)}; what came is {_with_article(came)}. {remedy}".rstrip()


def other_shape(exercise: Exercise, inputs: dict[str, Any], value: Tensor) -> str:
    """Say which shape was wanted and which came, with the names of the sizes."""
    sizes = exercise.sizes_of(inputs)
    wanted = exercise.result_sizes(inputs)
    shape = f"have shape {_named(wanted)}" if wanted else "be one number, a tensor without dimensions"
    unique = {n: size for size, n in sizes.items() if list(sizes.values()).count(n) == 1}
    came = _named((unique.get(n, ""), n) for n in value.shape)
    return f"The result should {shape}; yours has shape {came}. The inputs were {inputs_in_words(exercise, inputs)}."


def not_finite(exercise: Exercise, value: object, inputs: dict[str, Any]) -> str:
    """Say how much of the result is NaN or infinite."""
    if isinstance(value, Tensor) and value.dim():
        amount = f"{int((~isfinite(value)).sum())} of {value.numel()} entries of your result are"
    else:
        amount = "Your result is"
    return f"{amount} NaN or infinite, for {inputs_in_words(exercise, inputs)}. Is something divided by zero?"


def constant(value: object) -> str:
    """Say that the result is always the same."""
    return f"Your function gives the same answer, {shown(value)}, whatever the input. Does it use every argument?"


def other_value(exercise: Exercise, value: object, expected: object, inputs: dict[str, Any]) -> str:
    """Say where the result is furthest off, and for which inputs."""
    return f"{largest_difference(value, expected)} The inputs were {inputs_in_words(exercise, inputs)}."


def inputs_in_words(exercise: Exercise, inputs: dict[str, Any]) -> str:
    """List the inputs: tensors by their named sizes, numbers and words as they are."""
    said = []
    for name, value in inputs.items():
        if isinstance(value, Tensor):
            said.append(f"`{name}` {_named(zip(exercise.sizes[name], value.shape, strict=True))}")
        elif isinstance(value, int | float | str):
            said.append(f"`{name}` = {shown(value)}")
    return ", ".join(said)


def _wanted(exercise: Exercise) -> str:
    if not isinstance(exercise.returns, tuple):
        return "a string" if exercise.returns is str else "a number"
    return (
        f"a tensor of shape ({', '.join(map(str, exercise.returns))})"
        if exercise.returns
        else "a tensor without dimensions"
    )


def _named(sizes: Iterable[tuple[str, int]]) -> str:
    return f"({', '.join(f'{name}={n}' if name else str(n) for name, n in sizes)})"


def _line(failure: Failure) -> str:
    return f"Line {failure.line}" + (f", `{failure.source}`," if failure.source else "")


def _dtype(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _with_article(name: str) -> str:
    article = "an" if name[:1].lower() in "aeiou" or name == "ndarray" else "a"
    return f"{article} {name}"
