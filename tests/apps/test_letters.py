"""Letters: stored by one statement, never changed, printed once, held to their hashes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from forthwith.apps.identity.actors import Actor
from forthwith.apps.keys import new_key
from forthwith.apps.letters import actions, phrases, queries, rendering
from forthwith.apps.letters.actions import LetterToIssue
from forthwith.apps.letters.models import Letter
from forthwith.domain import notices
from forthwith.domain.notices import Audience, NoticeKind
from forthwith.domain.permissions import Permission
from tests.domain.notice_facts import LETTERHEAD, facts
from tests.factories import AT, World, scope, world

pytestmark = pytest.mark.django_db
SUBJECT = new_key()


@pytest.fixture
def w() -> World:
    return world()


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def to_issue(w: World, kind: NoticeKind = NoticeKind.RECEIPT, **more: Any) -> LetterToIssue:
    audience = more.pop("audience", Audience.PROVIDER)
    given: dict[str, Any] = {
        "tenant_id": w.tenant.id, "subject_type": "authorization", "subject_id": SUBJECT,
        "content": notices.compose(kind, facts(kind, audience=audience)),
        "organization_id": w.office.id, "member_id": w.member.id,
    }  # fmt: skip
    return LetterToIssue(**{**given, **more})


def office_reader(w: World, organization: UUID | None = None, **more: Any) -> Actor:
    return Actor(
        id=new_key(), name="Dana Specimen", kind="person", tenants=(w.tenant.id,),
        organizations=(organization or w.office.id,), permissions=frozenset({Permission.LETTER_READ}), **more,
    )  # fmt: skip


def test_several_letters_are_stored_by_one_statement(w: World) -> None:
    with CaptureQueriesContext(
        connection,
    ) as sent:
        issued = actions.issue_many([to_issue(w), to_issue(w, NoticeKind.APPROVAL)], at=AT)
    assert len(sent) == 1
    stored = {letter.id: letter for letter in Letter.objects.all()}
    assert [stored[one.id].kind for one in issued] == ["receipt", "approval"]
    for one in issued:
        letter = stored[one.id]
        assert letter.number == "R-7KQ4-93XM" and letter.issued_at == AT
        assert letter.content_hash == one.content_hash == actions.content_hash(letter.content)
        assert letter.visible_until == AT + actions.VISIBLE
        assert letter.rendered_hash is letter.rendered_at is letter.size is None
    assert actions.issue_many([], at=AT) == ()


def test_content_survives_the_database_to_the_letter(w: World) -> None:
    words = '\x00 \ud800 \\u0000 é \u202e "quoted" 😶'
    reason = notices.Reason(words=words, basis=facts(NoticeKind.DENIAL).reasons[0].basis)
    content = notices.compose(NoticeKind.DENIAL, facts(NoticeKind.DENIAL, reasons=(reason,)))
    issued = actions.issue(to_issue(w, content=content), at=AT)
    assert Letter.objects.get(id=issued.id).content == content
    assert rendering.pdf_of(issued.id, at=AT)[0].startswith(b"%PDF")


def test_the_first_download_renders_and_later_ones_read_the_same_bytes(w: World, files: Path) -> None:
    issued = actions.issue(to_issue(w, NoticeKind.PARTIAL_APPROVAL), at=AT)
    first, name = rendering.pdf_of(issued.id, at=AT)
    assert name == "R-7KQ4-93XM-partial-approval.pdf"
    letter = Letter.objects.get(id=issued.id)
    assert letter.rendered_at == AT and letter.size == len(first)
    assert letter.rendered_hash == hashlib.sha256(first).hexdigest()
    path = files / "letters" / str(w.tenant.id) / f"{issued.id}.pdf"
    assert path.read_bytes() == first
    assert path.stat().st_mode & 0o077 == 0
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    again, _ = rendering.pdf_of(issued.id, at=AT + timedelta(days=1))
    assert again == first and Letter.objects.get(id=issued.id).rendered_at == AT


def test_a_lost_file_is_made_again_to_the_same_hash(w: World) -> None:
    issued = actions.issue(to_issue(w), at=AT)
    first, _ = rendering.pdf_of(issued.id, at=AT)
    default_storage.delete(f"letters/{w.tenant.id}/{issued.id}.pdf")
    assert rendering.pdf_of(issued.id, at=AT)[0] == first
    assert default_storage.exists(f"letters/{w.tenant.id}/{issued.id}.pdf")


def test_a_changed_file_is_a_loud_error(w: World, files: Path) -> None:
    issued = actions.issue(to_issue(w), at=AT)
    rendering.pdf_of(issued.id, at=AT)
    path = files / "letters" / str(w.tenant.id) / f"{issued.id}.pdf"
    path.write_bytes(path.read_bytes() + b"%")
    with pytest.raises(rendering.LetterDamaged, match="R-7KQ4-93XM"):
        rendering.pdf_of(issued.id, at=AT)


def test_content_that_does_not_match_its_hash_is_never_printed(w: World) -> None:
    forged = replace(to_issue(w), content={**to_issue(w).content, "title": "Notice of approval"})
    issued = actions.issue(to_issue(w), at=AT)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Letter.objects.filter(id=issued.id).update(content=forged.content)
    letter = Letter.objects.get(id=issued.id)
    letter.content = forged.content
    with pytest.raises(rendering.LetterDamaged, match="content does not match"):
        rendering._printed(letter)


@pytest.mark.parametrize(
    "change",
    [{"content_hash": "f" * 64}, {"kind": "denial"}, {"visible_until": AT}, {"issued_at": AT}, {"number": "R-0"}],
)
def test_the_application_cannot_change_what_was_issued(w: World, change: dict[str, Any]) -> None:
    issued = actions.issue(to_issue(w), at=AT)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Letter.objects.filter(id=issued.id).update(**change)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Letter.objects.filter(id=issued.id).delete()


@pytest.mark.parametrize(
    "change", [{"rendered_at": AT}, {"rendered_hash": "a" * 64}, {"rendered_at": AT, "rendered_hash": "x", "size": 1}]
)
def test_the_database_refuses_half_a_rendering(w: World, change: dict[str, Any]) -> None:
    issued = actions.issue(to_issue(w), at=AT)
    with pytest.raises(IntegrityError, match="letter_rendered_all_or_nothing"), transaction.atomic():
        Letter.objects.filter(id=issued.id).update(**change)


def test_the_job_renders_what_waits_oldest_first(w: World) -> None:
    issued = [actions.issue(to_issue(w), at=AT + timedelta(minutes=i)) for i in (2, 0, 1)]
    assert rendering.render_waiting(limit=2, at=AT) == 2
    waiting = Letter.objects.get(rendered_at__isnull=True)
    assert waiting.id == issued[0].id
    assert rendering.render_waiting(limit=9, at=AT) == 1
    assert rendering.render_waiting(limit=9, at=AT) == 0


def test_one_letter_that_cannot_be_set_does_not_hold_up_the_others(w: World) -> None:
    broken = {**to_issue(w).content, "blocks": [{"block": "poem"}]}
    bad = actions.issue(to_issue(w, content=broken), at=AT)
    actions.issue(to_issue(w), at=AT + timedelta(minutes=1))
    assert rendering.render_waiting(limit=5, at=AT) == 1
    assert Letter.objects.get(rendered_at__isnull=True).id == bad.id
    assert rendering.render_waiting(limit=5, at=AT) == 0


def test_an_office_reads_the_provider_copies_of_its_own_letters(w: World) -> None:
    own = actions.issue(to_issue(w, NoticeKind.DENIAL), at=AT)
    actions.issue(to_issue(w, NoticeKind.DENIAL, audience=Audience.MEMBER), at=AT)
    actions.issue(to_issue(w, organization_id=w.facility.id), at=AT)
    assert [one.id for one in queries.visible_to(office_reader(w))] == [own.id]
    assert [one.id for one in queries.for_subject(office_reader(w), "authorization", SUBJECT)] == [own.id]
    assert not queries.for_subject(office_reader(w), "appeal", SUBJECT).exists()
    assert queries.visible_to(office_reader(w, is_staff=True)).count() == 3
    assert not queries.visible_to(replace(office_reader(w), permissions=frozenset())).exists()


def test_an_office_no_longer_sees_what_is_not_kept_on_the_portal(w: World) -> None:
    actions.issue(to_issue(w, visible_until=AT + timedelta(days=1)), at=AT)
    assert queries.visible_to(office_reader(w), at=AT).count() == 1
    late = AT + timedelta(days=2)
    assert not queries.visible_to(office_reader(w), at=late).exists()
    assert queries.visible_to(office_reader(w, is_staff=True), at=late).count() == 1


def test_another_tenant_sees_nothing_even_by_raw_sql(w: World) -> None:
    issued = actions.issue(to_issue(w), at=AT)
    other = world("pine-tree", line_of_business="medicaid")
    scope(other.tenant)
    assert not Letter.objects.filter(id=issued.id).exists()
    with pytest.raises(Letter.DoesNotExist):
        rendering.pdf_of(issued.id, at=AT)
    scope(w.tenant)
    assert Letter.objects.filter(id=issued.id).exists()


def test_large_print_is_made_on_demand_and_not_recorded(w: World) -> None:
    issued = actions.issue(to_issue(w), at=AT)
    content, name = rendering.large_print_of(issued.id)
    assert content.startswith(b"%PDF") and name == "R-7KQ4-93XM-receipt-large-print.pdf"
    assert Letter.objects.get(id=issued.id).rendered_at is None


def test_a_letterhead_takes_its_languages_from_the_packaged_sentences() -> None:
    document = {**LETTERHEAD, "languages": ["es", "vi", {"language": "en", "words": "Call us."}]}
    head = phrases.letterhead_of(document, name="Harborlight", synthetic=True)
    assert [one.language for one in head.languages] == ["es", "vi", "en"]
    assert "1-800-555-0110" in head.languages[0].words
    with pytest.raises(notices.LetterheadInvalid, match=r"'xx'.*there are"):
        phrases.letterhead_of({**LETTERHEAD, "languages": ["xx"]}, name="Harborlight", synthetic=True)
