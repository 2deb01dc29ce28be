"""What happened, as a list of steps: newest first, each with a glyph, a time and a sentence.

The records name acts in the past tense; here they become words. An act that this page does not know is shown by
its own name rather than hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from forthwith.interfaces.web.presenting import dates


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a timeline."""

    title: str
    meta: str
    text: str
    tone: str
    icon: str


GLYPHS: dict[str, tuple[str, str]] = {
    "received": ("calm", "inbox"),
    "taken": ("review", "circle-dot"),
    "asked": ("pend", "undo-2"),
    "answered": ("review", "corner-down-right"),
    "recommended": ("review", "user-check"),
    "escalated": ("review", "stethoscope"),
    "approved": ("approve", "circle-check"),
    "partial": ("partial", "contrast"),
    "denied": ("deny", "circle-x"),
    "not_required": ("calm", "circle-minus"),
    "extended": ("pend", "timer"),
    "withdrawn": ("calm", "circle-slash"),
    "letter": ("calm", "mail"),
    "attached": ("calm", "paperclip"),
    "other": ("calm", "circle-dot"),
}


def step(
    kind: str,
    title: str,
    text: str,
    *,
    happened_at: datetime,
    zone: str,
    now: datetime,
    by: str = "",
) -> Step:
    """One step; `kind` is one of GLYPHS, `by` a name put after the time."""
    tone, icon = GLYPHS.get(kind, GLYPHS["other"])
    when = dates.nearby(happened_at, zone, now=now)
    return Step(
        title=title,
        meta=f"{when}, {by}" if by else when,
        text=text,
        tone=tone,
        icon=icon,
    )
