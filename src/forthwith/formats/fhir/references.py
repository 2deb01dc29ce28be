"""References inside one Bundle (http://hl7.org/fhir/R4/bundle.html#references).

An entry is found by its fullUrl, by a relative reference from an entry with a RESTful fullUrl, or, more loosely
than the letter of the standard, by type and id when only one entry can be meant.
"""

from __future__ import annotations

import re
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec

from forthwith.formats.fhir import wire

_REFERENCE = re.compile(rb'"reference"\s*:\s*"([^"]*)"')


class Entry(msgspec.Struct, frozen=True):
    """One entry: its fullUrl, its resource, the resource's exact text, and where it stands in the Bundle."""

    full_url: str
    resource: dict[str, Any]
    raw: msgspec.Raw
    position: int
    holder: Entry | None = None  # whose contained resource this is
    place: int = 0

    @property
    def kind(self) -> str:
        """The resource type."""
        return str(self.resource["resourceType"])

    @property
    def expression(self) -> str:
        """The FHIRPath of the resource, from the Bundle."""
        path = f"Bundle.entry[{self.position}].resource"
        return f"{path}.contained[{self.place}]" if self.holder else path


class Index:
    """All entries of one Bundle, to be found by reference."""

    def __init__(self, entries: list[Entry]) -> None:
        """Index by fullUrl and by type and id."""
        self.entries = entries
        self._references: dict[str, list[str]] = {}
        self._by_url = {entry.full_url: entry for entry in entries}
        self._by_id: dict[str, list[Entry]] = {}
        for entry in entries:
            self._by_id.setdefault(f"{entry.kind}/{entry.resource.get('id')}", []).append(entry)

    def find(self, reference: str, *, source: Entry) -> Entry | None:
        """Return the entry that `reference`, written in `source`, points to; None when it is not in the Bundle."""
        wanted, _, inner = reference.partition("/_history/")[0].partition("#")
        if not wanted:
            return contained(source.holder or source, inner)
        exact = self._by_url.get(wanted)
        if exact is not None:
            return exact
        if ":" in wanted:
            return None
        base = source.full_url.rsplit("/", 2)[0] if "/" in source.full_url else ""
        same_server = self._by_url.get(f"{base}/{wanted}")
        if same_server is not None:
            return same_server
        alike = self._by_id.get(wanted, [])
        return alike[0] if len(alike) == 1 else None

    def references_of(self, entry: Entry) -> list[str]:
        """Return the literal references of an entry, read once."""
        known = self._references.get(entry.full_url)
        if known is None:
            known = self._references[entry.full_url] = _references_of(entry)
        return known

    def closure(self, start: list[Entry]) -> list[Entry]:
        """Return `start` and everything it refers to, directly or through others, each entry once, in order."""
        found = {entry.full_url: entry for entry in start}
        waiting = list(start)
        while waiting:
            source = waiting.pop(0)
            for reference in self.references_of(source):
                entry = self.find(reference, source=source)
                if entry is not None and entry.full_url not in found:
                    found[entry.full_url] = entry
                    waiting.append(entry)
        return list(found.values())


def contained(holder: Entry, name: str) -> Entry | None:
    """Return the contained resource of this id as an entry of its own; the holder itself for an empty name."""
    if not name:
        return holder
    for place, resource in enumerate(holder.resource.get("contained", ())):
        if resource.get("id") == name:
            url = uuid5(NAMESPACE_URL, f"{holder.full_url}#{name}").urn
            return Entry(url, resource, msgspec.Raw(wire.encode(resource)), holder.position, holder, place)
    return None


def _references_of(entry: Entry) -> list[str]:
    """Find the references in the text of the resource; where escapes may hide one, in the resource itself."""
    text = bytes(entry.raw)
    if b"\\/" in text or b"\\u" in text:
        return references_in(entry.resource)
    return [found.decode() for found in _REFERENCE.findall(text) if found[:1] != b"#"]


def references_in(resource: dict[str, Any]) -> list[str]:
    """Return every literal reference in a resource; those to contained resources are left out."""
    found: list[str] = []
    waiting: list[Any] = [resource]
    while waiting:
        part = waiting.pop()
        if type(part) is dict:
            target = part.get("reference")
            if type(target) is str and target[:1] != "#":
                found.append(target)
            part = part.values()
        waiting += [value for value in part if type(value) is dict or type(value) is list]
    return found


def path_of(reference: str, resource: dict[str, Any]) -> str:
    """Return the path, below `resource`, of the first element that holds `reference`."""
    waiting: list[tuple[Any, str]] = [(resource, "")]
    while waiting:
        part, path = waiting.pop()
        if type(part) is dict:
            if part.get("reference") == reference:
                return path
            waiting += [(value, f"{path}.{name}") for name, value in part.items()]
        elif type(part) is list:
            waiting += [(value, f"{path}[{place}]") for place, value in enumerate(part)]
    return ""
