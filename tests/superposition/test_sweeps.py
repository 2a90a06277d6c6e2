import os
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context

import pytest
import torch
from safetensors.torch import load_file, save_file

from superposition import sweeps
from superposition.sweeps import sweep
from sweep_tasks import PATIENCE, ShuffledExecutor, Training, fail_for_two, n_threads, train

IMPORTANCE = torch.tensor([1.0, 0.5, 0.25])
TASKS = [Training(seed, IMPORTANCE) for seed in range(5)]


def quiet(*args, **kwargs):
    return sweep(*args, progress=False, **kwargs)


def same(left, right):
    """Tell whether two lists of results are equal bit for bit."""
    return len(left) == len(right) and all(
        one.keys() == other.keys()
        and all(one[k].dtype == other[k].dtype and torch.equal(one[k], other[k]) for k in one)
        for one, other in zip(left, right, strict=True)
    )


@pytest.fixture(scope="module")
def plain():
    """What a plain loop returns: the reference of all of these tests."""
    return [train(task) for task in TASKS]


def test_a_serial_sweep_is_a_loop(plain):
    assert same(quiet(TASKS, train), plain)
    assert not same(plain, plain[::-1])


@pytest.mark.parametrize("seed", range(5))
def test_any_order_of_execution_gives_the_results_in_the_order_of_the_tasks(seed, plain):
    executor = ShuffledExecutor(5, seed)
    assert same(quiet(TASKS, train, executor), plain)
    assert set(executor.calls.values()) == {1}
    assert len(executor.calls) == len(TASKS)


def test_threads_give_the_serial_results(plain):
    with ThreadPoolExecutor(3) as pool:
        assert same(quiet(TASKS, train, pool), plain)


def test_processes_give_the_serial_results_on_one_thread_each_and_stay_open(plain):
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert same(quiet(TASKS, train, pool), plain)
        assert [int(result["n_threads"]) for result in quiet(TASKS, n_threads, pool)] == [1] * 5


@pytest.mark.parametrize("pool", [None, ThreadPoolExecutor], ids=["serial", "threads"])
def test_tasks_have_one_thread_and_the_caller_keeps_its_own(pool):
    torch.set_num_threads(2)
    try:
        executor = pool and pool(2)
        assert [int(result["n_threads"]) for result in quiet(TASKS, n_threads, executor)] == [1] * 5
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)


def test_the_executor_is_left_open():
    executor = ShuffledExecutor(5)
    quiet(TASKS, train, executor)
    assert not executor.closed


def test_tasks_may_come_from_a_generator(plain):
    assert same(quiet((task for task in TASKS), train), plain)
    assert quiet(iter([]), train) == []


def test_results_are_contiguous_copies_without_gradients():
    def views(task):
        both = torch.arange(6.0, requires_grad=True).reshape(2, 3)
        return {"turned": both.mT, "row": both[0], "again": both[0]}

    (result,) = quiet(TASKS[:1], views)
    assert result["turned"].tolist() == [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]
    assert all(value.is_contiguous() and not value.requires_grad for value in result.values())
    result["row"][0] = 7
    assert float(result["again"][0]) == 0


def counted(monkeypatch):
    """Count how often each file is moved to its place."""
    moves, move = Counter(), os.replace
    monkeypatch.setattr(sweeps.os, "replace", lambda old, new: (moves.update([new.name]), move(old, new)))
    return moves


def test_a_second_sweep_runs_only_what_is_missing(tmp_path, plain, monkeypatch):
    moves = counted(monkeypatch)
    assert same(quiet(TASKS[1:3], train, store=tmp_path / "new" / "folder"), plain[1:3])
    executor = ShuffledExecutor(3)
    assert same(quiet(TASKS, train, executor, store=tmp_path / "new" / "folder"), plain)
    assert sorted(task.seed for _, task in executor.calls) == [0, 3, 4]
    assert list(moves.values()) == [1] * 5
    assert same(quiet(TASKS, train, executor, store=str(tmp_path / "new" / "folder")), plain)
    assert sum(executor.calls.values()) == 3
    assert len(list((tmp_path / "new" / "folder").iterdir())) == 5


def test_another_function_or_another_tensor_does_not_find_the_stored_results(tmp_path, plain):
    quiet(TASKS, train, store=tmp_path)
    assert int(quiet(TASKS[:1], n_threads, store=tmp_path)[0]["n_threads"]) == 1
    other = replace(TASKS[0], importance=IMPORTANCE.flip(0))
    assert not torch.equal(quiet([other], train, store=tmp_path)[0]["W"], plain[0]["W"])
    assert len(list(tmp_path.iterdir())) == 7


@pytest.mark.parametrize("executor", [None, ShuffledExecutor(5)], ids=["serial", "shuffled"])
def test_one_failure_is_told_with_its_task_and_the_others_are_stored(executor, tmp_path, plain):
    with pytest.raises(RuntimeError, match=r"1 of 5 tasks failed, first Training\(seed=2, .*two is not") as caught:
        quiet(TASKS, fail_for_two, executor, store=tmp_path)
    assert "the other 4 are stored in" in str(caught.value)
    assert isinstance(caught.value.__cause__, ArithmeticError)
    stored = [task for task in TASKS if task.seed != 2]
    idle = ShuffledExecutor(4)
    assert same(quiet(stored, fail_for_two, idle, store=tmp_path), [plain[k] for k in (0, 1, 3, 4)])
    assert not idle.calls


def test_without_a_store_a_failure_says_that_the_rest_is_lost():
    with pytest.raises(RuntimeError, match="The results of the other 4 are lost, for want of a store"):
        quiet(TASKS, fail_for_two)


