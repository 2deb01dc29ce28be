"""Notices say what the law lists for each line of business, or are not written."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from forthwith.domain import notices
from forthwith.domain.notices import Audience, NoticeKind, compose
from forthwith.domain.notices.elements import Element, required
from forthwith.domain.words import Basis, ItemClass, LineOfBusiness, Outcome
from tests.domain.notice_facts import LETTERHEAD, REASON, RIGHTS, WOULD_CHANGE, facts

ADVERSE = (NoticeKind.PARTIAL_APPROVAL, NoticeKind.DENIAL)
EVERY = [(kind, lob, audience) for kind in NoticeKind for lob in LineOfBusiness for audience in Audience]
MA, MEDICAID, COMMERCIAL = LineOfBusiness


def words_of(value: Any) -> str:
    """Everything a reader reads, in order, as one text."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " ".join(words_of(one) for one in value)
    if isinstance(value, dict):
        return " ".join(words_of(one) for key, one in value.items() if key not in ("says", "schema", "link"))
    return ""


@pytest.mark.parametrize(("kind", "lob", "audience"), EVERY)
def test_every_notice_says_what_it_must(kind: NoticeKind, lob: LineOfBusiness, audience: Audience) -> None:
    content = compose(kind, facts(kind, lob, audience=audience))
    assert required(kind, lob, clinical=kind in ADVERSE) <= set(content["says"])
    text = words_of(content)
    for there in ("November 23, 2026", "Marigold Fenwick-Sample", "SMP 4820 1177", "R-7KQ4-93XM", "1-800-555-0110"):
        assert there in text
    assert "SVC-ESI-TF1" in text
    assert "November 18, 2026, 6:20 am ET" in text


@pytest.mark.parametrize("kind", ADVERSE)
@pytest.mark.parametrize(
    ("lob", "sayings"),
    [
        (MA, ["65 days", "72 hours", "30 days", "CMS-1696", "independent review", "cannot change this decision"]),
        (MEDICAID, ["60 days", "72 hours", "fair hearing", "120 days", "10 days", "agree in writing|written consent"]),
        (COMMERCIAL, ["180 days", "external review", "4 months", "1-866-444-3272", "502"]),
    ],
)
@pytest.mark.parametrize("audience", Audience)
def test_an_adverse_notice_reads_as_the_law_wants(
    kind: NoticeKind, lob: LineOfBusiness, sayings: list[str], audience: Audience
) -> None:
    text = words_of(compose(kind, facts(kind, lob, audience=audience)))
    common = [
        re.escape(REASON), re.escape(WOULD_CHANGE), "CMS LCD L33906", "January 27, 2027", "1-800-555-0144",
        "1-800-555-0124", "PO Box 0001", "free copy|free and on request|case file", "Ottoline Marsh-Sample, MD",
        "board certified in orthopedic surgery", "does not discriminate", "TTY 711", "1-800-633-4227", "ATENCIÓN",
    ]  # fmt: skip
    for saying in (*common, *sayings):
        assert re.search(saying, text), saying


def test_the_numbers_of_an_authorization_stand_only_on_approvals() -> None:
    for kind in NoticeKind:
        shown = "A-5TW2-81PC" in words_of(compose(kind, facts(kind)))
        assert shown is (kind in (NoticeKind.APPROVAL, NoticeKind.PARTIAL_APPROVAL)), kind


@pytest.mark.parametrize("lob", LineOfBusiness)
@pytest.mark.parametrize("audience", Audience)
def test_an_administrative_denial_is_labelled_and_silent_about_medical_need(
    lob: LineOfBusiness, audience: Audience
) -> None:
    content = compose(NoticeKind.DENIAL, facts(NoticeKind.DENIAL, lob, administrative=True, audience=audience))
    text = words_of(content)
    assert content["title"] == "Notice of administrative denial"
    assert "administrative (benefit) denial" in text
    assert not re.search(r"medical(ly)? (necess|need)|peer|doctor who decided", text, re.IGNORECASE)


def test_a_call_may_change_a_decision_only_where_the_plan_says_so() -> None:
    call = notices.PeerToPeer(phone="1-800-555-0131", can_change=True, until_on=date(2026, 12, 7))
    text = words_of(compose(NoticeKind.DENIAL, facts(NoticeKind.DENIAL, COMMERCIAL, peer_to_peer=call)))
    assert "can change this decision" in text and "cannot change" not in text
    assert "until December 7, 2026" in text


def test_a_medicare_advantage_letter_never_promises_that_a_call_changes_anything() -> None:
    call = notices.PeerToPeer(phone="1-800-555-0131", can_change=True)
    text = words_of(compose(NoticeKind.DENIAL, facts(NoticeKind.DENIAL, MA, peer_to_peer=call)))
    assert "cannot change this decision" in text


