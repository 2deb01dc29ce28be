"""The desk's rail."""

from __future__ import annotations

from typing import Any

from forthwith.domain.permissions import Permission
from forthwith.interfaces.web.rail import Entry, Rail

PAGES = tuple(f"staff_desk:{page}" for page in ("case", "decide", "ask", "recommend", "extend", "notice", "letter"))


def mine(request: Any) -> int | None:
    """How many open cases are with this person; None hides the number."""
    from forthwith.interfaces.staff_desk.counting import count

    return count(request.actor, "mine").number or None


RAIL = Rail(
    door="staff_desk",
    side="Review",
    is_staff=True,
    search_view="staff_desk:requests",
    search_label="Find a request by its number",
    search_placeholder="Reference or authorization number",
    entries=(
        Entry(
            view="staff_desk:worklist", icon="list-checks", text="Worklist",
            needs=(Permission.WORKLIST_READ,), covers=PAGES,
        ),
        Entry(
            view="staff_desk:mine", icon="stethoscope", text="My cases",
            needs=(Permission.CASE_TAKE,), count=mine, counted="with you",
        ),
        Entry(
            view="staff_desk:requests", icon="folder", text="All requests",
            needs=(Permission.WORKLIST_READ, Permission.AUDIT_READ),
        ),
    ),
)  # fmt: skip
