"""Keep a reader's progress in one local file, and carry it to the site in a link.

The file is `progress.json` in the folder `$SUPERPOSITION_HOME`, else `~/.superposition`:

    {"v": 1, "done": {"<chapter>.<exercise>": "<date>", ...}, "hints": {"<chapter>.<exercise>": 2, ...}}

`done` holds the day (YYYY-MM-DD) of the first pass. Every change reads the file again under a lock, adds its entry and
replaces the file in one step, so two notebooks never lose each other's entries. A file that is not of this form is set
aside as `progress.json.corrupt-<n>`, not deleted. Where nothing can be written, progress lives in memory.

The link is the address of any page of the site with the fragment

    #progress=<base64url, without padding, of the UTF-8 JSON {"v":1,"done":{"<chapter>.<exercise>":"<date>",...}}>

An id matches `[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*` and has at most 100 characters; a date matches
`\\d{4}-\\d\\d-\\d\\d`. The site's script checks all of this again, merges `done` into its localStorage (the earlier
date stays), drops entries that do not match, and executes nothing. A fragment never reaches a server.
"""

import base64
import contextlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TypeVar

try:
    import fcntl
except ImportError:  # not on Windows: there the last writer's merge has to do
    fcntl = None

IDENTIFIER = re.compile(r"(?=.{3,100}\Z)[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
MOST_HINTS = 99
Returned = TypeVar("Returned")

_in_memory: dict[Path, dict] = {}
_notes: list[str] = []
_told: set[Path] = set()


def notes() -> list[str]:
    """Hand out what the reader should be told about the progress file, each sentence once."""
    waiting, _notes[:] = list(_notes), []
    return waiting


def done() -> dict[str, str]:
    """Return the passed exercises with the day of their first pass."""
    return _known(_file())["done"]


def mark_done(exercise: str) -> None:
    """Record that an exercise was passed; the first day stays."""
    _change(lambda record: record["done"].setdefault(exercise, date.today().isoformat()))


def next_hint(exercise: str, n_hints: int) -> int:
    """Count one more hint for an exercise and return its number, which stops at `n_hints`."""

    def count(record: dict) -> int:
        number = min(record["hints"].get(exercise, 0) + 1, n_hints)
        record["hints"][exercise] = number
        return number

    return _change(count)


def progress_link(site_url: str) -> str:
    """Write the address that carries the passed exercises to the site at `site_url`."""
    if not re.match(r"(https?|file)://", site_url):
        raise ValueError(f"site_url must be a full address such as https://name.example/book/, got {site_url!r}")
    payload = json.dumps({"v": 1, "done": done()}, separators=(",", ":"), sort_keys=True)
    fragment = base64.urlsafe_b64encode(payload.encode()).decode().rstrip("=")
    return f"{site_url.partition('#')[0]}#progress={fragment}"


def _file() -> Path:
    """Return the path of the progress file; asked each time, since a session may move its home."""
    home = os.environ.get("SUPERPOSITION_HOME")
    return (Path(home) if home else Path(os.path.expanduser("~")) / ".superposition") / "progress.json"


def _change(change: Callable[[dict], Returned]) -> Returned:
    """Apply `change` to the newest record and store it; return what `change` returned."""
    path = _file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _locked(path):
            record = _read(path)
            answer = change(record)
            _replace(path, record)
    except OSError as error:
        record = _known(path)
        answer = change(record)
        _in_memory[path] = record
        _tell_once(path, f"Progress cannot be saved in {path} ({error.strerror}), so it lasts for this session only.")
    return answer


def _tell_once(path: Path, sentence: str) -> None:
    if path not in _told:
        _told.add(path)
        _notes.append(sentence)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the lock file beside `path`; on file systems without locks the re-read before each write must do."""
    with open(path.with_name("progress.lock"), "w") as handle:
        if fcntl is not None:
            with contextlib.suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _replace(path: Path, record: dict) -> None:
    """Write the record beside `path` and move it there, so that no reader ever sees half a file."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix="progress-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(record, stream, indent=1, sort_keys=True)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _known(path: Path) -> dict:
    """Return the record of a file that perhaps cannot be read: then what this session remembers."""
    try:
        return _read(path)
    except OSError:
        return _in_memory.get(path, _blank())


def _read(path: Path) -> dict:
    """Return the stored record joined with what this session holds in memory; set a corrupt file aside."""
    record, remembered = _stored(path), _in_memory.get(path, _blank())
    return record | {part: remembered[part] | record[part] for part in ("done", "hints")}


def _stored(path: Path) -> dict:
    try:
        record = json.loads(path.read_bytes())
        if _is_record(record):
            return record
    except FileNotFoundError:
        return _blank()
    except (ValueError, RecursionError):
        pass
    _set_aside(path)
    return _blank()


def _blank() -> dict:
    return {"v": 1, "done": {}, "hints": {}}


def _is_record(record: object) -> bool:
    """Tell whether the parsed file has the documented form, entry by entry."""
    if not isinstance(record, dict) or set(record) != {"v", "done", "hints"} or record["v"] != 1:
        return False
    finished, hints = record["done"], record["hints"]
    if not isinstance(finished, dict) or not isinstance(hints, dict):
        return False
    return (
        all(IDENTIFIER.fullmatch(name) for name in (*finished, *hints))
        and all(isinstance(day, str) and DATE.fullmatch(day) for day in finished.values())
        and all(type(count) is int and 0 <= count <= MOST_HINTS for count in hints.values())
    )


def _set_aside(path: Path) -> None:
    """Rename a file that cannot be read as progress to the first free `.corrupt-<n>` and say so."""
    number = 1
    while (aside := path.with_name(f"{path.name}.corrupt-{number}")).exists():
        number += 1
    path.rename(aside)
    _notes.append(f"The progress file was damaged; it was set aside as {aside} and a new one begun.")