def test_both_copies_say_the_same_in_their_own_person() -> None:
    provider = compose(NoticeKind.DENIAL, facts(NoticeKind.DENIAL))
    member = compose(NoticeKind.DENIAL, facts(NoticeKind.DENIAL, audience=Audience.MEMBER))
    assert provider["salutation"] == "Dear Dr. Sampleton:"
    assert member["salutation"] == "Dear Marigold Fenwick-Sample:"
    assert "you asked for" in words_of(provider["answer"])
    assert "your provider asked for" in words_of(member["answer"])
    assert "CHÚ Ý" in words_of(member["foot"]) and "CHÚ Ý" not in words_of(provider["foot"])
    assert set(provider["says"]) == set(member["says"])


@pytest.mark.parametrize(
    ("changed", "lacking"),
    [
        ({"reasons": ()}, "the specific reason"),
        ({"reasons": (notices.Reason(words=" ", basis=Basis.CLINICAL),)}, "the specific reason"),
        ({"citations": ()}, "the criterion or plan provision"),
        ({"decider": None}, "who decided"),
        ({"appeal_by": None}, "date to appeal by"),
        ({"rights": None}, "how to appeal"),
        ({"peer_to_peer": None}, "call with the deciding physician"),
        ({"lines": ()}, "services asked for"),
    ],
)
def test_a_denial_that_lacks_something_is_refused_by_name(changed: dict[str, Any], lacking: str) -> None:
    with pytest.raises(notices.NoticeIncomplete) as refused:
        compose(NoticeKind.DENIAL, facts(NoticeKind.DENIAL, **changed))
    assert lacking in str(refused.value)


def test_every_refused_line_needs_its_own_reason() -> None:
    reason = notices.Reason(words="Not at this level.", basis=Basis.CLINICAL, lines=("SVC-ESI-TF1",))
    with pytest.raises(notices.NoticeIncomplete, match="the specific reason for SVC-ESI-TF2"):
        compose(NoticeKind.PARTIAL_APPROVAL, facts(NoticeKind.PARTIAL_APPROVAL, reasons=(reason,)))


def test_each_thing_that_would_change_a_decision_is_a_point_of_its_own() -> None:
    key = facts(NoticeKind.DENIAL).lines[0].key
    changes = "An exam note.\n\nAn imaging report.\nScores of pain."
    reason = notices.Reason(words="Not shown.", basis=Basis.CLINICAL, lines=(key,), would_change=changes)
    one_line = facts(NoticeKind.DENIAL).lines[:1]
    document = compose(NoticeKind.DENIAL, facts(NoticeKind.DENIAL, reasons=(reason,), lines=one_line))
    (points,) = [block for block in document["blocks"] if "An exam note." in str(block)]
    assert len(points["items"]) == 3


def test_the_same_words_for_several_lines_are_said_once() -> None:
    reasons = tuple(
        notices.Reason(words="Not at this level.", basis=Basis.CLINICAL, lines=(key,), would_change="A new note.")
        for key in ("SVC-ESI-TF1", "SVC-ESI-TF2")
    )
    text = words_of(compose(NoticeKind.PARTIAL_APPROVAL, facts(NoticeKind.PARTIAL_APPROVAL, reasons=reasons)))
    assert text.count("Not at this level.") == text.count("A new note.") == 1
    assert "SVC-ESI-TF1 and SVC-ESI-TF2. " in text


def test_a_notice_that_contradicts_its_lines_is_refused() -> None:
    lines = facts(NoticeKind.DENIAL).lines
    with pytest.raises(notices.NoticeIncomplete, match="these amount to denial"):
        compose(NoticeKind.APPROVAL, facts(NoticeKind.APPROVAL, lines=lines))


def test_an_approval_without_its_number_is_refused() -> None:
    request = replace(facts(NoticeKind.APPROVAL).request, authorization_number="")
    with pytest.raises(notices.NoticeIncomplete, match="authorization number"):
        compose(NoticeKind.APPROVAL, facts(NoticeKind.APPROVAL, request=request))


@pytest.mark.parametrize(
    ("kind", "field"),
    [(NoticeKind.INFORMATION, "reply_by"), (NoticeKind.EXTENSION, "why"), (NoticeKind.WITHDRAWAL, "why")],
)
def test_notices_on_the_way_are_refused_too(kind: NoticeKind, field: str) -> None:
    with pytest.raises(notices.NoticeIncomplete):
        compose(kind, facts(kind, **{field: None if field == "reply_by" else ""}))


def test_an_approval_by_the_rules_says_so_and_praises_nobody() -> None:
    text = words_of(compose(NoticeKind.APPROVAL, facts(NoticeKind.APPROVAL)))
    assert "met the plan's published criteria" in text
    assert "It is not a promise of payment" in text


@pytest.mark.parametrize(
    ("outcomes", "says"),
    [
        ("MC", "We approved both services you asked for, one of them in part."),
        ("CN", "We approved one of the two services you asked for."),
        ("M", "We approved part of what you asked for."),
        ("MN", "We approved one of the two services you asked for, in part."),
    ],
)
def test_the_first_sentence_counts_rightly(outcomes: str, says: str) -> None:
    known = {"M": Outcome.MODIFIED, "C": Outcome.CERTIFIED, "N": Outcome.NOT_CERTIFIED}
    whole = facts(NoticeKind.PARTIAL_APPROVAL)
    lines = tuple(
        replace(line, outcome=known[one], approved=1) for one, line in zip(outcomes, whole.lines, strict=False)
    )
    reason = notices.Reason(words="Because.", basis=Basis.CLINICAL)
    content = compose(NoticeKind.PARTIAL_APPROVAL, replace(whole, lines=lines, reasons=(reason,)))
    assert words_of(content["answer"]).startswith(says)


