"""Facts for notices in tests: invented people, one tenant, three lines."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

import forthwith
from forthwith.domain import notices
from forthwith.domain.notices import NoticeKind
from forthwith.domain.words import Basis, LineOfBusiness, Outcome

RIGHTS = Path(forthwith.__file__).parent / "apps" / "letters" / "wording" / "rights.yaml"
BOOK = notices.read_book(yaml.safe_load(RIGHTS.read_text()))
ISSUED = datetime(2026, 11, 23, 13, 13, tzinfo=UTC)

LETTERHEAD = {
    "name": "Harborlight Advantage",
    "address": ["PO Box 0000", "Samplefield, ZZ 00000"],
    "phone": "1-800-555-0110",
    "appeal_phone": "1-800-555-0144",
    "appeal_fax": "1-800-555-0124",
    "appeal_address": ["Appeals", "PO Box 0001", "Samplefield, ZZ 00000"],
    "peer_to_peer_phone": "1-800-555-0131",
    "help_lines": [
        {"name": "Medicare", "phone": "1-800-633-4227", "url": "https://www.medicare.gov"},
        {"name": "State Health Insurance Assistance Program", "phone": "1-800-555-0150"},
    ],
    "languages": [
        {"language": "es", "words": "ATENCIÓN: si habla español, llame al 1-800-555-0110 (TTY: 711)."},
        {"language": "vi", "words": "CHÚ Ý: Nếu bạn nói Tiếng Việt, gọi số 1-800-555-0110 (TTY: 711)."},
    ],
    "synthetic": True,
}

_OUTCOMES = {
    NoticeKind.APPROVAL: (Outcome.CERTIFIED, Outcome.CERTIFIED, Outcome.CERTIFIED),
    NoticeKind.PARTIAL_APPROVAL: (Outcome.MODIFIED, Outcome.NOT_CERTIFIED, Outcome.CERTIFIED),
    NoticeKind.DENIAL: (Outcome.NOT_CERTIFIED, Outcome.NOT_CERTIFIED, Outcome.NOT_CERTIFIED),
    NoticeKind.NOT_REQUIRED: (Outcome.NOT_REQUIRED, Outcome.NOT_REQUIRED, Outcome.NOT_REQUIRED),
}
_SERVICES = (
    ("SVC-ESI-TF1", "Nerve-root injection, lower back, first level (L4–L5, left)", 2, 1, "session"),
    ("SVC-ESI-TF2", "Same, each further level (L5–S1, left)", 1, 0, "session"),
    ("SVC-EXER", "Exercise therapy, outpatient", 12, 12, "visit"),
)
REASON = (
    "CMS LCD L33906 asks for exam and imaging findings that agree at the level to be treated. "
    "The September 21 MRI and the October 28 note describe L4–L5 only."
)
WOULD_CHANGE = "An exam note or imaging report that describes L5–S1 on the left."


def lines(kind: NoticeKind) -> tuple[notices.Line, ...]:
    outcomes = _OUTCOMES.get(kind, (Outcome.PENDED,) * 3)
    made = []
    for (key, title, asked, part, unit), outcome in zip(_SERVICES, outcomes, strict=True):
        approved = {Outcome.CERTIFIED: asked, Outcome.MODIFIED: part}.get(outcome, 0)
        made.append(
            notices.Line(
                key=key, title=title, asked=asked, approved=approved, unit=unit, outcome=outcome,
                starts_on=date(2026, 12, 7), ends_on=date(2027, 3, 7),
            )
        )  # fmt: skip
    return tuple(made)


def facts(
    kind: NoticeKind,
    line_of_business: LineOfBusiness = LineOfBusiness.MEDICARE_ADVANTAGE,
    *,
    audience: notices.Audience = notices.Audience.PROVIDER,
    administrative: bool = False,
    **changed: Any,
) -> notices.NoticeFacts:
    """Complete facts for this kind, with any of them replaced."""
    adverse = kind in (NoticeKind.PARTIAL_APPROVAL, NoticeKind.DENIAL)
    member = audience is notices.Audience.MEMBER
    made: dict[str, Any] = {
        "letterhead": notices.read_letterhead(LETTERHEAD),
        "plan": notices.Plan(
            name="Harborlight Advantage Plus (HMO)", line_of_business=line_of_business, zone="America/New_York"
        ),
        "recipient": notices.Recipient(
            name="Marigold Fenwick-Sample" if member else "Dr. Imogen Sampleton",
            address=("400 Specimen Way", "Samplefield, ZZ 00000"),
            greeting="Marigold Fenwick-Sample" if member else "Dr. Sampleton",
            audience=audience,
        ),
        "member": notices.Member(name="Marigold Fenwick-Sample", number="SMP 4820 1177", born_on=date(1951, 3, 14)),
        "request": notices.Request(
            reference="R-7KQ4-93XM",
            received_at=datetime(2026, 11, 18, 11, 20, tzinfo=UTC),
            due_at=datetime(2026, 11, 26, 4, 59, 59, tzinfo=UTC),
            authorization_number="A-5TW2-81PC",
            requester="Juniper Ridge Spine and Joint",
        ),
        "issued_at": ISSUED,
        "lines": lines(kind),
        "rights": BOOK.of(line_of_business, on=date(2026, 11, 23)),
    }
    if adverse:
        basis = Basis.ADMINISTRATIVE if administrative else Basis.CLINICAL
        words = "The plan's benefits exclude this service." if administrative else REASON
        keys = ("SVC-ESI-TF1", "SVC-ESI-TF2") + (("SVC-EXER",) if kind is NoticeKind.DENIAL else ())
        made |= {
            "reasons": (
                notices.Reason(words=words, basis=basis, lines=keys, would_change=WOULD_CHANGE),
            ),
            "citations": (
                notices.Citation(kind="plan", id="Evidence of Coverage, chapter 4")
                if administrative
                else notices.Citation(
                    kind="LCD", id="L33906", title="epidural steroid injections for pain management",
                    url="https://www.cms.gov/medicare-coverage-database",
                ),
            ),
            "decider": notices.Decider(
                name="Ottoline Marsh-Sample, MD", specialty="board certified in orthopedic surgery",
                title="Medical Director, Utilization Management",
            ),
            "appeal_by": date(2027, 1, 27),
            "peer_to_peer": None if administrative else notices.PeerToPeer(phone="1-800-555-0131"),
        }  # fmt: skip
    if kind is NoticeKind.INFORMATION:
        made |= {
            "asked": (
                notices.Question(words="The MRI report of the lower back.", why="The note speaks of it."),
                notices.Question(words="Which levels are to be treated?"),
            ),
            "reply_by": datetime(2026, 11, 25, 4, 59, 59, tzinfo=UTC),
        }
    if kind in (NoticeKind.EXTENSION, NoticeKind.WITHDRAWAL):
        made["why"] = "The member asked for it."
    return notices.NoticeFacts(**{**made, **changed})
