"""``/console/residents/<uuid>/``: who somebody is, for operators: contacts, merging, splitting.

Each act is kept with who did it: links and merges in the residents' history, moved reports beside.
The audit trail gets one entry for each person that it is about, in the act's own transaction.
"""

import logging
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from agent_console.citizens.errors import ContactUnlinked, MergeRefused
from agent_console.citizens.links import contact_new_holder, contact_unlink, link_restore
from agent_console.citizens.merging import resident_merge, resident_unmerge
from agent_console.citizens.models import ContactLink, LinkHow, Resident, ResidentMerge
from agent_console.citizens.selectors import links_ended, links_of, merges_of, residents_same
from agent_console.identity import selectors
from agent_console.identity.forms import OtherResidentForm, SplitForm
from agent_console.identity.splitting import contact_split
from agent_console.identity.texts import MESSAGES
from agent_console.intake import access
from agent_console.intake.selectors import resident_find
from agent_console.staff.auditing import audit, audit_look
from agent_console.staff.models import Act

logger = logging.getLogger(__name__)
MANAGE, MERGE = "citizens.manage_contacts", "citizens.merge_residents"


@require_safe
@access.needs(MANAGE)
def page(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """The resident's page; an address of before a merge leads to whom they are now."""
    resident = _resident(resident_id)
    if resident.pk != resident_id:
        return redirect("residents:resident", resident_id=resident.pk)
    audit_look(
        actor=_agent(request),
        act=Act.PERSON,
        subject=str(resident.pk),
        resident_id=resident.pk,
    )
    return _page(request, resident, OtherResidentForm())


@require_POST
@access.needs(MANAGE)
def unlink(request: HttpRequest, resident_id: UUID, link_id: int) -> HttpResponse:
    """The contact is not theirs.  ONE transaction holds this and its entry."""
    link = _link(resident_id, link_id)
    try:
        with transaction.atomic():
            contact_unlink(
                contact_point_id=link.contact_point_id,
                resident_id=link.resident_id,
                how=LinkHow.OPERATOR,
                actor=_agent(request),
            )
            _note(request, Act.CONTACT_UNLINKED, {resident_id: link.contact_point_id})
        messages.success(request, "Le contact est détaché.")
    except ContactUnlinked as refusal:
        messages.error(request, MESSAGES[refusal.code])
    return redirect("residents:resident", resident_id=resident_id)


@require_POST
@access.needs(MANAGE)
def relink(request: HttpRequest, resident_id: UUID, link_id: int) -> HttpResponse:
    """Undo that.  ONE transaction holds this and its entry."""
    link = _link(resident_id, link_id)
    try:
        with transaction.atomic():
            is_theirs = _open_links(link.contact_point_id).filter(resident=resident_id).exists()
            link_restore(link_id=link.pk, how=LinkHow.OPERATOR, actor=_agent(request))
            if not is_theirs:
                _note(request, Act.CONTACT_LINKED, {resident_id: link.contact_point_id})
        messages.success(request, "Le contact est de nouveau rattaché.")
    except ContactUnlinked:
        messages.error(request, "Ce contact est à quelqu’un d’autre depuis.")
    return redirect("residents:resident", resident_id=resident_id)


@require_POST
@access.needs(MANAGE)
def new_holder(request: HttpRequest, resident_id: UUID, link_id: int) -> HttpResponse:
    """The number has a new holder: everybody who had it keeps their past, without the number.

    ONE transaction holds this and its entries.
    """
    link = _link(resident_id, link_id)
    with transaction.atomic():
        before = list(_open_links(link.contact_point_id).values_list("resident_id", flat=True))
        resident = contact_new_holder(contact_point_id=link.contact_point_id, actor=_agent(request))
        concerned = dict.fromkeys([*before, resident.pk], link.contact_point_id)
        _note(request, Act.NEW_HOLDER, concerned)
    messages.success(request, "Le numéro est maintenant à une nouvelle fiche.")
    return redirect("residents:resident", resident_id=resident.pk)


@require_POST
@access.needs(MANAGE)
def split(request: HttpRequest, resident_id: UUID, link_id: int) -> HttpResponse:
    """Somebody else uses the contact too: a second resident, with the cases that are theirs.

    ONE transaction holds this and its entries.
    """
    link = _link(resident_id, link_id)
    same = residents_same(resident_id=resident_id)
    form = SplitForm(request.POST, residents=same)
    if not form.is_valid():
        return redirect("residents:resident", resident_id=resident_id)
    try:
        with transaction.atomic():
            resident, stayed = contact_split(
                contact_point_id=link.contact_point_id,
                resident_id=link.resident_id,
                report_ids=[report.pk for report in form.cleaned_data["reports"]],
                booking_ids=[booking.pk for booking in form.cleaned_data["bookings"]],
                actor=_agent(request),
            )
            _note_both(request, Act.NUMBER_SPLIT, resident_id, resident.pk)
    except ContactUnlinked as refusal:
        messages.error(request, MESSAGES[refusal.code])
        return redirect("residents:resident", resident_id=resident_id)
    messages.success(request, "Le contact est partagé avec une nouvelle fiche.")
    if stayed:
        messages.warning(
            request,
            f"{stayed} signalement(s) déjà récompensé(s) restent à l’autre fiche. "
            "Pour les points, demandez une correction à un superviseur.",
        )
    return redirect("residents:resident", resident_id=resident.pk)


@require_POST
@access.needs(MERGE)
def merge(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """First what would move, then the merge; ONE transaction holds the merge and its entries."""
    kept = _resident(resident_id)
    form = OtherResidentForm(request.POST)
    if not form.is_valid():
        return _page(request, kept, form)
    merged = form.resident
    if merged == kept:
        form.add_error("reference", MESSAGES["merge_same"])
        return _page(request, kept, form)
    if request.POST.get("confirmed") != "1":
        context = {"kept": _summary(kept), "merged": _summary(merged), "form": form}
        return render(request, "identity/console/preview.html", context)
    try:
        with transaction.atomic():
            done = resident_merge(kept_id=kept.pk, merged_id=merged.pk, actor=_agent(request))
            _note_both(request, Act.MERGED, kept.pk, merged.pk)
    except MergeRefused as refusal:
        messages.error(request, MESSAGES[refusal.code])
    else:
        logger.info("residents merged", extra={"merge_id": str(done.pk)})
        messages.success(request, "Les deux fiches sont réunies. Les points suivent.")
    return redirect("residents:resident", resident_id=kept.pk)


@require_POST
@access.needs(MERGE)
def unmerge(request: HttpRequest, resident_id: UUID, merge_id: UUID) -> HttpResponse:
    """They are two after all.  ONE transaction holds this and its entries."""
    if not ResidentMerge.objects.filter(pk=merge_id, kept_id=resident_id).exists():
        raise Http404
    try:
        with transaction.atomic():
            undone = resident_unmerge(merge_id=merge_id, actor=_agent(request))
            _note_both(request, Act.UNMERGED, undone.kept_id, undone.merged_id)
    except MergeRefused as refusal:
        messages.error(request, MESSAGES[refusal.code])
    else:
        logger.info("residents apart again", extra={"merge_id": str(merge_id)})
        messages.success(request, "La réunion est annulée. Les points encore là reviennent.")
    return redirect("residents:resident", resident_id=resident_id)


def _summary(resident: Resident) -> dict[str, Any]:
    """What belongs to a resident, for the preview of a merge."""
    return {
        "resident": resident,
        "reports": selectors.reports_of(resident_id=resident.pk),
        "pickups": selectors.pickups_of(resident_id=resident.pk),
        "contacts": [selectors.shown_contact(one) for one in links_of(resident_id=resident.pk)],
        "points": selectors.points_of(resident=resident),
    }


def _page(request: HttpRequest, resident: Resident, form: OtherResidentForm) -> HttpResponse:
    now = timezone.now()
    context = _summary(resident) | {
        "section": "residents",
        "form": form,
        "ended": [selectors.shown_contact(one) for one in links_ended(resident_id=resident.pk)],
        "cards": selectors.cards_shown(resident_id=resident.pk),
        "cards_before": selectors.cards_before(resident_id=resident.pk),
        "merges": [
            {
                "merge": one,
                "may_undo": one.undone_at is None
                and one.undo_until > now
                and one.kept_id == resident.pk,
            }
            for one in merges_of(resident_id=resident.pk)
        ],
    }
    return render(
        request, "identity/console/resident.html", context, status=422 if form.errors else 200
    )


def _resident(resident_id: UUID) -> Resident:
    resident = resident_find(resident_id=resident_id)
    if resident is None:
        raise Http404
    return resident


def _link(resident_id: UUID, link_id: int) -> ContactLink:
    link = ContactLink.objects.filter(pk=link_id, resident_id=resident_id).first()
    if link is None:
        raise Http404
    return link


def _open_links(contact_point_id: UUID) -> QuerySet[ContactLink]:
    return ContactLink.objects.filter(contact_point=contact_point_id, ended_at=None)


def _note(request: HttpRequest, act: Act, concerned: Mapping[UUID, UUID]) -> None:
    """Write it down for each person, with the number of the contact or person it was about."""
    for resident_id, subject in concerned.items():
        audit(actor=_agent(request), act=act, resident_id=resident_id, subject=str(subject))


def _note_both(request: HttpRequest, act: Act, one: UUID, other: UUID) -> None:
    _note(request, act, {one: other, other: one})


def _agent(request: HttpRequest) -> User:
    return cast(User, request.user)  # `needs` lets nobody else through