def test_a_denial_cannot_be_read_as_a_part_of_an_approval() -> None:
    whole = facts(NoticeKind.DENIAL)
    sentences = [
        words_of(compose(NoticeKind.DENIAL, replace(whole, lines=whole.lines[:n]))["answer"]).strip() for n in (1, 2, 3)
    ]
    assert sentences == [
        "We did not approve the service you asked for.",
        "We did not approve either of the two services you asked for.",
        "We did not approve any of the three services you asked for.",
    ]


def test_a_part_b_drug_appeal_is_answered_sooner() -> None:
    content = compose(NoticeKind.DENIAL, facts(NoticeKind.DENIAL), item=ItemClass.PART_B_DRUG)
    assert "We answer within 7 days" in words_of(content)


def test_headings_go_down_one_level_at_a_time() -> None:
    for kind, lob, audience in EVERY:
        level = 1
        for block in compose(kind, facts(kind, lob, audience=audience))["blocks"]:
            for one in block.get("blocks", [block]):
                if one["block"] == "heading":
                    assert one["level"] <= level + 1
                    level = one["level"]


@given(st.text(max_size=300))
def test_whatever_a_physician_writes_can_be_stored_and_stands_there(words: str) -> None:
    reason = notices.Reason(words="Because: " + words, basis=Basis.CLINICAL)
    content = compose(NoticeKind.DENIAL, facts(NoticeKind.DENIAL, reasons=(reason,)))
    stored = json.loads(json.dumps(content).encode())
    assert stored == content
    kept = re.sub(
        "[\x00\ud800-\udfff]", "\ufffd", words.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    )
    assert "Because: " + kept in words_of(stored)
    assert "\x00" not in words_of(stored)


def test_equal_facts_give_equal_documents() -> None:
    assert compose(NoticeKind.DENIAL, facts(NoticeKind.DENIAL)) == compose(NoticeKind.DENIAL, facts(NoticeKind.DENIAL))


@pytest.mark.parametrize(
    ("outcomes", "kind"),
    [
        ([Outcome.CERTIFIED, Outcome.NOT_REQUIRED], NoticeKind.APPROVAL),
        ([Outcome.NOT_CERTIFIED, Outcome.NOT_REQUIRED], NoticeKind.DENIAL),
        ([Outcome.MODIFIED], NoticeKind.PARTIAL_APPROVAL),
        ([Outcome.NOT_REQUIRED], NoticeKind.NOT_REQUIRED),
        ([Outcome.CERTIFIED, Outcome.PENDED], None),
        ([Outcome.CONTACT_PAYER], None),
    ],
)
def test_the_lines_say_which_notice_is_owed(outcomes: list[Outcome], kind: NoticeKind | None) -> None:
    assert notices.determination_kind(outcomes) is kind


def test_a_mixed_determination_names_what_needs_no_authorization() -> None:
    whole = facts(NoticeKind.APPROVAL)
    lines = (whole.lines[0], replace(whole.lines[1], outcome=Outcome.NOT_REQUIRED, approved=0))
    content = compose(NoticeKind.APPROVAL, replace(whole, lines=lines))
    text = words_of(content)
    assert "We approved one of the two services you asked for." in text
    assert "One of the services needs no authorization." in text
    assert "No authorization needed" in text


def test_a_letterhead_with_a_mistake_says_which_field() -> None:
    with pytest.raises(notices.LetterheadInvalid, match=r"Harborlight.*\$\.help_lines"):
        notices.read_letterhead({**LETTERHEAD, "help_lines": "none"})


def test_rights_with_a_mistake_say_which_document_and_field() -> None:
    documents = yaml.safe_load(RIGHTS.read_text())
    documents[0]["expedited"] = 72
    with pytest.raises(notices.RightsInvalid, match=r"'ma-2026'.*\$\.expedited"):
        notices.read_book(documents)


def test_rights_are_found_by_date() -> None:
    documents = yaml.safe_load(RIGHTS.read_text())
    later = {**documents[0], "id": "ma-2027", "effective_from": date(2027, 1, 1)}
    book = notices.read_book([*documents, later])
    assert book.of(MA, on=date(2026, 12, 31)).id == "ma-2026"
    assert book.of(MA, on=date(2027, 1, 1)).id == "ma-2027"
    with pytest.raises(notices.RightsUnknown):
        book.of(MA, on=date(2025, 12, 31))


def test_every_element_is_required_somewhere() -> None:
    everywhere = {
        one for kind in NoticeKind for lob in LineOfBusiness for clinical in (True, False)
        for one in required(kind, lob, clinical=clinical)
    }  # fmt: skip
    assert everywhere == set(Element)
