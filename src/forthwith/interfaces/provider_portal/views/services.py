"""The second step: services, diagnoses, setting and urgency, with the plan's answer beside them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now

from forthwith.apps.authorizations.actions.drafts import DraftExpired
from forthwith.apps.authorizations.asking import Stale
from forthwith.apps.directory import queries as directory
from forthwith.domain.permissions import Permission
from forthwith.interfaces.provider_portal import forms
from forthwith.interfaces.provider_portal.access import office
from forthwith.interfaces.provider_portal.catalogue import Offered, offered, one_named, options, title_of
from forthwith.interfaces.provider_portal.drafting import Document, line_errors, new_line
from forthwith.interfaces.provider_portal.presenters.check import check as check_of
from forthwith.interfaces.provider_portal.presenters.check import urgency_hints
from forthwith.interfaces.provider_portal.presenters.lines import line_rows
from forthwith.interfaces.provider_portal.views import drafts
from forthwith.interfaces.web.presenting import dates

LINE_PARTS = ("service", "units", "from_on", "to_on", "side")
FIELDS = ("practitioner", "place", "facility", "urgency", "attested_by", "timing")


@drafts.step_view
def services(request: HttpRequest, draft: Any) -> HttpResponseBase:
    """The step as a page; each button saves first."""
    if request.method != "POST":
        return _page(request, draft, dict(draft.document), _form(request, draft, draft.document))
    document = _read(request, draft.document)
    if drafts.wants_json(request):
        return drafts.autosaved(request, draft, document, title=title_of(request, document))
    form = _form(request, draft, document, bound=True)
    form.is_valid()
    act = drafts.typed(request).get("act", "continue")
    _act(request, act, document, form)
    try:
        draft = drafts.save(request, draft, document, title=title_of(request, document))
    except (Stale, DraftExpired) as refusal:
        form.add_error(None, str(refusal))
        draft.refresh_from_db()
        return _page(request, draft, document, form)
    return _next(request, act, draft, document, form)


def _next(request: HttpRequest, act: str, draft: Any, document: Document, form: forms.Services) -> HttpResponseBase:
    if act == "save" and not form.errors:
        return drafts.left(request, draft)
    if act == "continue":
        if not document["lines"]:
            form.add_error("service", "Add at least one service")
        if not form.errors and not any(line_errors(line) for line in document["lines"]):
            return redirect("provider_portal:questions", id=draft.id)
    if not form.errors and act not in ("continue", "save"):
        place = reverse("provider_portal:services", args=[draft.id])
        return HttpResponseRedirect(f"{place}{_where(act, form, document)}")
    return _page(request, draft, document, form)


def _where(act: str, form: forms.Services, document: Document) -> str:
    """The field to go on with: a new line's first day, else the box that the button belongs to."""
    name = act.partition("=")[0]
    if name == "add" or (name == "enter" and form.cleaned_data.get("service")):
        return f"#l{len(document['lines'])}-from"
    if "diagnose" in name or form.cleaned_data.get("add_diagnosis"):
        return "#id_add_diagnosis"
    return "#id_service" if name.startswith("remove-") else ""


def _act(request: HttpRequest, act: str, document: Document, form: forms.Services) -> None:
    """Do what the pressed button says to the document; what can't be done becomes an error of the form."""
    name, _, value = act.partition("=")
    typed = form.cleaned_data.get("service", "")
    if name == "add" and value:
        _add(request, value, document, form)
    elif name == "add" or (name in ("continue", "enter") and typed):
        _add(request, typed, document, form)
    elif name.startswith("remove-"):
        _drop(document["lines"], name)
    elif name.startswith("undiagnose-"):
        _drop(document["diagnoses"], name)
    if name in ("diagnose", "continue", "enter", "save") and (
        form.cleaned_data.get("add_diagnosis") or name == "diagnose"
    ):
        _diagnose(form.cleaned_data.get("add_diagnosis", ""), document, form)
    document["step"] = "questions" if name == "continue" else "services"


def _add(request: HttpRequest, typed: str, document: Document, form: forms.Services) -> None:
    found = one_named(request, typed)
    if found is None:
        form.add_error("service", "Choose a service of the plan: type its code or pick one from the list")
        return
    line = new_line(found.key)
    if document["lines"]:
        line |= {part: document["lines"][-1][part] for part in ("from_on", "to_on")}
    document["lines"].append(line)
    form.data["service"] = ""  # type: ignore[index]


def _diagnose(text: str, document: Document, form: forms.Services) -> None:
    try:
        code = forms.read_diagnosis(text)
    except ValidationError as error:
        form.add_error("add_diagnosis", error)
        return
    if code not in document["diagnoses"]:
        document["diagnoses"].append(code)
    form.data["add_diagnosis"] = ""  # type: ignore[index]


