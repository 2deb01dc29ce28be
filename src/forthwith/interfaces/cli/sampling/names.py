"""Invented names, and keys that are the same in every load."""

from __future__ import annotations

import hashlib
import random
from uuid import UUID, uuid5

_WORLD = UUID("5f0c1a52-6a3e-5d0b-9a56-0d6e8f1b7c11")

FIRST_F = (
    "Marigold", "Imogen", "Odalys", "Thea", "Rosalba", "Wilhelmina", "Noor", "Henrike", "Zuri", "Beatriz", "Linh",
    "Agnes", "Cordelia", "Ines", "Saoirse", "Priya", "Mireille", "Yolanda", "Anouk", "Dolores", "Freya", "Kiyomi",
    "Leonor", "Mabel", "Petra", "Ruth", "Sunniva", "Tabitha", "Ursula", "Vera",
)  # fmt: skip
FIRST_M = (
    "Alaric", "Benedikt", "Caspian", "Dashiell", "Emeric", "Fintan", "Gideon", "Hollis", "Ignatius", "Jovan", "Kofi",
    "Leander", "Mateo", "Nikolai", "Osric", "Pavel", "Quentin", "Rafael", "Soren", "Tobias", "Ulric", "Vikram",
    "Wendell", "Xander", "Yusuf", "Zoltan", "Amadou", "Bao", "Cyrus", "Diego",
)  # fmt: skip
LAST = (
    "Fenwick", "Ashdown", "Brambleton", "Castellane", "Dunmere", "Eastwick", "Farrowby", "Glenhollow", "Hartsworth",
    "Ivanhurst", "Juniper", "Kestrel", "Larkspur", "Merriwether", "Nettlefold", "Orchardson", "Pemberley", "Quillfeather",
    "Ravensworth", "Silverthorn", "Thistledown", "Underhill", "Vantongeren", "Wetherby", "Yarrow", "Zelenko", "Abelard",
    "Birchall", "Calloway", "Dovetail", "Elderflower", "Foxglove", "Garrideb", "Hawthorne", "Inglewood", "Jessamine",
)  # fmt: skip
SURNAME_TAIL = "Sample"  # every member's second surname says that the person is invented
STREETS = ("Sample Way", "Example Street", "Invented Avenue", "Placeholder Lane", "Specimen Road")
PRACTICES = (
    "Spine and Pain Associates", "Orthopedic Group", "Family Medicine", "Rheumatology Partners", "Neurosurgery Center",
    "Internal Medicine", "Sports Medicine",
)  # fmt: skip
FACILITIES = (
    "General Hospital", "Surgery Center", "Imaging Center", "Memorial Hospital", "Infusion Center",
)  # fmt: skip


def key(*parts: object) -> UUID:
    """The same key for the same parts, in every load."""
    return uuid5(_WORLD, "/".join(str(part) for part in parts))


def chance(*parts: object) -> random.Random:
    """A source of chance that is the same for the same parts, whatever was drawn elsewhere."""
    text = "/".join(str(part) for part in parts)
    return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"))


def address(dice: random.Random, towns: list[list[str]], state: str) -> dict[str, object]:
    """An invented address in a town of the tenant."""
    town, code = dice.choice(towns)
    return {"lines": [f"{dice.randint(1, 999)} {dice.choice(STREETS)}"], "city": town, "state": state, "zip": code}


def phone(dice: random.Random, area_code: str) -> str:
    """A number of the block kept for fiction."""
    return f"{area_code}-555-01{dice.randint(0, 99):02d}"
