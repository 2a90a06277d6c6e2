"""The bank: every exercise of the course, one file each, found by looking into `superposition.chapters`.

A file `chapters/<chapter>/<name>.py` that defines `exercise = Exercise(...)` is the exercise `<chapter>.<name>`; no
list has to be kept. Files whose name begins with an underscore are not exercises.
"""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch

from superposition.course.chapter_files import nearest

CHAPTERS = "superposition.chapters"


@dataclass(frozen=True)
class Wrong:
    """A plausible wrong function, and the sentence a tutor would say to whoever wrote it."""

    function: Callable
    sentence: str


@dataclass(frozen=True)
class Case:
    """One trial as a property sees it: inputs by name, the learner's result, and random numbers of its own."""

    call: Callable[[dict[str, object]], Any]
    inputs: dict[str, Any]
    result: Any
    generator: torch.Generator

    def __getitem__(self, name: str) -> Any:
        """Return an input."""
        return self.inputs[name]

    def again(self, **changes: object) -> Any:
        """Call the learner's function once more, with some inputs replaced."""
        return self.call(self.inputs | changes)


@dataclass(frozen=True)
class Property:
    """Something true of every right function, and the sentence for when it is not."""

    holds: Callable[[Case], bool]
    sentence: str


@dataclass(frozen=True)
class Exercise:
    """All there is to know about one exercise.

    `reference` is the worked solution, shown to the reader as it stands; its signature and docstring make the stub.
    `sample(generator, trial)` draws the inputs by name; `sizes` names the dimensions of those that are tensors, and
    `returns` those of the result, a number standing for itself, or is `float` or `str`. A training exercise is judged
    `by_outcome`: only by its properties, never against the reference, whose random numbers the learner need not share.
    `equivalent_mutants` lists changes of the reference that change no result worth a reader's time, with the reason.
    """

    title: str
    prompt: str
    reference: Callable
    sample: Callable[[torch.Generator, int], dict[str, Any]]
    sizes: Mapping[str, tuple[str, ...]]
    returns: tuple[str | int, ...] | type
    wrong: tuple[Wrong, ...]
    properties: tuple[Property, ...]
    hints: tuple[str, str, str]
    why: str
    imports: str = ""
    n_trials: int = 5
    by_outcome: bool = False
    seconds: float = 10.0
    equivalent_mutants: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the function that the reader writes."""
        return self.reference.__name__

    @cached_property
    def solution(self) -> str:
        """The worked solution as it is shown: the reference's own source, after the imports it needs."""
        return self._with_imports(textwrap.dedent(inspect.getsource(self.reference)).rstrip())

    @cached_property
    def stub(self) -> str:
        """What the reader finds in the cell: the solution with its body taken out."""
        source = textwrap.dedent(inspect.getsource(self.reference))
        definition = ast.parse(source).body[0]
        assert isinstance(definition, ast.FunctionDef)
        kept = source.splitlines()[: definition.body[0].end_lineno]
        return self._with_imports("\n".join([*kept, "    raise NotImplementedError"]))

    @cached_property
    def signature(self) -> inspect.Signature:
        """The signature that the reader's function should have."""
        return inspect.signature(self.reference)

    def _with_imports(self, source: str) -> str:
        return f"{self.imports}\n\n\n{source}" if self.imports else source

    def call(self, function: Callable, inputs: dict[str, Any]) -> Any:
        """Call a function with inputs by name, passed by position unless the reference has them keyword-only."""
        bound = self.signature.bind(**inputs)
        return function(*bound.args, **bound.kwargs)

    def sizes_of(self, inputs: dict[str, Any]) -> dict[str, int]:
        """Read off the named sizes of these inputs."""
        named = {name: zip(sizes, inputs[name].shape, strict=True) for name, sizes in self.sizes.items()}
        return {size: n for pairs in named.values() for size, n in pairs}

    def result_sizes(self, inputs: dict[str, Any]) -> list[tuple[str, int]] | None:
        """Return names and sizes of the result's dimensions for these inputs, None where no tensor is returned."""
        if not isinstance(self.returns, tuple):
            return None
        sizes = self.sizes_of(inputs)
        return [("", size) if isinstance(size, int) else (size, sizes[size]) for size in self.returns]


def chapters() -> list[str]:
    """List the chapters that have a folder in `superposition.chapters`."""
    return [module.name for module in pkgutil.iter_modules(importlib.import_module(CHAPTERS).__path__) if module.ispkg]


def exercises(chapter: str) -> list[str]:
    """List the ids of a chapter's exercises, in alphabetical order."""
    folder = importlib.import_module(f"{CHAPTERS}.{chapter}").__path__
    return [f"{chapter}.{module.name}" for module in pkgutil.iter_modules(folder) if not module.name.startswith("_")]


def find(identifier: object) -> Exercise:
    """Return an exercise by its id "chapter.name"; raises LookupError with the nearest id for an unknown one."""
    known = [name for chapter in chapters() for name in exercises(chapter)]
    if not isinstance(identifier, str):
        raise LookupError(f'An exercise has a name such as "{known[0]}"; what came is a {type(identifier).__name__}.')
    if identifier not in known:
        raise LookupError(f"There is no exercise {identifier!r}{nearest(identifier, known)}.")
    return importlib.import_module(f"{CHAPTERS}.{identifier}").exercise
