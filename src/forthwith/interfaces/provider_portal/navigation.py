"""The portal's rail."""

from __future__ import annotations

from typing import Any

from forthwith.domain.permissions import Permission
from forthwith.interfaces.web.rail import Entry, Rail

WIZARD = tuple(f"provider_portal:{step}" for step in ("services", "questions", "documents", "review"))
PAGES = tuple(f"provider_portal:{page}" for page in ("authorization", "withdraw", "answer"))


def open_requests(request: Any) -> int | None:
    """How many of the practice's requests are open; None hides the number."""
    from forthwith.interfaces.provider_portal.counting import open_count

    return open_count(request.actor)


RAIL = Rail(
    door="provider_portal",
    search_view="provider_portal:authorizations",
    search_label="Find a request by its number",
    search_placeholder="Reference or authorization number",
    entries=(
        Entry(
            view="provider_portal:home",
            icon="house",
            text="Home",
            needs=(Permission.REQUEST_READ,),
        ),
        Entry(
            view="provider_portal:new",
            icon="file-plus",
            text="New authorization",
            needs=(Permission.REQUEST_SUBMIT,),
            covers=WIZARD,
        ),
        Entry(
            view="provider_portal:authorizations",
            icon="list-checks",
            text="Authorizations",
            needs=(Permission.REQUEST_READ,),
            covers=PAGES,
            count=open_requests,
            counted="open",
        ),
        Entry(
            view="provider_portal:find_member",
            icon="users",
            text="Patients",
            needs=(Permission.MEMBER_FIND,),
            covers=("provider_portal:member",),
        ),
    ),
)
