"""``/console/cards/``: whose a glass card is, and what waits for that to be known."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from agent_console.citizens.models import Resident
from agent_console.citizens.services import resident_of_contact
from agent_console.conversations.models import Conversation
from agent_console.intake import access

from . import linking, selectors
from .errors import CardError
from .forms import LinkForm, ResidentForm
from .models import Card

_SHOWN = 100


@require_safe
@access.needs(linking.LINK_CARD)
def card_list(request: HttpRequest) -> HttpResponse:
    """`/console/cards/`, with ``?resident=`` or ``?conversation=`` when that is known."""
    holder = _holder(request.GET)
    return _list(request, LinkForm(is_known=holder is not None), holder)


@require_POST
@access.needs(linking.LINK_CARD)
def card_link(request: HttpRequest) -> HttpResponse:
    """Link a card by its number."""
    holder = _holder(request.POST)
    form = LinkForm(request.POST, is_known=holder is not None)
    if not form.is_valid():
        return _list(request, form, holder)
    try:
        card = linking.card_link(
            collector=form.cleaned_data["collector"],
            number=form.cleaned_data["number"],
            resident=_resident(holder, form),
            actor=_agent(request),
            has_agreed=form.cleaned_data["has_agreed"],
        )
    except CardError as refusal:
        form.add_error("number", refusal.message)
        return _list(request, form, holder)
    return _linked(request, card)


@require_safe
@access.needs(linking.LINK_CARD)
def card_page(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """`/console/cards/<uuid>/`."""
    return _page(request, _card(card_id), ResidentForm())


@require_POST
@access.needs(linking.LINK_CARD)
def card_assign(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """Link a card that its deposits made known."""
    card = _card(card_id)
    form = ResidentForm(request.POST)
    if not form.is_valid():
        return _page(request, card, form)
    try:
        card = linking.card_assign(
            card_id=card.id,
            resident=_resident(None, form),
            actor=_agent(request),
            has_agreed=form.cleaned_data["has_agreed"],
        )
    except CardError as refusal:
        form.add_error("reference", refusal.message)
        return _page(request, card, form)
    return _linked(request, card)


@require_POST
@access.needs(linking.LINK_CARD)
def card_unlink(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """Undo a link."""
    card = _card(card_id)
    try:
        kept = linking.card_unlink(card_id=card.id, actor=_agent(request))
    except CardError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"La carte …{card.last4} est détachée.")
        if kept:
            messages.warning(
                request,
                "Des dépôts déjà récompensés restent acquis. Si la carte n’était pas la sienne, "
                "demandez une correction à un superviseur.",
            )
    return redirect("cards:card", card_id=card.id)


def _linked(request: HttpRequest, card: Card) -> HttpResponse:
    messages.success(
        request,
        f"La carte …{card.last4} est rattachée. Ses dépôts en attente deviennent des points.",
    )
    return redirect("cards:card", card_id=card.id)


def _list(
    request: HttpRequest, form: LinkForm, holder: Resident | Conversation | None
) -> HttpResponse:
    linked = selectors.cards_linked(limit=_SHOWN)
    if holder is not None:
        resident_id = (
            holder.contact_point.resident_id if isinstance(holder, Conversation) else holder.id
        )
        # Somebody who only ever wrote to us has no card, and not everybody's.
        linked = selectors.cards_of(resident_id=resident_id)
    now = timezone.now()
    failing, limited = selectors.deposits_failing(now=now), selectors.deposits_limited(now=now)
    context: dict[str, Any] = {
        "section": "cards",
        "form": form,
        "failing": list(failing[:_SHOWN]),
        "failing_count": failing.count(),
        "limited": list(limited[:_SHOWN]),
        "limited_count": limited.count(),
        "has_collectors": bool(settings.GLASS_COLLECTOR_SECRETS),
        "waiting": list(selectors.cards_waiting(limit=_SHOWN)),
        "linked": list(linked),
        "holder": holder,
        "holder_kind": "conversation" if isinstance(holder, Conversation) else "resident",
    }
    return render(request, "collectors/cards.html", context, status=422 if form.errors else 200)


def _page(request: HttpRequest, card: Card, form: ResidentForm) -> HttpResponse:
    deposits = selectors.deposits_of(card=card, limit=_SHOWN)
    context = {
        "section": "cards",
        "card": card,
        "form": form,
        "deposits": deposits,
        "is_moving": selectors.is_moving(card=card),
    }
    return render(request, "collectors/card.html", context, status=422 if form.errors else 200)


def _card(card_id: UUID) -> Card:
    card = selectors.card_find(card_id=card_id)
    if card is None:
        raise Http404
    return card


def _holder(given: Mapping[str, str]) -> Resident | Conversation | None:
    """Who the address says that the card is for: a resident, or whoever wrote a conversation."""
    try:
        if given.get("resident"):
            return Resident.objects.filter(pk=UUID(given["resident"])).first()
        if given.get("conversation"):
            return Conversation.objects.filter(pk=UUID(given["conversation"])).first()
    except ValueError:
        return None
    return None


def _resident(holder: Resident | Conversation | None, form: ResidentForm) -> Resident:
    if isinstance(holder, Conversation):
        return resident_of_contact(contact_point_id=holder.contact_point_id)
    found = holder or form.resident
    assert found is not None  # the form is valid: its reference led to somebody
    return found


def _agent(request: HttpRequest) -> User:
    return cast(User, request.user)  # `needs` lets nobody else through
