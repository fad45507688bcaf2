"""Offers: the list, one offer with its history, a new one, a changed one, its state."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agent_console.partner_admin import access, offer_texts
from agent_console.partner_admin.forms.offers import OfferEditForm, OfferForm
from agent_console.partner_admin.forms.states import OfferStateForm
from agent_console.partner_admin.people import people
from agent_console.staff.confirming import confirmed
from agent_console.staff.models import Act
from agent_console.wallet import offers, partners
from agent_console.wallet.http import WalletRefused, WalletUnavailable

from .common import actor, form_page, note, reads_wallet

TEMPLATE = "partner_admin/offer_form.html"


@require_safe
@access.needs(access.OFFERS)
@reads_wallet
def offer_list(request: HttpRequest) -> HttpResponse:
    """`/console/partners/offers/`: newest first; ``?state=`` filters by what residents see."""
    asked = request.GET.get("state", "")
    state = offer_texts.Shown(asked) if asked in offer_texts.Shown else None
    now = timezone.now()
    rows = [(offer, offer_texts.shown_state(offer, now=now)) for offer in offers.offer_list()]
    context = {
        "tab": "offers",
        "rows": [row for row in rows if state in (None, row[1])],
        "count": len(rows),
        "state": state or "",
        "states": list(offer_texts.LABELS.items()),
    }
    return render(request, "partner_admin/offer_list.html", context)


@require_safe
@access.needs(access.OFFERS)
@reads_wallet
def offer_page(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """`/console/partners/offers/<uuid>/`: what it says, what residents see, who changed what."""
    return _page(request, offers.offer_get(offer_id), OfferStateForm())


@confirmed
@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.OFFERS)
@reads_wallet
def offer_new(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """`/console/partners/<uuid>/offers/new/`; the button ``preview`` saves nothing."""
    context: dict[str, Any] = {"tab": "offers", "title": "Nouvelle offre", "back_id": partner_id}
    form = OfferForm(request.POST or None)
    try:
        partner = partners.partner_get(partner_id)
    except WalletUnavailable:
        if not form.is_bound:
            raise
        form.mark_away()
        return form_page(request, TEMPLATE, form, context)
    context["subtitle"] = partner.name
    if form.is_bound and form.is_valid():
        if "preview" in request.POST:
            context["preview"] = offer_texts.preview_of(form.terms(), partner_name=partner.name)
            return form_page(request, TEMPLATE, form, context)
        state = "draft" if "draft" in request.POST else "published"
        made = form.send(
            lambda: offers.offer_create(
                key=form.cleaned_data["key"],
                partner_id=partner_id,
                terms=form.terms(),
                state=state,
                actor=actor(request),
            )
        )
        if made is not None:
            _note(request, made)
            done = "est publiée" if made.state == "published" else "est enregistrée en brouillon"
            messages.success(request, f"L’offre « {made.title} » {done}.")
            return redirect("partner_admin:offer", offer_id=made.id)
    return form_page(request, TEMPLATE, form, context)


@confirmed
@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.OFFERS)
@reads_wallet
def offer_edit(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """`/console/partners/offers/<uuid>/edit/`."""
    context: dict[str, Any] = {"tab": "offers", "title": "Modifier l’offre", "back_offer": offer_id}
    try:
        offer = offers.offer_get(offer_id)
    except WalletUnavailable:
        if request.method != "POST":
            raise
        kept = OfferEditForm(request.POST, offer=None)
        kept.mark_away()
        return form_page(request, TEMPLATE, kept, context)
    context |= {"offer": offer, "subtitle": f"{offer.title} · {offer.partner_name}"}
    form = OfferEditForm(request.POST or None, offer=offer)
    if form.is_bound and form.is_valid():
        if "preview" in request.POST:
            context["preview"] = offer_texts.preview_of(
                form.terms(), partner_name=offer.partner_name
            )
            return form_page(request, TEMPLATE, form, context)
        if _change(request, offer, form, form.changes()):
            messages.success(request, "L’offre est enregistrée.")
            return redirect("partner_admin:offer", offer_id=offer_id)
    return form_page(request, TEMPLATE, form, context)


@confirmed
@require_POST
@access.needs(access.OFFERS)
@reads_wallet
def offer_state(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Publish or withdraw; vouchers that were taken stay good."""
    form = OfferStateForm(request.POST)
    offer = offers.offer_get(offer_id)
    if form.is_valid():
        changes = {"state": form.cleaned_data["state"]}
        if changes["state"] == offer.state or _change(request, offer, form, changes):
            is_out = changes["state"] == "published"
            messages.success(
                request,
                f"L’offre {'est' if is_out else 'n’est plus'} au catalogue.",
            )
            return redirect("partner_admin:offer", offer_id=offer_id)
    return _page(request, offer, form)


def _page(request: HttpRequest, offer: offers.OfferView, form: OfferStateForm) -> HttpResponse:
    history = offers.offer_history(offer.id)
    names = people(change.actor for change in history)
    form.initial["version"] = offer.version
    context = {
        "tab": "offers",
        "offer": offer,
        "state": offer_texts.shown_state(offer, now=timezone.now()),
        "places": offer_texts.commune_names(offer.communes),
        "preview": offer_texts.preview_of_offer(offer),
        "history": [
            {"change": change, "who": names[change.actor], "lines": offer_texts.lines_of(change)}
            for change in history
        ],
    }
    return form_page(request, "partner_admin/offer.html", form, context)


def _change(
    request: HttpRequest,
    offer: offers.OfferView,
    form: OfferEditForm | OfferStateForm,
    changes: dict[str, Any],
) -> bool:
    """Whether the offer now is as asked for; if it is so already, nothing is sent."""
    if not changes:
        return True
    data = form.cleaned_data
    try:
        changed = form.send(
            lambda: offers.offer_change(
                key=data["key"],
                offer_id=offer.id,
                version=data["version"],
                changes=changes,
                actor=actor(request),
            ),
            passing="offer_changed",
        )
    except WalletRefused:
        newest = offers.offer_history(offer.id)[0]
        form.explain_outdated(who=people([newest.actor])[newest.actor], version=newest.version)
        return False
    if changed is not None:
        _note(request, changed)
    return changed is not None


def _note(request: HttpRequest, offer: offers.OfferView) -> None:
    note(request, Act.OFFER, f"{offer.id} v{offer.version}")
