"""Files that come with a request: looked at before anybody can open them, and handed out so that they can do no harm."""

from __future__ import annotations

import socket

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from forthwith.adapters import scanner
from forthwith.apps.audit.models import Event
from forthwith.apps.authorizations import actions
from forthwith.apps.authorizations.models import Attachment
from forthwith.interfaces.jobs import tasks
from tests.factories import MEETS, asked, scope
from tests.fakes.clamd import EICAR, LONGEST, clamd
from tests.journeys.portal import a_world, at_the_portal, earlier

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001"
    "e221bc330000000049454e44ae426082"
)
SOME = {key: value for key, value in MEETS.items() if key != "imaging_concordant"}


@pytest.fixture
def daemon(monkeypatch):
    with clamd() as server:
        monkeypatch.setenv(scanner.VARIABLE, server.address)
        yield server


@pytest.fixture
def w():
    made = a_world()
    made.number = actions.submit(asked=asked(made, answers=SOME), by=made["coordinator"], at=earlier()).number
    return made


def send(w, content=PDF, name="notes.pdf"):
    return at_the_portal(w).post(
        f"/authorizations/{w.number}/attachments/", {"file": SimpleUploadedFile(name, content)}
    )


def only(w):
    scope(w.tenant)
    return Attachment.objects.get()


def opened(w, role="coordinator"):
    start = "/authorizations" if role == "coordinator" else "/desk/cases"
    return at_the_portal(w, role).get(f"{start}/{w.number}/attachments/{only(w).id}/")


def test_a_file_waits_until_the_scanner_has_seen_it(w, daemon):
    assert send(w).status_code == 302
    assert only(w).scan == "waiting"
    assert opened(w).status_code == opened(w, "physician").status_code == 404
    assert "being checked for viruses" in at_the_portal(w).get(f"/authorizations/{w.number}/").content.decode()
    assert tasks.scan_attachments() == 1
    assert daemon.seen == [PDF] and daemon.commands == [b"INSTREAM"]
    assert only(w).scan == "clean"
    assert opened(w).content == opened(w, "physician").content == PDF
    assert tasks.scan_attachments() == 0


def test_what_carries_a_virus_is_held_back_and_recorded(w, daemon):
    send(w, PDF + EICAR)
    tasks.scan_attachments()
    assert only(w).scan == "infected"
    assert opened(w).status_code == opened(w, "physician").status_code == 404
    event = Event.objects.get(verb="file_refused")
    assert event.facts["found"] == "Eicar-Test-Signature" and str(event.subject_id) == str(only(w).authorization_id)
    for client, page in ((at_the_portal(w), "/authorizations"), (at_the_portal(w, "physician"), "/desk/cases")):
        assert "Document refused" in client.get(f"{page}/{w.number}/").content.decode()


def test_the_test_virus_by_itself_is_not_even_taken(w):
    assert "not a PDF" in send(w, EICAR, "eicar.pdf").content.decode()
    scope(w.tenant)
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("mood", ["silent", "rude", "gone"])
def test_a_scanner_that_does_not_answer_leaves_files_waiting_and_says_so(w, daemon, monkeypatch, caplog, capsys, mood):
    if mood == "gone":
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            monkeypatch.setenv(scanner.VARIABLE, f"tcp://127.0.0.1:{free.getsockname()[1]}")
    daemon.mood = mood
    send(w)
    assert tasks.scan_attachments() == 0
    assert only(w).scan == "waiting"
    assert opened(w).status_code == 404
    assert "scanner_away" in caplog.text + "".join(capsys.readouterr())
    daemon.mood = ""
    monkeypatch.setenv(scanner.VARIABLE, daemon.address)
    assert tasks.scan_attachments() == 1 and only(w).scan == "clean"


def test_a_file_above_the_scanners_own_limit_waits(w, daemon):
    send(w, PDF + b"0" * (LONGEST + 10))
    assert tasks.scan_attachments() == 0 and only(w).scan == "waiting"


def test_without_a_scanner_the_bytes_themselves_are_checked(w, monkeypatch):
    from forthwith.apps.letters import storage

    monkeypatch.delenv(scanner.VARIABLE, raising=False)
    send(w)
    storage.write(only(w).path, PDF + b"changed on the disk")
    tasks.scan_attachments()
    assert only(w).scan == "infected"


def test_bytes_changed_after_the_scan_are_not_served(w):
    from forthwith.apps.letters import storage

    send(w)
    tasks.scan_attachments()
    assert opened(w).status_code == 200
    storage.write(only(w).path, PDF + b"<script>alert(1)</script>")
    assert opened(w).status_code == 404


@pytest.mark.parametrize(("content", "name", "shown"), [(PDF, 'n"o\r\nX: y;t\u202ees é.pdf', "attachment"), (PNG, "pain map.png", "inline")])  # fmt: skip
def test_a_file_is_handed_out_harmlessly(w, content, name, shown):
    send(w, content, name)
    tasks.scan_attachments()
    for role in ("coordinator", "physician"):
        answer = opened(w, role)
        assert answer["Content-Disposition"].startswith(shown), answer["Content-Disposition"]
        assert "\r" not in answer["Content-Disposition"] and "X" not in answer
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Type"] in ("application/pdf", "image/png")


@pytest.mark.parametrize("address", ["http://x", "tcp://", "tcp://h:zz", "unix:run/clamd", "unix://host/path", "3310", "tcp://h:0"])  # fmt: skip
def test_a_misnamed_scanner_is_said_and_lets_nothing_through(w, monkeypatch, address):
    monkeypatch.setenv(scanner.VARIABLE, address)
    send(w)
    with pytest.raises(scanner.ScannerMisnamed, match="name tcp://HOST:PORT"):
        tasks.scan_attachments()
    assert only(w).scan == "waiting"


def test_the_check_of_the_installation_names_the_scanner(daemon, monkeypatch):
    from forthwith.interfaces.cli.check import _scanner

    assert list(_scanner()) == []
    daemon.mood = "rude"
    assert "does not answer" in next(_scanner()).wrong
    monkeypatch.setenv(scanner.VARIABLE, "nonsense")
    assert "name tcp://" in next(_scanner()).wrong
    monkeypatch.delenv(scanner.VARIABLE)
    assert "not for viruses" in next(_scanner()).wrong
