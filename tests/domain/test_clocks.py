"""Which allowances govern, what an extension and a question do, and when a clock has stopped."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from forthwith.domain import clocks
from forthwith.domain.words import LineOfBusiness
from tests.domain.clock_cases import at, book, case, due, one, reckon

END = "23:59:59 -0500"


@pytest.mark.parametrize(
    ("lob", "more", "rule", "expected"),
    [
        ("medicare_advantage", {}, "ma_standard", f"2026-11-16 {END}"),
        ("medicare_advantage", {"item": "inpatient"}, "ma_standard", f"2026-11-16 {END}"),
        ("medicare_advantage", {"timing": "concurrent"}, "ma_standard", f"2026-11-16 {END}"),
        ("medicare_advantage", {"urgency": "expedited"}, "ma_expedited", "2026-11-12 10:00:00 -0500"),
        ("medicare_advantage", {"timing": "post_service"}, "ma_payment", f"2027-01-08 {END}"),
        ("medicaid", {}, "medicaid_standard", f"2026-11-16 {END}"),
        ("medicaid", {"urgency": "expedited"}, "medicaid_expedited", "2026-11-12 10:00:00 -0500"),
        ("medicaid", {"item": "outpatient_drug"}, "medicaid_outpatient_drug", "2026-11-10 10:00:00 -0500"),
        ("medicaid", {"item": "part_b_drug"}, "medicaid_standard", f"2026-11-16 {END}"),
        ("commercial", {}, "erisa_pre_service", f"2026-11-24 {END}"),
        ("commercial", {"urgency": "expedited"}, "erisa_urgent", "2026-11-12 10:00:00 -0500"),
        ("commercial", {"timing": "post_service"}, "erisa_post_service", f"2026-12-09 {END}"),
        (
            "commercial",
            {"urgency": "expedited", "timing": "concurrent"},
            "erisa_urgent_concurrent",
            "2026-11-10 10:00:00 -0500",
        ),
        ("commercial", {"state": "NY"}, "ny_preauthorization", f"2026-11-13 {END}"),
        ("commercial", {"state": "NY", "timing": "concurrent"}, "ny_concurrent", f"2026-11-10 {END}"),
        ("commercial", {"state": "CA"}, "ca_standard", f"2026-11-17 {END}"),
        ("commercial", {"state": "AZ"}, "az_non_urgent", f"2026-11-23 {END}"),
        ("commercial", {"state": "ME"}, "me_2_business_days", None),
        ("commercial", {"accredited": True}, "ncqa_non_urgent_commercial", f"2026-11-16 {END}"),
    ],
)
def test_the_rule_that_governs(lob: str, more: dict[str, str], rule: str, expected: str | None) -> None:
    """Received on Monday 2026-11-09 at ten; the 11th is Veterans Day."""
    clock = reckon("2026-11-09 10:00", lob, **more)
    if rule == "me_2_business_days":  # the 11th is a holiday: 72 hours come first
        assert (due(clock, rule), due(clock)) == (f"2026-11-12 {END}", "2026-11-12 10:00:00 -0500")
        return
    assert clock.governing is not None and clock.governing.rule == rule
    assert due(clock) == expected


@pytest.mark.parametrize(
    ("lob", "rule", "before", "day_before", "day_of"),
    [
        ("medicare_advantage", "ma_standard", "2025-12-31", f"2026-01-14 {END}", f"2026-01-08 {END}"),
        ("medicaid", "medicaid_standard", "2025-12-31", f"2026-01-14 {END}", f"2026-01-08 {END}"),
        (
            "commercial",
            "ncqa_non_urgent_commercial",
            "2026-06-30",
            "2026-07-15 23:59:59 -0400",
            "2026-07-08 23:59:59 -0400",
        ),
    ],
)
def test_a_change_of_law_begins_at_midnight_in_the_plans_zone(
    lob: str, rule: str, before: str, day_before: str, day_of: str
) -> None:
    following = date.fromordinal(date.fromisoformat(before).toordinal() + 1)
    assert due(reckon(f"{before} 23:59:59", lob), rule) == day_before
    assert due(reckon(f"{following} 00:00", lob), rule) == day_of


def test_medicaid_times_nothing_after_the_care() -> None:
    clock = reckon("2026-11-09 10:00", "medicaid", timing="post_service")
    assert clock.governing is None
    assert clock.document()["due_at"] is None
    assert [found.rule for found in clock.dues] == ["ncqa_post_service"]


class TestWhoGoverns:
    def test_an_accreditor_governs_only_an_accredited_plan(self) -> None:
        plain = reckon("2026-11-09 10:00", "commercial")
        assert not one(plain, "ncqa_non_urgent_commercial").governs
        assert "accredited" in one(plain, "ncqa_non_urgent_commercial").note
        assert due(plain) == f"2026-11-24 {END}"

    def test_a_state_is_pre_empted_under_medicare_advantage_and_still_shown(self) -> None:
        clock = reckon("2026-11-09 10:00", state="NY")
        state = one(clock, "ny_preauthorization")
        assert (state.governs, due(clock)) == (False, f"2026-11-16 {END}")
        assert "42 CFR 422.402" in state.note

    def test_a_state_governs_medicaid(self) -> None:
        clock = reckon("2026-11-09 10:00", "medicaid", state="NY")
        assert clock.governing is not None and clock.governing.rule == "ny_preauthorization"

    def test_among_equals_the_law_is_named_before_a_promise(self) -> None:
        clock = reckon("2026-11-30 10:00", service_levels=("ca_5bd",))
        assert due(clock, "ca_5bd") == due(clock, "ma_standard")
        assert clock.governing is not None and clock.governing.rule == "ma_standard"

    def test_another_states_rule_is_not_even_shown(self) -> None:
        clock = reckon("2026-11-09 10:00", "commercial", state="TX")
        assert {found.rule for found in clock.dues} == {"erisa_pre_service", "ncqa_non_urgent_commercial"}

    def test_service_levels_join_the_minimum(self) -> None:
        clock = reckon("2026-11-02 10:00", "commercial", service_levels=("ca_5bd",))
        assert clock.governing is not None and clock.governing.rule == "ca_5bd"

    def test_seventy_two_hours_of_the_accreditor_are_three_days(self) -> None:
        clock = reckon("2026-11-09 10:00", urgency="expedited", accredited=True)
        assert due(clock, "ncqa_urgent_public") == f"2026-11-12 {END}"
        assert one(clock, "ncqa_urgent_public").allowance == "72 hours, counted as 3 calendar days"


class TestExtending:
    EXTENDED = {"extended_at": "2026-11-10 10:00"}

    def test_hours_are_extended_by_days_at_the_same_time_of_day(self) -> None:
        moments = {"extended_at": "2026-10-30 12:00"}
        clock = reckon("2026-10-27 16:30", urgency="expedited", moments=moments)
        assert due(clock) == "2026-11-13 16:30:00 -0500"

    def test_a_part_b_drug_is_never_extended(self) -> None:
        with pytest.raises(clocks.ExtensionRefused, match="72 hours for a Part B drug may not be extended"):
            reckon("2026-11-09 10:00", item="part_b_drug", moments=self.EXTENDED)

    def test_an_outpatient_drug_is_never_extended(self) -> None:
        with pytest.raises(clocks.ExtensionRefused, match=r"1927\(d\)\(5\)"):
            reckon("2026-11-09 10:00", "medicaid", item="outpatient_drug", moments=self.EXTENDED)

    def test_an_accreditors_extension_does_not_help_where_the_law_gives_none(self) -> None:
        with pytest.raises(clocks.ExtensionRefused, match="urgent claim"):
            reckon("2026-11-09 10:00", "commercial", urgency="expedited", accredited=True, moments=self.EXTENDED)

    def test_nothing_to_extend_where_no_rule_sets_a_time(self) -> None:
        with pytest.raises(clocks.ExtensionRefused, match="No rule"):
            reckon("2026-11-09 10:00", "medicaid", timing="post_service", moments=self.EXTENDED)

    def test_time_that_has_run_out_is_not_extended(self) -> None:
        with pytest.raises(clocks.ExtensionRefused, match="run out on November 16, 2026, 23:59"):
            reckon("2026-11-09 10:00", moments={"extended_at": "2026-11-17 00:00"})

    def test_a_states_time_is_not_extended_with_the_federal_one(self) -> None:
        clock = reckon("2026-11-09 10:00", "medicaid", state="CA", moments=self.EXTENDED)
        assert due(clock, "medicaid_standard") == f"2026-11-30 {END}"
        assert due(clock) == f"2026-11-17 {END}"

    def test_erisa_fifteen_and_fifteen(self) -> None:
        assert due(reckon("2026-11-02 10:00", "commercial", moments=self.EXTENDED)) == f"2026-12-02 {END}"


class TestPossibleExtension:
    def offer(self, lob: str = "medicare_advantage", **more: str) -> clocks.PossibleExtension:
        moments = clocks.Moments(received_at=at("2026-11-09 10:00"))
        return clocks.possible_extension(case(lob, **more), moments, book(), at=at("2026-11-12 09:00"))

    def test_fourteen_days_with_reasons_and_notice(self) -> None:
        offer = self.offer()
        assert offer.allowed and offer.changes
        assert (offer.days, offer.rule, offer.until) == (14, "ma_standard", at("2026-11-30 23:59:59"))
        assert {reason.key for reason in offer.reasons} == {
            "member_asked",
            "non_contract_evidence",
            "extraordinary",
        }
        assert "expedited grievance" in offer.notice
        assert offer.reason("member_asked").words == "The enrollee asked for more time."

    def test_a_reason_that_the_rule_does_not_know_is_refused(self) -> None:
        with pytest.raises(clocks.ExtensionRefused, match="no lawful reason"):
            self.offer().reason("too_busy")

    def test_what_may_not_be_extended_says_so(self) -> None:
        offer = self.offer(item="part_b_drug")
        assert not offer.allowed and offer.days is None
        assert "may not be extended" in offer.words

    def test_it_tells_when_extending_gains_nothing(self) -> None:
        offer = self.offer("medicaid", state="NY")
        assert offer.allowed and not offer.changes
        assert offer.until == at("2026-11-13 23:59:59")

    @pytest.mark.parametrize(
        ("moments", "words"),
        [
            ({"extended_at": "2026-11-10 10:00"}, "extended once"),
            ({"decided_at": "2026-11-10 10:00"}, "is decided"),
        ],
    )
    def test_not_twice_and_not_after_the_decision(self, moments: dict[str, str], words: str) -> None:
        told = {name: at(text) for name, text in moments.items()}
        offer = clocks.possible_extension(case(), clocks.Moments(received_at=at("2026-11-09 10:00"), **told), book())
        assert not offer.allowed and words in offer.words

    def test_a_line_whose_rule_gives_none_says_so_too_when_its_request_was_extended(self) -> None:
        moments = clocks.Moments(received_at=at("2026-11-09 10:00"), extended_at=at("2026-11-10 10:00"))
        offer = clocks.possible_extension(case(item="part_b_drug"), moments, book())
        assert not offer.allowed and "extended once" in offer.words

    def test_asking_was_the_one_extension_under_erisa(self) -> None:
        moments = clocks.Moments(received_at=at("2026-11-09 10:00"), information_asked_at=at("2026-11-10 10:00"))
        offer = clocks.possible_extension(case("commercial"), moments, book())
        assert not offer.allowed and "itself the one extension" in offer.words


class TestAskingForInformation:
    ASKED = {"information_asked_at": "2026-11-10 10:00"}
    ANSWERED = {**ASKED, "information_received_at": "2026-11-20 10:00"}

    @pytest.mark.parametrize("lob", ["medicare_advantage", "medicaid"])
    def test_public_programs_never_stop(self, lob: str) -> None:
        clock = reckon("2026-11-09 10:00", lob, moments=self.ANSWERED)
        assert due(clock) == f"2026-11-16 {END}"
        assert clock.governing is not None and "does not stop" in clock.governing.note

    def test_the_accreditor_never_stops(self) -> None:
        clock = reckon("2026-11-09 10:00", "commercial", accredited=True, moments=self.ANSWERED)
        assert due(clock) == f"2026-11-16 {END}"

    @pytest.mark.parametrize(
        ("state", "rule", "expected"),
        [
            ("CA", "ca_standard", f"2026-12-01 {END}"),
            ("NY", "ny_preauthorization", f"2026-11-25 {END}"),
        ],
    )
    def test_a_states_time_starts_with_the_necessary_information(self, state: str, rule: str, expected: str) -> None:
        clock = reckon("2026-11-09 10:00", "commercial", state=state, moments=self.ANSWERED)
        assert due(clock, rule) == expected
        assert one(clock, rule).started_at == at("2026-11-20 10:00")

    @pytest.mark.parametrize(
        ("state", "rule", "expected"),
        [("AZ", "az_non_urgent", f"2026-11-23 {END}"), ("ME", "me_72_hours", "2026-11-12 10:00:00 -0500")],
    )
    def test_arizona_and_maine_are_counted_from_receipt(self, state: str, rule: str, expected: str) -> None:
        clock = reckon("2026-11-09 10:00", "commercial", state=state, moments=self.ANSWERED)
        assert due(clock, rule) == expected
        assert "does not stop" in one(clock, rule).note

    def test_until_it_comes_the_states_time_has_not_started(self) -> None:
        clock = reckon("2026-11-09 10:00", "medicaid", state="NY", moments=self.ASKED)
        state = one(clock, "ny_preauthorization")
        assert (state.due_at, state.started_at, state.governs) == (None, None, False)
        assert "Has not started" in state.note
        assert due(clock) == f"2026-11-16 {END}"

    def test_a_late_question_is_told(self) -> None:
        moments = {"information_asked_at": "2026-11-20 10:00", "information_received_at": "2026-11-23 10:00"}
        state = one(reckon("2026-11-09 10:00", "commercial", state="CA", moments=moments), "ca_standard")
        assert "asked for after November 17, 2026, 23:59" in state.note

    def test_erisa_waits_forty_five_days_and_then_goes_on(self) -> None:
        clock = reckon("2026-11-09 10:00", "commercial", moments=self.ASKED)
        assert due(clock) == f"2027-01-09 {END}"  # supply until December 25 and fifteen days: before 30 + 45
        assert "may come until December 25, 2026" in one(clock, "erisa_pre_service").note

    def test_erisa_information_after_its_time_changes_nothing(self) -> None:
        late = {**self.ASKED, "information_received_at": "2027-01-05 10:00"}
        assert due(reckon("2026-11-09 10:00", "commercial", moments=late)) == f"2027-01-09 {END}"

    def test_erisa_is_not_paused_by_a_question_after_its_time(self) -> None:
        moments = {"information_asked_at": "2026-11-25 00:00"}
        clock = reckon("2026-11-09 10:00", "commercial", moments=moments)
        assert due(clock) == f"2026-11-24 {END}"
        assert "Not paused" in one(clock, "erisa_pre_service").note

    def test_an_erisa_pause_never_takes_time_away(self) -> None:
        quick = {
            "information_asked_at": "2026-11-09 11:00",
            "information_received_at": "2026-11-09 12:00",
        }
        clock = reckon("2026-11-09 10:00", "commercial", timing="post_service", moments=quick)
        assert due(clock) == f"2026-12-09 {END}"

    @pytest.mark.parametrize(
        ("asked", "received", "expected"),
        [
            ("2026-11-09 20:00", "2026-11-10 08:00", "2026-11-12 08:00:00 -0500"),  # 48 h from the supply
            ("2026-11-09 20:00", "2026-11-20 08:00", "2026-11-13 20:00:00 -0500"),  # 48 h to supply + 48 h
            ("2026-11-09 20:00", None, "2026-11-13 20:00:00 -0500"),
            ("2026-11-10 10:01", "2026-11-11 08:00", "2026-11-12 10:00:00 -0500"),  # asked too late
        ],
    )
    def test_erisa_urgent(self, asked: str, received: str | None, expected: str) -> None:
        moments = {"information_asked_at": asked}
        if received:
            moments["information_received_at"] = received
        clock = reckon("2026-11-09 10:00", "commercial", urgency="expedited", moments=moments)
        assert due(clock) == expected


class TestStopping:
    def test_decided_is_not_notified(self) -> None:
        clock = reckon("2026-11-09 10:00", moments={"decided_at": "2026-11-10 10:00"})
        assert clock.owed is not None and clock.owed.rule == "ma_standard"
        assert clock.is_overdue(at("2026-11-17 00:00")) and not clock.is_overdue(at("2026-11-16 23:59:59"))

    def test_the_last_notice_stops_it(self) -> None:
        moments = {"decided_at": "2026-11-10 10:00", "notified_at": "2026-11-17 08:00"}
        clock = reckon("2026-11-09 10:00", moments=moments)
        assert clock.owed is None and clock.is_late
        assert not clock.is_overdue(at("2026-12-31 00:00"))

    def test_a_decision_stops_a_rule_that_asks_for_no_notice(self) -> None:
        clock = reckon("2026-11-02 10:00", service_levels=("ca_5bd",), moments={"decided_at": "2026-11-03 10:00"})
        assert one(clock, "ca_5bd").stopped_at == at("2026-11-03 10:00")
        assert one(clock, "ma_standard").stopped_at is None
        assert not clock.is_late

    @pytest.mark.parametrize(
        ("lob", "more", "meaning"),
        [
            ("medicare_advantage", {}, "deemed_adverse"),
            ("medicaid", {}, "deemed_adverse"),
            ("commercial", {}, "deemed_exhausted"),
            ("commercial", {"state": "AZ"}, "deemed_granted"),
            ("commercial", {"state": "NY"}, "deemed_adverse"),
            ("commercial", {"state": "CA"}, "report_only"),
        ],
    )
    def test_what_a_breach_means_is_data(self, lob: str, more: dict[str, str], meaning: str) -> None:
        assert reckon("2026-11-09 10:00", lob, **more).document()["on_breach"] == meaning


class TestRefusing:
    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"lob": "medicare"}, "lob"),
            ({"item": "drug"}, "item"),
            ({"urgency": "asap"}, "urgency"),
            ({"timing": "later"}, "timing"),
            ({"zone": "Mars/Olympus"}, "zone"),
            ({"state": "XX"}, "state"),
        ],
    )
    def test_a_word_that_nobody_knows_names_its_field(self, more: dict[str, str], field: str) -> None:
        with pytest.raises(clocks.CaseInvalid) as refusal:
            case(**more)
        assert refusal.value.field == field

    def test_care_already_given_cannot_be_expedited(self) -> None:
        with pytest.raises(clocks.CareAlreadyGiven, match="Care already given cannot be expedited"):
            case(urgency="expedited", timing="post_service")

    def test_a_service_level_that_nobody_knows(self) -> None:
        with pytest.raises(clocks.CaseInvalid, match="ca_5bd"):
            reckon("2026-11-09 10:00", service_levels=("in_a_minute",))

    def test_before_the_law_began(self) -> None:
        with pytest.raises(clocks.NotInForce, match="2020-01-01") as refusal:
            reckon("2019-12-31 23:00")
        assert refusal.value.field == "received_at"

    @pytest.mark.parametrize(
        ("moments", "field", "why"),
        [
            ({"information_asked_at": "2026-11-08 10:00"}, "information_asked_at", "before received"),
            ({"information_received_at": "2026-11-10 10:00"}, "information_received_at", "needs the moment"),
            (
                {"information_asked_at": "2026-11-10 10:00", "information_received_at": "2026-11-09 10:00"},
                "information_received_at",
                "before information asked",
            ),
            ({"extended_at": "2026-11-08 10:00"}, "extended_at", "before received"),
            ({"decided_at": "2026-11-08 10:00"}, "decided_at", "before received"),
            ({"notified_at": "2026-11-10 10:00"}, "notified_at", "needs the moment"),
        ],
    )
    def test_moments_that_contradict_each_other(self, moments: dict[str, str], field: str, why: str) -> None:
        with pytest.raises(clocks.MomentsInvalid, match=why) as refusal:
            reckon("2026-11-09 10:00", moments=moments)
        assert refusal.value.field == field

    def test_a_time_without_an_offset(self) -> None:
        with pytest.raises(clocks.MomentsInvalid, match="offset"):
            clocks.Moments(received_at=datetime(2026, 11, 9))  # noqa: DTZ001 (the point)

    def test_a_year_out_of_reach(self) -> None:
        with pytest.raises(clocks.MomentsInvalid, match="9999"):
            reckon("9999-12-31 10:00")


@pytest.mark.parametrize(
    ("lob", "notice", "expected"),
    [
        ("medicare_advantage", date(2024, 12, 31), date(2025, 3, 1)),
        ("medicare_advantage", date(2025, 1, 1), date(2025, 3, 7)),
        ("medicaid", date(2026, 11, 23), date(2027, 1, 22)),
        ("commercial", date(2026, 11, 23), date(2027, 5, 22)),
    ],
)
def test_appeals_are_filed_by(lob: str, notice: date, expected: date) -> None:
    assert clocks.appeal_by(notice, LineOfBusiness(lob), book()).last_on == expected


def test_no_time_to_appeal_is_guessed() -> None:
    with pytest.raises(clocks.NotInForce, match="No time to appeal"):
        clocks.appeal_by(date(1990, 1, 1), LineOfBusiness.COMMERCIAL, book())


def test_the_document_can_be_stored() -> None:
    document = reckon("2026-11-25 10:00", state="NY").document()
    assert {key: document[key] for key in ("due_at", "rule", "allowance", "version", "started_at")} == {
        "due_at": "2026-12-03T04:59:59+00:00",
        "rule": "ma_standard",
        "allowance": "7 calendar days",
        "version": "2026-01-01",
        "started_at": "2026-11-25T15:00:00+00:00",
    }
    assert [found["rule"] for found in document["dues"] if found["governs"]] == ["ma_standard"]
