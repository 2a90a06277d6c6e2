"""The deck for Anki, imported by Anki's own library: nothing twice, edits arrive, what was learned stays."""

import os
import time

import pytest
from anki.collection import Collection, ImportAnkiPackageRequest

import export_anki
from superposition.course.chapter_files import chapters_with
from superposition.course.review import ReviewCard, ReviewDeck, review_cards

FIRST = ReviewCard("waves.sum", "What do ripples do where they cross?", "They add: \\(u + v\\), if u < 1 & v > 0.")
SECOND = ReviewCard("waves.noise", "How loud are k random ripples?", "About √k.")


@pytest.fixture
def collection(tmp_path):
    """Open an empty collection of Anki's."""
    opened = Collection(str(tmp_path / "collection.anki2"))
    yield opened
    opened.close()


def bring(collection, path, *cards, at=None):
    """Export cards as the chapter waves and import the file; `at` moves the export in time, in seconds from now."""
    with pytest.MonkeyPatch.context() as patch:
        now = time.time()
        patch.setattr(time, "time", lambda: now + (at or 0))
        export_anki.write([ReviewDeck("waves", cards)], path)
    collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(path)))


def notes(collection):
    found = [collection.get_note(note) for note in collection.find_notes("")]
    return {note["Question"]: note["Answer"] for note in found}


def test_cards_arrive_with_their_maths_and_without_their_html(collection, tmp_path):
    bring(collection, tmp_path / "a.apkg", FIRST, SECOND)
    assert notes(collection) == {
        FIRST.question: "They add: \\(u + v\\), if u &lt; 1 &amp; v &gt; 0.",
        SECOND.question: SECOND.answer,
    }
    assert "Superposition::Waves" in [deck.name for deck in collection.decks.all_names_and_ids()]
    assert collection.card_count() == 2


def test_a_second_import_brings_nothing_twice(collection, tmp_path):
    for at in (0, 60):
        bring(collection, tmp_path / "a.apkg", FIRST, SECOND, at=at)
    assert collection.note_count() == collection.card_count() == 2
    names = [kind.name for kind in collection.models.all_names_and_ids()]
    assert sum(name.startswith("Superposition") for name in names) == 1
    assert sum(deck.name.endswith("Waves") for deck in collection.decks.all_names_and_ids()) == 1


def test_an_edit_arrives_and_what_was_learned_stays(collection, tmp_path):
    bring(collection, tmp_path / "a.apkg", FIRST, SECOND)
    card = collection.get_card(collection.find_cards("loud")[0])
    card.ivl, card.type, card.queue, card.due = 30, 2, 2, 30
    collection.update_card(card)
    reworded = ReviewCard(SECOND.id, "How loud are k random ripples together?", "About √k times one.")
    bring(collection, tmp_path / "b.apkg", FIRST, reworded, at=60)
    assert notes(collection) == notes(collection) | {reworded.question: reworded.answer}
    assert collection.note_count() == 2
    assert collection.get_card(card.id).ivl == 30


def test_a_new_card_joins_the_old_ones(collection, tmp_path):
    bring(collection, tmp_path / "a.apkg", FIRST)
    bring(collection, tmp_path / "a.apkg", FIRST, SECOND, at=60)
    assert sorted(notes(collection)) == sorted([FIRST.question, SECOND.question])


def test_the_whole_course_is_exported(collection, tmp_path, capsys):
    target = tmp_path / "superposition.apkg"
    assert export_anki.main([str(target)]) == 0
    n_cards = sum(len(review_cards(chapter).cards) for chapter in chapters_with("review.toml"))
    assert f"{n_cards} cards of" in capsys.readouterr().out
    collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(target)))
    assert collection.note_count() >= n_cards
    assert os.listdir(tmp_path).count("superposition.apkg") == 1


def test_a_folder_that_is_not_there_is_told(tmp_path, capsys):
    assert export_anki.main([str(tmp_path / "nowhere" / "a.apkg")]) == 1
    assert capsys.readouterr().err.startswith("There is no folder")


def test_ids_are_numbers_that_anki_accepts_and_never_change():
    ids = [export_anki.stable_id(name) for name in ("note type", "deck waves", "deck qubits")]
    assert all(0 < number < 2**31 for number in ids)
    assert ids == [2113855203, 1968284305, 1994439692]
