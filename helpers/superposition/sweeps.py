"""Run many trainings, one after another or on any executor, so that a run which was cut off can be taken up again.

A task is a frozen dataclass that says all there is to say about one training, its seed included; `run(task)` returns
tensors by name. Each finished task becomes one safetensors file, named by a hash of `run` and of the task:

    <store>/<first 32 digits of the sha256 of the metadata's task>.safetensors
    metadata: task = the task in words, tensors as their sha256; sha256 = that of the results

A file is written beside its place and moved there in one step. A file that is cut short, altered or of another task is
renamed to the first free `.corrupt-<n>`, a warning says so, and its task is run again.
"""

import os
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, as_completed
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load, save
from torch import Tensor
from tqdm import tqdm

Task = TypeVar("Task")
Tensors = dict[str, Tensor]


def sweep(
    tasks: Iterable[Task],
    run: Callable[[Task], Tensors],
    executor: Executor | None = None,
    *,
    store: str | Path | None = None,
    progress: bool = True,
) -> list[Tensors]:
    """Run every task and return the results in the order of the tasks: [run(task) for task in tasks].

    Each call of `run` has one torch thread, wherever it happens, so the results do not depend on the executor, bit for
    bit, as long as `run` draws from a generator that it seeds from its task. What comes back are contiguous copies on
    the processor, without gradients. A sweep of no tasks is [].

    `executor` is any `concurrent.futures.Executor`; only its `submit` is used, and it is left open. Without one the
    tasks run here, one after another. A pool of processes pays when a task lasts about ten seconds or more, since each
    process first imports torch; measure when in doubt, and make a block of models a task rather than one model. `run`
    and the class of the tasks then stand at the top of an importable module. On a dask cluster (`pip install
    superposition-book[cluster]`) say `sweep(tasks, run, Client(address).get_executor(pure=False))`: `pure=False` keeps
    dask from handing out an earlier answer, or an earlier failure, for an equal call. A task whose worker dies is
    started again on another, so it can start twice; its result is taken and stored once.

    `store` is a folder, made where missing. What lies there is not run again; what finishes is stored at once, so a
    rerun does only what is missing. The store goes by the name of `run`, not by its code: empty it when the code
    changes. `progress` draws a bar on stderr.

    When tasks fail, all others are still run and stored; then RuntimeError names the first that failed. A task that is
    no frozen dataclass of numbers, words, None, tensors and tuples of these raises TypeError, as does a result that is
    not a dict of tensors; two equal tasks raise ValueError, and so does a `run` without a name of its own (a lambda,
    a function inside another, a partial) together with a store.
    """
    listed = list(tasks)
    words = [_in_words(task) for task in listed]
    _refuse_twins(words)
    shelf = None if store is None else _Shelf(Path(store), run)
    results: dict[int, bytes] = {}
    for k, text in enumerate(words):
        if shelf is not None and (kept := shelf.take(text)) is not None:
            results[k] = kept
    failures: dict[int, Exception] = {}
    missing = {k: task for k, task in enumerate(listed) if k not in results}
    with (
        _threads_kept(),
        tqdm(total=len(listed), initial=len(results), disable=not progress, unit="task", mininterval=0.5) as bar,
    ):
        for k, outcome in _outcomes(missing, run, executor):
            if isinstance(outcome, Exception):
                failures[k] = outcome
            else:
                results[k] = outcome if shelf is None else shelf.put(words[k], outcome)
            bar.update()
    if failures:
        first = min(failures)
        raise RuntimeError(_lament(words[first], failures, len(listed), shelf)) from failures[first]
    return [load(results[k]) for k in range(len(listed))]


def _outcomes(
    tasks: dict[int, Any], run: Callable, executor: Executor | None
) -> Iterator[tuple[int, bytes | Exception]]:
    """Yield what came of each task, by its number, as soon as it is known; what is left behind is cancelled."""
    if executor is None:
        yield from ((k, _attempt(_work, run, task)) for k, task in tasks.items())
        return
    waiting: dict[Future, int] = {}
    try:
        for k, task in tasks.items():
            waiting[executor.submit(_work, run, task)] = k
        for future in as_completed(list(waiting)):
            yield waiting.pop(future), _attempt(future.result)
    finally:
        for future in waiting:
            future.cancel()


def _attempt(call: Callable[..., bytes], *arguments: object) -> bytes | Exception:
    try:
        return call(*arguments)
    except Exception as error:
        return error


