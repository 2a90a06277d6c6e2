"""Progress survives two writers, damage and a home that cannot be written."""

import base64
import json
import multiprocessing
import os
from datetime import date

import pytest

from superposition.course import check
from superposition.course.progress import done, mark_done, next_hint, notes, progress_link

TODAY = date.today().isoformat()


@pytest.fixture(autouse=True)
def _nothing_left_to_say():
    notes()


@pytest.fixture
def file(home):
    return home / "progress.json"


def test_first_day_stays(file):
    file.parent.mkdir()
    file.write_text(json.dumps({"v": 1, "done": {"a.b": "2020-01-01"}, "hints": {}}))
    mark_done("a.b")
    mark_done("a.c")
    assert done() == {"a.b": "2020-01-01", "a.c": TODAY}
    assert json.loads(file.read_text()) == {"v": 1, "done": {"a.b": "2020-01-01", "a.c": TODAY}, "hints": {}}
    assert notes() == []


def test_default_home_is_the_users(monkeypatch, tmp_path):
    monkeypatch.delenv("SUPERPOSITION_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    mark_done("a.b")
    assert (tmp_path / ".superposition" / "progress.json").exists()


def _mark_many(prefix):
    for number in range(25):
        mark_done(f"{prefix}.exercise_{number}")
        next_hint(f"{prefix}.exercise_{number}", 3)


def test_two_writers_lose_nothing(file):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_mark_many, args=(prefix,)) for prefix in ("one", "two")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(done()) == 50
    assert sorted(path.name for path in file.parent.iterdir()) == ["progress.json", "progress.lock"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"[" * 100_000,
        b'{"v": 2, "done": {}, "hints": {}}',
        b'{"v": 1, "done": {"../../etc": "2020-01-01"}, "hints": {}}',
        b'{"v": 1, "done": {"a.b": "<script>"}, "hints": {}}',
        b'{"v": 1, "done": {"a.b": 1}, "hints": {}}',
        b'{"v": 1, "done": {}, "hints": {"a.b": -1}}',
        b'{"v": 1, "done": {}, "hints": {"a.b": true}}',
        b'{"v": 1, "done": [], "hints": {}}',
    ],
)
def test_damaged_file_is_set_aside_and_said(file, content):
    file.parent.mkdir()
    for number in (1, 2):
        file.write_bytes(content)
        mark_done("a.b")
        aside = file.with_name(f"progress.json.corrupt-{number}")
        assert aside.read_bytes() == content
        assert notes() == [f"The progress file was damaged; it was set aside as {aside} and a new one begun."]
        assert done() == {"a.b": TODAY}


def test_check_tells_the_reader_about_a_damaged_file(file):
    file.parent.mkdir()
    file.write_text("damaged")
    assert "was damaged" in repr(check("forty_into_five.reconstruct", lambda W, b, x: None))
    assert "was damaged" not in repr(check("forty_into_five.reconstruct", lambda W, b, x: None))


def test_home_that_cannot_be_written_is_said_once(tmp_path, monkeypatch):
    obstacle = tmp_path / "a file"
    obstacle.write_text("in the way")
    monkeypatch.setenv("SUPERPOSITION_HOME", str(obstacle / "home"))
    mark_done("a.b")
    mark_done("a.c")
    assert next_hint("a.b", 3) == 1
    assert next_hint("a.b", 3) == 2
    assert done() == {"a.b": TODAY, "a.c": TODAY}
    [sentence] = notes()
    assert "for this session only" in sentence


def test_file_that_cannot_be_read_is_not_overwritten(file):
    file.mkdir(parents=True)
    mark_done("a.b")
    assert file.is_dir()
    assert done() == {"a.b": TODAY}


def test_what_was_kept_in_memory_is_saved_when_it_becomes_possible(tmp_path, monkeypatch):
    home = tmp_path / "later"
    home.write_text("in the way")
    monkeypatch.setenv("SUPERPOSITION_HOME", str(home))
    mark_done("a.b")
    home.unlink()
    mark_done("a.c")
    assert set(json.loads((home / "progress.json").read_text())["done"]) == {"a.b", "a.c"}


def test_interrupted_write_leaves_the_old_file(file, monkeypatch):
    mark_done("a.b")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        mark_done("a.c")
    monkeypatch.undo()
    assert json.loads(file.read_text())["done"] == {"a.b": TODAY}
    assert sorted(path.name for path in file.parent.iterdir()) == ["progress.json", "progress.lock"]


def test_link_carries_what_is_done():
    mark_done("forty_into_five.reconstruct")
    link = progress_link("https://name.example/book/intro.html#top")
    page, _, payload = link.partition("#progress=")
    assert page == "https://name.example/book/intro.html"
    assert set(payload) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    decoded = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert decoded == {"v": 1, "done": {"forty_into_five.reconstruct": TODAY}}


@pytest.mark.parametrize("address", ["", "name.example", "javascript:alert(1)"])
def test_link_needs_a_full_address(address):
    with pytest.raises(ValueError, match="site_url must be a full address"):
        progress_link(address)
