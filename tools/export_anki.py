"""Write the review cards of all chapters as a deck for Anki.

    python tools/export_anki.py [superposition.apkg]

Decks, the note type and notes keep their ids from one export to the next, so a later deck updates an earlier one.
"""

import argparse
import hashlib
import os
import sys
import tempfile
from pathlib import Path

import genanki

from superposition.course.chapter_files import chapters_with
from superposition.course.review import ReviewDeck, review_cards, typeset

STYLE = """.card { max-width: 34em; margin: 2em auto; padding: 0 1em; font: 20px/1.5 Georgia, serif; text-align: left; }
.source { color: #5f5b53; font: 13px sans-serif; }"""
FRONT = "<p>{{Question}}</p>"
BACK = "{{FrontSide}}<hr id=answer><p>{{Answer}}</p><p class=source>{{Source}}</p>"


def stable_id(name: str) -> int:
    """Turn a name into the number that Anki knows a deck or note type by: positive, below 2^31, the same each time."""
    return 1 + int.from_bytes(hashlib.sha256(f"superposition-book {name}".encode()).digest()[:4]) % (2**31 - 2)


def note_type() -> genanki.Model:
    """Return the form of all notes: a question, an answer, and the chapter they belong to."""
    return genanki.Model(
        stable_id("note type"),
        "Superposition",
        fields=[{"name": name} for name in ("Question", "Answer", "Source")],
        templates=[{"name": "Card", "qfmt": FRONT, "afmt": BACK}],
        css=STYLE,
    )


def deck(cards: ReviewDeck, model: genanki.Model) -> genanki.Deck:
    """Return one chapter's deck; a note's id is made from the card's id, so a card may be reworded."""
    source = cards.chapter.replace("_", " ")
    chapter = genanki.Deck(stable_id(f"deck {cards.chapter}"), f"Superposition::{source.capitalize()}")
    for card in cards.cards:
        fields = [typeset(card.question), typeset(card.answer), source]
        chapter.add_note(genanki.Note(model, fields, guid=genanki.guid_for("superposition-book", card.id)))
    return chapter


def write(decks: list[ReviewDeck], target: Path) -> None:
    """Write the decks to one file, which appears whole or not at all."""
    model = note_type()
    package = genanki.Package([deck(cards, model) for cards in decks])
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        package.write_to_file(Path(folder) / target.name)
        os.replace(Path(folder) / target.name, target)


def main(arguments: list[str] | None = None) -> int:
    """Write the file that was asked for and say how many cards it holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", nargs="?", type=Path, default=Path("superposition.apkg"))
    target = parser.parse_args(arguments).target
    decks = [review_cards(chapter) for chapter in chapters_with("review.toml")]
    if not target.parent.is_dir():
        print(f"There is no folder {target.parent} to write {target.name} to.", file=sys.stderr)
        return 1
    write(decks, target)
    print(f"{target}: {sum(len(cards.cards) for cards in decks)} cards of {len(decks)} chapters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
