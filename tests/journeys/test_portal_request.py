"""An office asks: find a patient, fill in the wizard, submit, and have an answer or a clock at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import now

from forthwith.apps.audit.models import Event
from forthwith.apps.authorizations.models import Attachment, Authorization, Draft
from tests.factories import MEETS, add_member
from tests.journeys.portal import (
    a_world,
    answers_form,
    at_the_portal,
    fill,
    find,
    services_form,
    start,
    submit,
    version,
)

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def text_of(response) -> str:
    return response.content.decode()


def test_an_injection_that_meets_the_criteria_is_approved_in_the_same_call_and_has_its_letter():
    w = a_world()
    office = at_the_portal(w)
    page = office.post(*_submission(office, fill(office, w)), follow=True)
    text = text_of(page)
    assert "Approved" in text
    assert "L33906" in text
    row = Authorization.objects.get()
    assert row.number in text
    assert row.lines.get().authorization_number in text
    pdf = office.get(_first(text, r'href="([^"]+\.pdf)"'))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    letter = office.get(_first(text, r'href="(/authorizations/[^"]+/letters/[^"]+/)"'))
    assert "Marigold Fenwick-Sample" in text_of(letter)


def _submission(office, draft: str):
    key = draft.strip("/").rpartition("/")[2]
    return f"{draft}review/", {"act": "submit", "version": version(office, f"{draft}review/"), "key": key}


def _first(text: str, pattern: str) -> str:
    import re

    found = re.search(pattern, text)
    assert found, text
    return found.group(1)


def test_missing_facts_are_received_with_a_clock_that_names_its_rule():
    w = a_world()
    office = at_the_portal(w)
    some = {key: value for key, value in MEETS.items() if key != "imaging_concordant"}
    response = submit(office, fill(office, w, some))
    text = text_of(office.get(response["Location"]))
    assert "Received" in text
    assert "7 calendar days" in text
    assert "42 CFR 422" in text


def test_pressing_submit_twice_leads_to_one_authorization():
    w = a_world()
    office = at_the_portal(w)
    address, form = _submission(office, fill(office, w))
    first = office.post(address, form)
    again = office.post(address, form)
    assert first["Location"] == again["Location"]
    assert Authorization.objects.count() == 1
    assert not Draft.objects.exists()


def test_a_stale_save_is_refused_and_keeps_what_was_typed():
    w = a_world()
    office, colleague = at_the_portal(w), at_the_portal(w)
    step = f"{start(office, w)}services/"
    old = version(office, step)
    assert colleague.post(step, services_form(w, version=old, act="enter")).status_code == 302
    refused = office.post(step, services_form(w, version=old, **{"line-units": ["3"]}))
    text = text_of(refused)
    assert "saved this draft in the meantime" in text
    assert 'value="3"' in text
    assert Draft.objects.get().document["lines"][0]["units"] == "1"


def test_an_expired_draft_says_so():
    w = a_world()
    office = at_the_portal(w)
    draft = start(office, w)
    Draft.objects.update(expires_at=now() - timedelta(minutes=1))
    page = office.get(f"{draft}services/")
    assert page.status_code == 410
    assert "has expired" in text_of(page)


def test_saving_while_one_writes_gives_the_next_version_and_refuses_a_stale_one():
    w = a_world()
    office = at_the_portal(w)
    step = f"{start(office, w)}services/"
    form = services_form(w, version=version(office, step), act="autosave")
    saved = office.post(step, form, HTTP_ACCEPT="application/json")
    assert saved.json()["version"] == int(form["version"]) + 1
    stale = office.post(step, form, HTTP_ACCEPT="application/json")
    assert stale.status_code == 409
    assert stale.json()["stale"]


def test_the_wizard_says_whether_authorization_is_needed_and_what_is_missing():
    w = a_world()
    office = at_the_portal(w)
    step = f"{start(office, w)}services/"
    form = services_form(w, version=version(office, step), act="save", **{"line-from": [""], "diagnosis": []})
    text = text_of(office.post(f"{step.removesuffix('services/')}check/", form))
    assert "Yes" in text
    assert "Say when the care begins." in text
    assert "Give at least one diagnosis." in text
    assert "7 calendar days" in text


def test_a_service_is_added_by_its_code_and_an_unknown_one_is_refused():
    w = a_world()
    office = at_the_portal(w)
    step = f"{start(office, w)}services/"
    added = office.post(
        step,
        {"act": "add", "service": "svc-esi-tf1", "version": version(office, step), "urgency": "standard"},
    )
    assert added.status_code == 302
    assert Draft.objects.get().document["lines"][0]["service"] == "SVC:ESI-TF1"
    refused = office.post(step, {"act": "add", "service": "zzz", "version": version(office, step)})
    assert "Choose a service of the plan" in text_of(refused)


def test_what_is_wrong_with_a_line_stands_first_on_the_page_and_leads_to_its_field():
    w = a_world()
    office = at_the_portal(w)
    step = f"{start(office, w)}services/"
    form = services_form(w, **{"line-units": ["-2"], "line-to": ["2020-01-01"], "version": version(office, step)})
    page = text_of(office.post(step, form))
    assert "<title>Error: " in page
    assert '<a href="#l1-units">Enter a number of units above 0</a>' in page
    assert '<a href="#l1-to">The last day is before the first day</a>' in page
    assert 'aria-describedby="l1-units-error"' in page
    assert "There’s a problem" not in text_of(office.get(step))


def test_adding_goes_on_at_the_new_line_and_an_error_elsewhere_leaves_no_typed_code_behind():
    w = a_world()
    office = at_the_portal(w)
    step = f"{start(office, w)}services/"
    added = office.post(step, {"act": "add", "service": "SVC-ESI-TF1", "version": version(office, step)})
    assert added["Location"] == f"{step}#l1-from"
    coded = {"act": "diagnose", "add_diagnosis": "m5416", "version": version(office, step), "line-service": []}
    assert office.post(step, coded)["Location"] == f"{step}#id_add_diagnosis"
    wrong = services_form(w, act="enter", service="zzz", add_diagnosis="m48.061", version=version(office, step))
    page = text_of(office.post(step, wrong))
    assert "M48.061" in page and 'value="m48.061"' not in page and 'value="zzz"' in page


def test_the_offices_own_words_are_asked_for_once():
    w = a_world()
    office = at_the_portal(w)
    draft = start(office, w)
    office.post(f"{draft}services/", services_form(w, version=version(office, f"{draft}services/")))
    page = text_of(office.get(f"{draft}questions/"))
    assert page.count("Anything else the reviewer should know") == 1
    office.post(
        f"{draft}services/",
        services_form(w, **{"line-service": ["SVC:MRI-LB"], "version": version(office, f"{draft}services/")}),
    )
    assert "In your own words" in text_of(office.get(f"{draft}questions/"))


def test_questions_show_only_as_needed_and_an_unreadable_answer_is_kept_and_named():
    w = a_world()
    office = at_the_portal(w)
    draft = start(office, w)
    office.post(f"{draft}services/", services_form(w, version=version(office, f"{draft}services/")))
    step = f"{draft}questions/"
    page = text_of(office.get(step))
    assert "a.MSK-ESI.pain_cause" in page
    assert "a.MSK-ESI.imaging_concordant" not in page
    wrong = office.post(step, answers_form({**MEETS, "pain_weeks": "many"}, version=version(office, step)))
    text = text_of(wrong)
    assert "There’s a problem" in text
    assert 'value="many"' in text


def test_a_file_is_known_by_its_bytes_and_never_served_unscanned():
    w = a_world()
    office = at_the_portal(w)
    draft = fill(office, w, {})
    step = f"{draft}documents/"
    bad = office.post(step, {"act": "attach", "file": SimpleUploadedFile("x.pdf", b"PK\x03\x04zip")})
    assert "not a PDF" in text_of(bad)
    good = office.post(step, {"act": "attach", "file": SimpleUploadedFile("../note.pdf", PDF)})
    assert good.status_code == 302
    number = submit(office, draft)["Location"].strip("/").rpartition("/")[2]
    file = Attachment.objects.get()
    assert (file.name, file.scan, file.authorization.number) == ("note.pdf", "waiting", number)
    address = f"/authorizations/{number}/attachments/{file.id}/"
    assert office.get(address).status_code == 404
    Attachment.objects.update(scan="clean")
    assert office.get(address).content == PDF


def test_less_than_a_full_combination_shows_nobody():
    w = a_world()
    office = at_the_portal(w)
    page = text_of(office.post("/patients/", {"by": "number", "number": w.member.number}))
    assert "Fenwick" not in page
    assert "Enter birth date" in page
    page = text_of(office.post("/patients/", {"by": "name", "last_name": "Fenwick-Sample"}))
    assert "Marigold" not in page


def test_a_look_up_is_recorded_and_opens_the_member():
    w = a_world()
    office = at_the_portal(w)
    assert office.get(f"/patients/{w.member.id}/").status_code == 404
    assert "Marigold Fenwick-Sample" in text_of(find(office, w))
    assert Event.objects.filter(verb="members_looked_up").count() == 1
    assert office.get(f"/patients/{w.member.id}/").status_code == 200


def test_another_members_key_starts_nothing():
    w = a_world()
    office = at_the_portal(w)
    other, _ = add_member(w.tenant, w.plan)
    assert office.post("/requests/start/", {"member": str(other.id)}).status_code == 404
    assert office.post("/requests/start/", {"member": "zzz"}).status_code == 404


def test_what_is_missing_at_the_end_is_named_with_the_step_that_mends_it_and_nothing_is_stored():
    w = a_world()
    office = at_the_portal(w)
    draft = start(office, w)
    step = f"{draft}services/"
    office.post(step, services_form(w, version=version(office, step), diagnosis=[]))
    refused = submit(office, draft)
    text = text_of(refused)
    assert "Give at least one diagnosis." in text
    assert f'href="{step}"' in text
    assert not Authorization.objects.exists()
    assert Draft.objects.exists()


def test_a_form_with_another_key_or_an_old_version_submits_nothing():
    w = a_world()
    office = at_the_portal(w)
    draft = fill(office, w)
    address, form = _submission(office, draft)
    other = office.post(address, {**form, "key": "00000000-0000-7000-8000-000000000000"})
    assert "changed on its way" in text_of(other)
    old = office.post(address, {**form, "version": "1"})
    assert "saved this draft in the meantime" in text_of(old)
    assert not Authorization.objects.exists()


def test_another_practice_cannot_open_a_draft():
    w = a_world()
    draft = start(at_the_portal(w), w)
    stranger = at_the_portal(a_world("golden-ipa", rules="empire-spine"))
    for step in ("", "services/", "review/"):
        assert stranger.get(f"{draft}{step}").status_code == 404


def test_a_draft_can_be_left_and_resumed_where_one_stopped_and_thrown_away():
    w = a_world()
    office = at_the_portal(w)
    draft = start(office, w)
    step = f"{draft}services/"
    left = office.post(step, services_form(w, version=version(office, step), act="save"), follow=True)
    assert "Draft saved. It is kept until" in text_of(left)
    office.post(step, services_form(w, version=version(office, step)))
    assert office.get(draft)["Location"].endswith("/questions/")
    gone = office.post(f"{draft}discard/", follow=True)
    assert "The draft was deleted." in text_of(gone)
    assert not Draft.objects.exists()


def test_a_form_of_nonsense_is_refused_and_harms_nothing():
    w = a_world()
    office = at_the_portal(w)
    step = f"{start(office, w)}services/"
    form = services_form(w, version=version(office, step), act="remove-99")
    form |= {
        "urgency": "at once",
        "timing": "never",
        "line-units": ["-1"],
        "line-from": ["2026-02-31"],
        "practitioner": "x",
    }
    page = office.post(step, form, follow=True)
    text = text_of(page)
    assert "Enter a number of units above 0" in text
    assert "must be a real date" in text
    assert office.post(step, {"version": "x" * 50}).status_code == 200


def test_pages_of_patients_are_not_kept_by_the_browser():
    w = a_world()
    assert "no-store" in at_the_portal(w).get("/")["Cache-Control"]
