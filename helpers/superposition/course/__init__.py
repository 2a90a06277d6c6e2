"""What a chapter says to its reader's code: exercises that answer back, claims, review cards."""

from superposition.course.claims import claim, reported
from superposition.course.review import review_cards

__all__ = ["claim", "reported", "review_cards"]
