"""What a chapter says to its reader's code: exercises that answer back, claims, review cards."""

from superposition.course.claims import claim, reported
from superposition.course.exercises import check, help_card, hint, progress, solution
from superposition.course.review import review_cards

__all__ = ["check", "claim", "help_card", "hint", "progress", "reported", "review_cards", "solution"]
