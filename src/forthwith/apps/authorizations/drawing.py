"""Acts that draw numbers: what runs into a number that is somebody's already is done again with new ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError

Done = TypeVar("Done")

#: How often an act is tried (a drawn number is somebody's once in thousands of millions).
DRAWS = 3
_TAKEN = ("one_submission_a_key", "authorization_number_key")


def drawing(act: Callable[[], Done]) -> Done:
    """What the act comes to; `act` opens its own transaction, so that each try is taken back whole.

    The same submission, taken at the same moment, is answered by the second try as it was answered.
    """
    for _ in range(DRAWS - 1):
        try:
            return act()
        except IntegrityError as error:
            if not any(name in str(error) for name in _TAKEN):
                raise
    return act()