def test_an_interrupted_sweep_keeps_what_is_finished_and_cancels_the_rest(tmp_path, plain):
    def impatient(old, new):
        done.append(new)
        if len(done) == 2:
            raise KeyboardInterrupt
        return move(old, new)

    done, move, slow = [], os.replace, ShuffledExecutor(2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeps.os, "replace", impatient)
        with pytest.raises(KeyboardInterrupt):
            quiet(TASKS, train, slow, store=tmp_path)
    assert [future.cancelled() for future, _ in slow.waiting] == [False, False, True, True, True]
    assert [path.suffix for path in tmp_path.iterdir()] == [".safetensors"]
    assert same(quiet(TASKS, train, store=tmp_path), plain)


def cut_short(path):
    path.write_bytes(path.read_bytes()[:-3])


def blank_the_end(path):
    path.write_bytes(path.read_bytes()[:-8] + bytes(8))


def empty(path):
    path.write_bytes(b"")


def forget_the_task(path):
    save_file(load_file(path), path)


@pytest.mark.parametrize("harm", [cut_short, blank_the_end, empty, forget_the_task])
def test_a_damaged_file_is_set_aside_and_its_task_run_again(harm, tmp_path, plain):
    quiet(TASKS[:1], train, store=tmp_path)
    (path,) = tmp_path.iterdir()
    for number in (1, 2):
        harm(path)
        with pytest.warns(UserWarning, match=rf"is damaged|holds another task.*set aside as {path.name}.corrupt-"):
            assert same(quiet(TASKS[:1], train, store=tmp_path), plain[:1])
        assert path.with_name(f"{path.name}.corrupt-{number}").exists()
    assert same(quiet(TASKS[:1], train, store=tmp_path), plain[:1])


def test_a_whole_file_of_another_task_is_not_trusted(tmp_path, plain):
    quiet(TASKS[:2], train, store=tmp_path)
    first, second = tmp_path.iterdir()
    first.write_bytes(second.read_bytes())
    with pytest.warns(UserWarning, match="holds another task"):
        assert same(quiet(TASKS[:2], train, store=tmp_path), plain[:2])


def test_the_bar_counts_what_is_stored_as_done(tmp_path, capsys):
    sweep(TASKS[:2], train, store=tmp_path)
    assert "2/2" in capsys.readouterr().err
    sweep(TASKS[:3], train, store=tmp_path)
    told = capsys.readouterr().err
    assert "2/3" in told
    assert "3/3" in told
    quiet(TASKS[:4], train, store=tmp_path)
    assert capsys.readouterr().err == ""


@dataclass
class Loose:
    seed: int


@dataclass(frozen=True)
class Odd:
    settings: object


@pytest.mark.parametrize(
    ("task", "fault"),
    [
        (3, "a task must be an instance of a frozen dataclass, got 3"),
        (Training, "a task must be an instance of a frozen dataclass, got <class"),
        (Loose(1), r"a task must be an instance of a frozen dataclass, got Loose\(seed=1\)"),
        (Odd([1, 2]), "a field of a task must be a number, a word, .*, got list in settings"),
        (Odd((1, {"lr": 0.1})), "got dict in settings"),
    ],
)
def test_a_task_that_cannot_be_told_apart_is_refused(task, fault):
    with pytest.raises(TypeError, match=fault):
        quiet([task], train)


def test_two_equal_tasks_are_refused():
    with pytest.raises(ValueError, match=r"tasks must differ, if only by their seed, got Training\(seed=1, .* twice"):
        quiet([*TASKS, replace(TASKS[1], importance=IMPORTANCE.clone())], train)


@pytest.mark.parametrize("run", [lambda task: {}, partial(train)], ids=["lambda", "partial"])
def test_a_store_wants_a_function_with_a_name(run, tmp_path):
    with pytest.raises(ValueError, match="with a store, run must be a function at the top of a module, got"):
        quiet(TASKS, run, store=tmp_path)


@pytest.mark.parametrize("value", [[1], {"W": 1}, {1: torch.ones(1)}])
def test_a_result_that_is_not_tensors_by_name_is_told(value):
    with pytest.raises(RuntimeError, match="run must return a dict of tensors by name, got") as caught:
        quiet(TASKS[:1], lambda task: value)
    assert isinstance(caught.value.__cause__, TypeError)


def kill_the_stuck(diary):
    """Wait until the stuck task has started, and kill the process that runs it."""
    deadline = time.monotonic() + PATIENCE / 2
    while not (diary / "0-0").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(int((diary / "0-0").read_text()), signal.SIGKILL)


def test_a_dask_cluster_loses_a_worker_and_no_task(tmp_path, plain, monkeypatch):
    """The worker that runs the first task is killed meanwhile; that task, and no other, is then started twice."""
    distributed = pytest.importorskip("distributed", reason="the extra `cluster` is not installed")
    diary, store, moves = tmp_path / "diary", tmp_path / "store", counted(monkeypatch)
    diary.mkdir()
    noted = [replace(task, diary=str(diary), stuck=task.seed == 0) for task in TASKS]
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    )
    with cluster, distributed.Client(cluster) as client:
        killer = threading.Thread(target=kill_the_stuck, args=(diary,))
        killer.start()
        results = quiet(noted, train, client.get_executor(pure=False), store=store)
        killer.join()
    assert same(results, plain)
    assert list(moves.values()) == [1] * len(TASKS)
    assert Counter(note.name.split("-")[0] for note in diary.iterdir()) == {"0": 2, "1": 1, "2": 1, "3": 1, "4": 1}
    assert same(quiet(noted, train, store=store), plain)
