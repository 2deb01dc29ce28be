"""Letters through the doors: whatever a physician writes, whoever comes first, and who took one is recorded."""

from __future__ import annotations

import io
import threading
from datetime import timedelta

import pikepdf
import pytest
from django.db import connection, connections, transaction
from django.utils.timezone import now

from forthwith.apps.audit.models import Event
from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.actions import LineDecision
from forthwith.apps.authorizations.models import Authorization
from forthwith.apps.letters import rendering
from forthwith.apps.letters.models import Letter
from forthwith.apps.review import actions as review
from forthwith.apps.tenancy.scope import scoped
from forthwith.domain.words import Outcome
from forthwith.interfaces.jobs import tasks
from tests.factories import asked, scope
from tests.formats.pdf_text import text_of
from tests.journeys.portal import a_world, at_the_portal, earlier

HOSTILE = {
    "the typesetter's own": '#panic(1) #read("/etc/passwd") $x^2$ *b* `r` <l> @r [x] {y} // c /* c */\n= Heading\n- list',
    "control characters": "a\x01b\x07c\x1bd\x7fe\x85f\u200bg\u2028h\u2029i\ufeffj\ufffek",
    "right to left": "العربية نص \u202e evil \u202c עברית \u2066x\u2069 mixed with English 123",
    "many scripts": "Pain 😀👩\u200d⚕\ufe0f ❤\ufe0f 🇺🇸 中文 русский ελληνικά हिन्दी ไทย 한국어 日本語",
    "long": "Because. " * 444,
    "one word": "W" * 3900,
    "line ends": "x" + "\r\n\t" * 900 + "y",
    "towers": "a" + "\u0301" * 3000,
    "markup of the web": "<script>alert(1)</script><img src=x onerror=alert(1)> &amp; {{ 7*7 }} {% debug %}",
    "beyond every plane": "x\U0010ffff\U000e0001\ud7ff y",
}
INVISIBLE = ("\u200b", "\u00a0\u2003", "\u2060\ufeff", "\x01\x02")


def _case(w):
    number = actions.submit(asked=asked(w, answers={"pain_weeks": "2"}), by=w["coordinator"], at=earlier()).number
    review.take(number=number, by=w["physician"], at=earlier())
    return number


def _sign(w, number, reason, outcome="not_certified", **more):
    form = {"version": Authorization.objects.get(number=number).version, "outcome_1": outcome, "reason_1": reason, "basis_1": "clinical", "affirm": "on", **more}  # fmt: skip
    return at_the_portal(w, "physician").post(f"/desk/cases/{number}/decide/", form)


@pytest.mark.django_db
@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_whatever_a_physician_writes_becomes_a_letter_or_is_refused_clearly(words):
    w = a_world()
    number = _case(w)
    answer = _sign(w, number, words)
    if answer.status_code == 200:
        assert "problem" in answer.content.decode() or "error" in answer.content.decode()
        return
    scope(w.tenant)
    for letter in Letter.objects.filter(number=number, kind="denial"):
        page = at_the_portal(w, "physician").get(f"/desk/cases/{number}/letters/{letter.id}/")
        assert page.status_code == 200 and "<script>alert" not in page.content.decode()
        content = at_the_portal(w, "physician").get(f"/desk/cases/{number}/letters/{letter.id}.pdf").content
        with pikepdf.open(io.BytesIO(content)) as document:
            assert "/StructTreeRoot" in document.Root and document.Root.Lang == "en-US"
            assert document.Root.MarkInfo.Marked and document.Root.ViewerPreferences.DisplayDocTitle
            with document.open_metadata() as metadata:
                assert metadata["pdfuaid:part"] == "1" and metadata["dc:title"]
        assert "root:" not in text_of(content)


@pytest.mark.django_db
@pytest.mark.parametrize("words", [*INVISIBLE, "", "   "])
def test_a_reason_that_nobody_can_see_is_asked_for_again(words):
    w = a_world()
    number = _case(w)
    page = _sign(w, number, words)
    assert page.status_code == 200 and "Say why" in page.content.decode()
    assert Authorization.objects.get(number=number).open_lines == 1


@pytest.mark.django_db
def test_more_than_fits_is_said_and_what_was_typed_stays():
    w = a_world()
    number = _case(w)
    page = _sign(w, number, "Because of this. " * 600)
    assert page.status_code == 200 and "at most 4000 characters" in page.content.decode()
    assert "Because of this. Because of this." in page.content.decode()


@pytest.mark.django_db
def test_who_took_a_letter_is_recorded():
    w = a_world()
    number = _case(w)
    _sign(w, number, "Two weeks of pain only.")
    scope(w.tenant)
    letter = Letter.objects.get(number=number, kind="denial", audience="provider")
    at_the_portal(w).get(f"/authorizations/{number}/letters/{letter.id}.pdf?print=large")
    at_the_portal(w, "physician").get(f"/desk/cases/{number}/letters/{letter.id}.pdf")
    events = Event.objects.filter(verb="letter_downloaded", subject_id=letter.id).order_by("position")
    assert [(e.actor_id, e.facts.get("print")) for e in events] == [(w["coordinator"].id, "large"), (w["physician"].id, None)]  # fmt: skip
    other = a_world("golden-ipa", rules="empire-spine")
    assert at_the_portal(other).get(f"/authorizations/{number}/letters/{letter.id}.pdf").status_code == 404
    scope(w.tenant)
    assert events.count() == 2


@pytest.mark.django_db
def test_every_letter_waits_less_than_two_seconds_for_the_worker():
    from forthwith.interfaces.jobs.worker import all_tasks

    w = a_world()
    _sign(w, _case(w), "Two weeks of pain only.")
    assert tasks.render_letters() == 3
    scope(w.tenant)
    assert not Letter.objects.filter(rendered_at=None).exists()
    (task,) = [task for task in all_tasks() if task.name == "render_letters"]
    assert task.every <= 0.5


@pytest.mark.django_db(transaction=True)
def test_the_first_download_and_the_worker_at_once_give_the_same_bytes():
    with transaction.atomic():
        w = a_world()
        number = _case(w)
        denial = LineDecision(sequence=1, outcome=Outcome.NOT_CERTIFIED, reason="Two weeks of pain only.")
        actions.determine(number=number, decisions=[denial], by=w["physician"], at=earlier() + timedelta(minutes=1))
        letter = Letter.objects.get(number=number, kind="denial", audience="provider").id
    start, got = threading.Barrier(5), []

    def take():
        try:
            start.wait()
            with scoped([w.tenant.id]):
                got.append(rendering.pdf_of(letter, at=now())[0])
        finally:
            connections.close_all()

    def work():
        try:
            start.wait()
            tasks.render_letters()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for one in (take, take, take, work, work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 3 and len(set(got)) == 1
    with scoped([w.tenant.id]):
        row = Letter.objects.get(pk=letter)
        assert rendering.pdf_of(letter, at=now())[0] == got[0] and row.size == len(got[0])
    connection.close()
