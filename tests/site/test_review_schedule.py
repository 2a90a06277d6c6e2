"""What review.js computes, run in node: the schedule, what is stored, and the links that bring progress."""

import base64
import json
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "book/static/review.js"
TODAY = date(2026, 11, 22)
DAY = (TODAY - date(1970, 1, 1)).days

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")


@pytest.fixture(scope="session")
def in_node(tmp_path_factory):
    """Return a function that runs lines of JavaScript beside the script and gives back what they return."""
    folder = tmp_path_factory.mktemp("node")
    shutil.copy(SCRIPT, folder / "review.mjs")

    def run(body, given=None, timezone="UTC"):
        code = f"""import * as review from './review.mjs';
        const given = JSON.parse({json.dumps(json.dumps(given))});
        const result = (() => {{ {body} }})();
        console.log(JSON.stringify(result, (_, value) => value instanceof Map ? Object.fromEntries(value) : value));"""
        command = ["node", "--input-type=module", "-"]
        environment = {"TZ": timezone, "PATH": "/usr/bin:/bin:/usr/local/bin"}
        done = subprocess.run(
            command, input=code, cwd=folder, capture_output=True, text=True, timeout=60, env=environment
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def link(record):
    text = record if isinstance(record, bytes) else json.dumps(record).encode()
    return "#progress=" + base64.urlsafe_b64encode(text).decode().rstrip("=")


def read_link(in_node, fragment):
    return in_node(f"return review.readLink(given, {DAY});", fragment)


# ---- the schedule ----


def test_a_card_that_is_known_each_time_comes_back_after_growing_waits(in_node):
    waits = in_node("""let day = 100, card, waits = [];
        for (let k = 0; k < 9; k++) {
            card = review.grade(card, true, day); waits.push(card.due - day); day = card.due;
        }
        return waits;""")
    assert waits == [1, 5, 14, 30, 60, 120, 240, 240, 240]


def test_a_card_that_is_not_known_starts_again_and_stays_due(in_node):
    result = in_node("""const known = review.grade(review.grade(undefined, true, 100), true, 101);
        const lost = review.grade(known, false, 106), again = review.grade(lost, true, 106);
        return [known, lost, review.isDue(lost, 106), again];""")
    assert result == [
        {"step": 1, "due": 106, "seen": 101},
        {"step": -1, "due": 106, "seen": 106},
        True,
        {"step": 0, "due": 107, "seen": 106},
    ]


def test_a_card_that_is_known_before_its_day_gains_nothing(in_node):
    assert in_node("""const card = review.grade(undefined, true, 100);
        return JSON.stringify(review.grade(card, true, 100)) === JSON.stringify(card);""")


def test_a_clock_that_was_wrong_makes_a_card_due_and_a_journey_west_does_not(in_node):
    due = in_node("""const ahead = {step: 6, due: 40240, seen: 40000};
        return [review.isDue(ahead, 20000), review.isDue(ahead, 39999), review.isDue(ahead, 40000),
                review.grade(ahead, true, 20000).due];""")
    assert due == [True, False, False, 20240]


@pytest.mark.parametrize("timezone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
def test_days_are_those_of_the_readers_calendar(in_node, timezone):
    evening, early, noon = in_node(
        """return [new Date(2026, 2, 28, 23, 50), new Date(2026, 2, 29, 0, 10), new Date(2026, 2, 29, 12)]
               .map(review.dayOf);""",
        timezone=timezone,
    )
    assert evening == (date(2026, 3, 28) - date(1970, 1, 1)).days
    assert (early, noon) == (evening + 1, evening + 1)


def test_the_sentence_counts_what_is_due(in_node):
    assert in_node("""const later = {step: 0, due: 105, seen: 100}, soon = {step: 0, due: 101, seen: 100};
        return [[later, undefined], [undefined, undefined], [later, soon], [later]]
            .map((cards) => review.dueSentence(cards, 100));""") == [
        "1 of 2 cards is due.",
        "2 of 2 cards are due.",
        "No card is due; the next one comes back tomorrow.",
        "No card is due; the next one comes back in 5 days.",
    ]


# ---- what is stored ----


@pytest.mark.parametrize(
    "text",
    [
        None, "", "null", "3", "[]", "{", '"x"', "{}", '{"v": 1}', '{"v": 1, "entries": []}', '{"v": 1, "entries": 3}',
        '{"v": "1", "entries": {"a.b": {"step": 0, "due": 1, "seen": 0}}}',
        '{"v": 0, "entries": {"a.b": {"step": 0, "due": 1, "seen": 0}}}',
        '{"v": 1, "entries": {"__proto__": {"step": 0, "due": 1, "seen": 0}}}',
        '{"v": 1, "entries": {"a.b": {"step": 7, "due": 1, "seen": 0}}}',
        '{"v": 1, "entries": {"a.b": {"step": 0, "due": 1e9, "seen": 0}}}',
        '{"v": 1, "entries": {"a.b": {"step": 0, "due": "1", "seen": 0}}}',
        '{"v": 1, "entries": {"a.b": {"step": 0.5, "due": 1, "seen": 0}}}',
        '{"v": 1, "entries": {"a.b": null}}',
    ],
)  # fmt: skip
def test_what_does_not_belong_in_the_store_is_dropped(in_node, text):
    assert in_node("return review.readEntries(given, review.isCard);", text) == {"entries": {}, "newer": False}


def test_what_is_written_is_read_again(in_node):
    card = {"step": 2, "due": 114, "seen": 100}
    result = in_node("return review.readEntries(review.writeEntries(new Map([['c.a', given]])), review.isCard);", card)
    assert result == {"entries": {"c.a": card}, "newer": False}


STORES = """
const data = new Map();
const sound = {getItem: (key) => data.get(key) ?? null, setItem: (key, text) => data.set(key, text)};
const full = {getItem: sound.getItem, setItem: () => { throw new Error("full"); }};
const blocked = () => { throw new Error("forbidden"); };
const card = {step: 0, due: 101, seen: 100};
const open = (getStorage) => review.openStore(getStorage, "key", review.isCard);
"""


def test_two_tabs_do_not_lose_each_others_cards(in_node):
    entries = in_node(f"""{STORES} const one = open(() => sound), two = open(() => sound);
        one.read(); two.read();
        one.change((all) => all.set("c.a", card)); two.change((all) => all.set("c.b", card));
        return one.read();""")
    assert sorted(entries) == ["c.a", "c.b"]


@pytest.mark.parametrize("storage", ["() => full", "blocked", "() => undefined"])
def test_a_storage_that_is_full_or_blocked_is_told_and_work_goes_on(in_node, storage):
    entries, problem = in_node(f"""{STORES} const store = open({storage});
        store.change((all) => all.set("c.a", card)); store.change((all) => all.set("c.b", card));
        return [store.read(), store.problem() === review.NOT_KEPT];""")
    assert sorted(entries) == ["c.a", "c.b"]
    assert problem


def test_what_a_full_storage_held_before_is_not_forgotten(in_node):
    entries = in_node(f"""{STORES} open(() => sound).change((all) => all.set("c.a", card));
        const store = open(() => full); store.change((all) => all.set("c.b", card)); return store.read();""")
    assert sorted(entries) == ["c.a", "c.b"]


def test_what_a_newer_version_stored_is_left_alone(in_node):
    text, problem = in_node(f"""{STORES} data.set("key", '{{"v": 2, "decks": []}}');
        const store = open(() => sound); store.change((all) => all.set("c.a", card));
        return [data.get("key"), store.problem() === review.NEWER];""")
    assert (text, problem) == ('{"v": 2, "decks": []}', True)


# ---- links ----


def test_an_address_without_progress_is_none_of_our_business(in_node):
    assert [read_link(in_node, hash) for hash in ("", "#exercises", "#PROGRESS=abc")] == [None, None, None]


def test_a_sound_link_brings_its_exercises(in_node):
    done = {"forty_into_five.sparse_features": "2026-11-22", "waves.add": "2026-01-31", "qubits.collapse": "2024-02-29"}
    assert read_link(in_node, link({"v": 1, "done": done, "hints": {"a.b": 2}})) == {"done": done, "problem": ""}


def test_entries_that_do_not_belong_are_dropped_and_the_others_stay(in_node):
    good = {"waves.add": "2026-11-23"}
    bad = {
        "__proto__": "2026-11-22", "constructor": "2026-11-22", "<script>alert(1)</script>.a": "2026-11-22",
        "Waves.add": "2026-11-22", "waves.add.more": "2026-11-22", "wellen.ä": "2026-11-22", "a.b\n": "2026-11-22",
        f"a.{'b' * 99}": "2026-11-22", "a.day": "2026-02-30", "a.future": str(TODAY + timedelta(days=2)),
        "a.html": "<img src=x onerror=alert(1)>", "a.number": 20261122, "a.none": None, "a.list": ["2026-11-22"],
        "a.time": "2026-11-22T10:00", "a.short": "26-11-22", "a.arabic": "٢٠٢٦-١١-٢٢",
    }  # fmt: skip
    assert read_link(in_node, link({"v": 1, "done": bad | good})) == {"done": good, "problem": ""}
    assert read_link(in_node, link({"v": 1, "done": bad}))["problem"] == "it names no exercise"


def test_a_prototype_in_a_link_reaches_nothing(in_node):
    raw = b'{"v": 1, "done": {"__proto__": {"polluted": "2026-11-22"}, "a.b": "2026-11-22"}, "__proto__": {"v": 9}}'
    result = in_node(
        f"const read = review.readLink(given, {DAY}); return [read, {{}}.polluted ?? null, {{}}.v ?? null];", link(raw)
    )
    assert result == [{"done": {"a.b": "2026-11-22"}, "problem": ""}, None, None]


WHOLE = link({"v": 1, "done": {"waves.add": "2026-11-22"}})


@pytest.mark.parametrize(
    ("fragment", "problem"),
    [
        ("#progress=", "it is cut off or damaged"),
        *((WHOLE[:length], "it is cut off or damaged") for length in range(11, len(WHOLE), 7)),
        ("#progress=%3Cscript%3E", "it is cut off or damaged"),
        ("#progress=<script>alert(1)</script>", "it is cut off or damaged"),
        ("#progress=ünïcödé", "it is cut off or damaged"),
        (link(b'{"v": 1, "done": {"a.b": "\xff"}}'), "it is cut off or damaged"),
        (link(b"[" * 20_000), "it is cut off or damaged"),
        ("#progress=" + "A" * 1_000_000, "it is too long"),
        (link(None), "it holds no record of exercises"),
        (link([]), "it holds no record of exercises"),
        (link("done"), "it holds no record of exercises"),
        (link({"v": 1}), "it holds no record of exercises"),
        (link({"v": 1, "done": ["a.b"]}), "it holds no record of exercises"),
        (link({"v": 1, "done": "a.b"}), "it holds no record of exercises"),
        (link({"v": 0, "done": {"a.b": "2026-11-22"}}), "another version of the course wrote it"),
        (link({"v": 2, "done": {"a.b": "2026-11-22"}}), "another version of the course wrote it"),
        (link({"v": "1", "done": {"a.b": "2026-11-22"}}), "another version of the course wrote it"),
        (link({"v": 1, "done": {}}), "it names no exercise"),
    ],
)
def test_hostile_and_truncated_links_bring_nothing(in_node, fragment, problem):
    assert read_link(in_node, fragment) == {"done": {}, "problem": problem}


def test_no_link_brings_more_than_a_thousand_entries(in_node):
    many = {f"a.e{k}": "2026-11-22" for k in range(1_200)}
    assert len(read_link(in_node, link({"v": 1, "done": many}))["done"]) == 1_000


def test_the_earlier_day_stays_when_records_are_joined(in_node):
    merged, counts = in_node("""const ours = new Map([["a.x", "2026-01-02"], ["a.y", "2026-01-02"]]);
        const theirs = new Map([["a.x", "2026-01-01"], ["a.y", "2026-01-03"], ["ab.z", "2026-01-01"]]);
        const all = review.mergeDone(ours, theirs);
        return [all, ["a", "ab", "b"].map((chapter) => review.countSolved(all, chapter))];""")
    assert merged == {"a.x": "2026-01-01", "a.y": "2026-01-02", "ab.z": "2026-01-01"}
    assert counts == [2, 1, 0]