def _drop(rows: list[Any], name: str) -> None:
    index = name.rpartition("-")[2]
    if index.isdecimal() and int(index) < len(rows):
        del rows[int(index)]


def _read(request: HttpRequest, before: Document) -> Document:
    """The document with what the form says, as typed."""
    post = drafts.typed(request)
    columns = [post.getlist(f"line-{part.partition('_')[0]}") for part in LINE_PARTS]
    lines = [dict(zip(LINE_PARTS, row, strict=True)) for row in zip(*columns, strict=False)]
    given = {
        "practitioner_npi": post.get("practitioner", ""), "facility_npi": post.get("facility", ""),
        "place": post.get("place", ""), "attested_by": post.get("attested_by", "")[:160],
        "urgency": post.get("urgency") or before["urgency"], "timing": post.get("timing") or before["timing"],
        "payer_id": post.get("coverage") or before["payer_id"],
    }  # fmt: skip
    return {**before, **_known_words(given, before), "lines": lines, "diagnoses": post.getlist("diagnosis")}


def _known_words(given: Document, before: Document) -> Document:
    """Choices that the page never offered keep what they were."""
    allowed = {"urgency": ("standard", "expedited"), "timing": ("pre_service", "concurrent", "post_service")}
    return {key: before[key] if key in allowed and value not in allowed[key] else value for key, value in given.items()}


def _form(request: HttpRequest, draft: Any, document: Document, *, bound: bool = False) -> forms.Services:
    shown = {
        "practitioner": document["practitioner_npi"], "facility": document["facility_npi"],
        "place": document["place"], "urgency": document["urgency"], "timing": document["timing"],
        "attested_by": document["attested_by"], "coverage": document["payer_id"],
    }  # fmt: skip
    form = forms.Services({**drafts.typed(request).dict(), **shown}) if bound else forms.Services(initial=shown)
    return _offering(request, draft, form)


def _offering(request: HttpRequest, draft: Any, form: forms.Services) -> forms.Services:
    actor = request.actor  # type: ignore[attr-defined]
    people = [one for id_ in actor.organizations for one in directory.practitioners_of(id_)]
    today = dates.local_date(now(), drafts.zone_of(request))
    places = directory.facilities_in_network(actor.tenant_id, on=today)
    return form.offer(
        coverages=list(drafts.plans_of(draft, today).items()), hints={},
        practitioners=[(one.npi, _practitioner(one)) for one in people],
        facilities=[(one.npi, one.name) for one in places],
    )  # fmt: skip


def _practitioner(one: Any) -> str:
    name = f"{one.first_name} {one.last_name}"
    title = f"{name}, {one.credentials}" if one.credentials else name
    return f"{title}, {one.specialty.replace('_', ' ')}" if one.specialty else title


def _page(request: HttpRequest, draft: Any, document: Document, form: forms.Services) -> HttpResponse:
    at = now()
    context = drafts.context_of(request, draft, "services", at=at)
    preview = drafts.looked(request, draft, document, at=at)
    plans = drafts.plans_of(draft, dates.local_date(at, drafts.zone_of(request)))
    form.fields["urgency"].widget.hints = urgency_hints(preview)  # type: ignore[attr-defined]
    catalogue: list[Offered] = offered(request)
    context |= {
        "form": form, "lines": line_rows(document, preview, catalogue), "diagnoses": document["diagnoses"],
        "sides": forms.SIDES, "offered": catalogue, "plans": plans, "check": check_of(preview, at=at),
        "problems": _problems(form, document) if form.is_bound else [],
    }  # fmt: skip
    return render(request, "provider_portal/services.html", context)


def _problems(form: forms.Services, document: Document) -> list[dict[str, str]]:
    """What to mend, in the page's order, each with its field."""
    shown = [{"text": str(text), "id": ""} for text in form.non_field_errors()]
    for number, line in enumerate(document["lines"], start=1):
        shown += [
            {"text": text, "id": f"l{number}-{part.partition('_')[0]}"} for part, text in line_errors(line).items()
        ]
    return shown + [{"text": str(text), "id": str(bound.auto_id)} for bound in form for text in bound.errors]


@drafts.step_view
def check(request: HttpRequest, draft: Any) -> HttpResponseBase:
    """The plan's answer to what the form says now, for the panels beside it; nothing is saved."""
    at = now()
    document = _read(request, draft.document) if request.method == "POST" else draft.document
    preview = drafts.looked(request, draft, document, at=at)
    return render(request, "provider_portal/parts/check.html", {"check": check_of(preview, at=at)})


@office(Permission.REQUEST_DRAFT)
def service_options(request: HttpRequest) -> HttpResponse:
    """Services that match what is typed, for the combobox."""
    typed = request.GET.get("service", "")[:100]
    return render(request, "provider_portal/parts/service_options.html", {"options": options(request, typed)})
