"""Every route of every door, and a world in which each leads to something.

`routes()` is read from the URL configuration, so that a new route is walked by
every test here on the day it is written. `Places` holds what the routes of one
practice lead to: a decided request, one that waits for the office, a draft,
letters and files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from forthwith.apps.authorizations import actions, upkeep
from forthwith.apps.authorizations.actions import LineDecision
from forthwith.apps.authorizations.actions import attach as files
from forthwith.apps.authorizations.models import Authorization
from forthwith.apps.identity.models import Person
from forthwith.apps.letters.models import Letter
from forthwith.apps.review import actions as review
from forthwith.domain.words import Outcome
from tests.factories import MEETS, World, asked
from tests.journeys.portal import a_world, at_the_portal, earlier, start

PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
UNKNOWN = {"number": "R-2222-2222", "id": "01900000-0000-7000-8000-000000000000"}
SOME = {key: value for key, value in MEETS.items() if key != "imaging_concordant"}


@dataclass(frozen=True)
class Route:
    """One URL pattern."""

    name: str
    template: str
    view: Any

    @property
    def permissions(self) -> tuple[Any, ...]:
        return tuple(getattr(self.view, "permissions", ()))

    @property
    def is_public(self) -> bool:
        return bool(getattr(self.view, "is_public", False))

    @property
    def door(self) -> str:
        return self.name.partition(":")[0] if ":" in self.name else "web"

    @property
    def names_something(self) -> bool:
        return "<" in self.template

    def address(self, where: Mapping[str, Any]) -> str:
        """The path, filled in from names such as `draft`, `letter`, `attachment`, `number`."""
        kinds = {"letter": "letter", "attachment": "attachment", "requests/": "draft", "patients/": "member"}
        path = "/" + self.template
        path = path.replace("<str:number>", str(where["number"]))
        kind = next((kind for word, kind in kinds.items() if word in self.template), "id")
        return path.replace("<uuid:id>", str(where.get(kind, where.get("id"))))


def routes(resolver: URLResolver | None = None, prefix: str = "", space: str = "") -> Iterator[Route]:
    """Every route, however deeply included."""
    for pattern in (resolver or get_resolver()).url_patterns:
        text = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from routes(pattern, text, inner)
        elif isinstance(pattern, URLPattern):
            yield Route(f"{space}{pattern.name}", re.sub(r"\^\.\*\$$", "nothing/here", text), pattern.callback)


ALL = tuple(routes())
NAMING = tuple(route for route in ALL if route.names_something)
BROWSED = tuple(route for route in ALL if route.door != "fhir_api" and not route.is_public and route.name != "live")


@dataclass
class Places:
    """What the routes of a practice lead to; read at once, since the wall moves with whoever asks."""

    world: World
    decided: dict[str, Any]
    waiting: dict[str, Any]

    def address(self, route: Route) -> str:
        """The route filled in so that it leads to something."""
        is_about_answer = "letter" in route.template or route.name.endswith(":notice")
        return route.address(self.decided if is_about_answer else self.waiting)


def places(key: str = "empire-spine") -> Places:
    """A practice with a decided request, one that waits for an answer and has a file, and a draft."""
    made = a_world(key, rules="empire-spine")
    at = earlier()
    decided, waiting = (
        actions.submit(asked=asked(made, answers=SOME), by=made["coordinator"], at=at).number for _ in range(2)
    )
    for number in (decided, waiting):
        content = PDF + number.encode()
        files.attach(number=number, name="notes.pdf", content=content, by=made["coordinator"], at=at)
        review.take(number=number, by=made["physician"], at=at)
    upkeep.scan_waiting(at=at)
    denial = LineDecision(sequence=1, outcome=Outcome.NOT_CERTIFIED, reason="Imaging does not show a cause.")
    actions.determine(number=decided, decisions=[denial], by=made["physician"], at=at)
    actions.ask_for_information(number=waiting, questions=["When?"], message="", by=made["physician"], at=at)
    draft = start(at_the_portal(made), made).strip("/").rpartition("/")[2]
    return Places(
        made, *({**_names(number), "draft": draft, "member": made.member.id} for number in (decided, waiting))
    )


def _names(number: str) -> dict[str, Any]:
    row = Authorization.objects.get(number=number)
    letter = Letter.objects.filter(subject_id=row.id, audience="provider").order_by("-issued_at")[0]
    return {"number": number, "letter": letter.id, "attachment": row.attachments.get().id, "key": row.id}


def browser(made: World, person: str = "", *, host: str = "") -> Client:
    """A browser at the world's portal (or at another host), signed in as this person of it, or as a stranger."""
    client = Client(HTTP_HOST=host or f"{made.tenant.key}.localhost", raise_request_exception=False)
    if person:
        client.force_login(Person.objects.get(pk=made[person].id))
    return client


def plain(response: Any) -> str:
    """The page without what differs from request to request: its trace and its token."""
    text = b"".join(response) if response.streaming else response.content
    return re.sub(r'csrfmiddlewaretoken" value="[^"]+|X-CSRFToken[^}]+|class="code">\w{10}<', "", text.decode())