def _work(run: Callable[[Any], Tensors], task: object) -> bytes:
    """Run one task on one thread and pack its tensors into bytes, which travel between processes as they are."""
    torch.set_num_threads(1)
    result = run(task)
    if not isinstance(result, dict) or not all(
        isinstance(name, str) and isinstance(value, Tensor) for name, value in result.items()
    ):
        raise TypeError(f"run must return a dict of tensors by name, got {type(result).__name__}: {result!r:.80}")
    copies = {name: value.detach().cpu().clone(memory_format=torch.contiguous_format) for name, value in result.items()}
    return save(copies)


@contextmanager
def _threads_kept() -> Iterator[None]:
    """Give the caller its number of torch threads back: tasks that ran in this process have set it to one."""
    n_threads = torch.get_num_threads()
    try:
        yield
    finally:
        torch.set_num_threads(n_threads)


def _lament(text: str, failures: dict[int, Exception], n_tasks: int, shelf: "_Shelf | None") -> str:
    error = failures[min(failures)]
    kept = "lost, for want of a store" if shelf is None else f"stored in {shelf.folder}"
    return (
        f"{len(failures)} of {n_tasks} tasks failed, first {text} with {type(error).__name__}: {error}. "
        f"The results of the other {n_tasks - len(failures)} are {kept}."
    )


def _in_words(task: object) -> str:
    """Write a task so that two texts are equal exactly when class and fields are, a tensor as its hash."""
    form = getattr(type(task), "__dataclass_params__", None)
    if not is_dataclass(task) or form is None or not form.frozen:
        raise TypeError(f"a task must be an instance of a frozen dataclass, got {task!r}")
    inside = ", ".join(
        f"{field.name}={_value_in_words(getattr(task, field.name), field.name)}" for field in fields(task)
    )
    return f"{type(task).__qualname__}({inside})"


def _value_in_words(value: object, name: str) -> str:
    if isinstance(value, Tensor):
        kept = value.detach().cpu().clone(memory_format=torch.contiguous_format)
        return f"tensor {tuple(value.shape)} {sha256(save({'': kept})).hexdigest()}"
    if isinstance(value, tuple):
        return f"({', '.join(_value_in_words(part, name) for part in value)})"
    if value is None or type(value) in (bool, int, float, str):
        return repr(value)
    allowed = "a number, a word, None, a tensor or a tuple of these"
    raise TypeError(f"a field of a task must be {allowed}, got {type(value).__name__} in {name}")


def _refuse_twins(words: list[str]) -> None:
    seen = set()
    for text in words:
        if text in seen:
            raise ValueError(f"tasks must differ, if only by their seed, got {text} twice")
        seen.add(text)


class _Shelf:
    """A folder of finished tasks of one function, as the bytes of a safetensors file without metadata."""

    def __init__(self, folder: Path, run: Callable):
        name = getattr(run, "__qualname__", "<nameless>")
        if "<" in name:
            raise ValueError(f"with a store, run must be a function at the top of a module, got {run!r}")
        self.folder, self._run = folder, f"{run.__module__}.{name}"
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, text: str) -> bytes | None:
        """Return what is stored for a task; set aside a file that does not hold it whole."""
        path, task = self._place(text)
        if not path.exists():
            return None
        try:
            with safe_open(path, framework="pt") as file:
                metadata = file.metadata() or {}
                payload = save({key: file.get_tensor(key) for key in file.keys()})  # noqa: SIM118 (not a dict)
        except SafetensorError:
            return _set_aside(path, "is damaged")
        if metadata.get("task") != task:
            return _set_aside(path, "holds another task")
        return payload if metadata.get("sha256") == sha256(payload).hexdigest() else _set_aside(path, "is damaged")

    def put(self, text: str, payload: bytes) -> bytes:
        """Store what a task returned in one step, so that a run which is cut off leaves no half file in its place."""
        path, task = self._place(text)
        whole = save(load(payload), metadata={"task": task, "sha256": sha256(payload).hexdigest()})
        handle, temporary = tempfile.mkstemp(dir=self.folder, prefix="sweep-", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(whole)
                stream.flush()
                os.fsync(handle)
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return payload

    def _place(self, text: str) -> tuple[Path, str]:
        task = f"{self._run}: {text}"
        return self.folder / f"{sha256(task.encode()).hexdigest()[:32]}.safetensors", task


def _set_aside(path: Path, fault: str) -> None:
    """Rename a file that can't be trusted to the first free `.corrupt-<n>` and say so."""
    number = 1
    while (aside := path.with_name(f"{path.name}.corrupt-{number}")).exists():
        number += 1
    path.rename(aside)
    warnings.warn(f"The stored result {path} {fault}; it was set aside as {aside.name}.", stacklevel=4)
