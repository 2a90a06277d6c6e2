"""What a chapter says to its reader's code: exercises that answer back, claims, review cards."""

from superposition.course.exercises import check, help_card, hint, progress, solution

__all__ = ["check", "help_card", "hint", "progress", "solution"]
