"""``/mon-espace/``: what is theirs, for a resident who is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agent_console.citizens.consent_texts import consent_text
from agent_console.citizens.consents import Said, consent_answer, consent_of
from agent_console.citizens.errors import ContactUnlinked, IdentityError
from agent_console.citizens.links import contact_unlink, link_restore
from agent_console.citizens.models import (
    ChannelCode,
    ConsentAnswer,
    ContactLink,
    LinkHow,
    ProofHow,
)
from agent_console.citizens.pins import pin_check, pin_is_set, pin_remove, pin_set
from agent_console.citizens.recognition import Level
from agent_console.citizens.selectors import links_ended, links_of, residents_same
from agent_console.consultations.selectors import consultations_open
from agent_console.identity import selectors, sessions
from agent_console.identity.forms import PinForm
from agent_console.identity.models import PortalSession
from agent_console.identity.texts import MESSAGES

type _View[**P] = Callable[Concatenate[HttpRequest, PortalSession, P], HttpResponse]


def signed_in[**P](view: _View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """View decorator: with the resident's session, else to the sign-in; never cached."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        session = sessions.session_of(request)
        if session is None:
            return redirect("identity:signin")
        return view(request, session, *args, **kwargs)

    return guarded


@require_safe
@signed_in
def home(request: HttpRequest, session: PortalSession) -> HttpResponse:
    """Reports, pickups, points, contacts, PIN."""
    return _home(request, session, PinForm())


@require_POST
@signed_in
def unlink(request: HttpRequest, session: PortalSession, link_id: int) -> HttpResponse:
    """This contact is not theirs any more; the page offers to undo it."""
    link = _own(session, link_id)
    if link is None:
        return _home(request, session, PinForm(), problem=MESSAGES["contact_unlinked"], status=409)
    contact_unlink(
        contact_point_id=link.contact_point_id,
        resident_id=link.resident_id,
        how=LinkHow.OWN_REQUEST,
    )
    return redirect(f"/mon-espace/?detache={link.pk}")


@require_POST
@signed_in
def relink(request: HttpRequest, session: PortalSession, link_id: int) -> HttpResponse:
    """Undo that."""
    link = ContactLink.objects.filter(
        pk=link_id, resident=session.resident, ended_how=LinkHow.OWN_REQUEST
    ).first()
    try:
        if link is None:
            raise ContactUnlinked
        link_restore(link_id=link.pk, how=LinkHow.OWN_REQUEST)
    except ContactUnlinked as refusal:
        return _home(request, session, PinForm(), problem=MESSAGES[refusal.code], status=409)
    return redirect("identity:home")


@require_POST
@signed_in
def pin(request: HttpRequest, session: PortalSession) -> HttpResponse:
    """Choose, check or remove the PIN; choosing and removing take a fresh proof."""
    action = request.POST.get("action", "")
    form = PinForm(request.POST)
    is_fresh = sessions.session_level(session) >= Level.SPENDING
    if action in ("set", "remove") and not is_fresh:
        return _home(
            request, session, PinForm(), problem=MESSAGES["recognition_needed"], status=403
        )
    if action == "remove":
        pin_remove(resident_id=session.resident.pk)
        return redirect("identity:home")
    if not form.is_valid():
        return _home(request, session, form)
    try:
        if action == "set":
            pin_set(resident_id=session.resident.pk, pin=form.cleaned_data["pin"])
        else:
            pin_check(resident_id=session.resident.pk, pin=form.cleaned_data["pin"])
            sessions.session_proved(session=session, how=ProofHow.PIN)
    except IdentityError as refusal:
        form.add_error("pin", MESSAGES[refusal.code])
        return _home(request, session, form)
    return redirect("identity:home")


@require_POST
@signed_in
def consent(request: HttpRequest, session: PortalSession) -> HttpResponse:
    """Points or none, with "15 ans ou plus ?" in the same question; a "no" takes a yes back."""
    answers = {"yes": ConsentAnswer.AGREED, "no": ConsentAnswer.REFUSED}
    answer = answers.get(request.POST.get("answer", ""))
    if answer is None:
        return _home(request, session, PinForm(), problem="Choisissez une réponse.", status=422)
    said = Said(answer, ChannelCode.WEB)
    consent_answer(resident_id=session.resident.pk, said=said)
    return redirect("identity:home")


@require_POST
@signed_in
def sign_out(request: HttpRequest, session: PortalSession) -> HttpResponse:
    """Here, or everywhere."""
    if request.POST.get("everywhere"):
        sessions.sessions_end(resident_ids=residents_same(resident_id=session.resident.pk))
    else:
        sessions.session_end(session=session)
    response = redirect("identity:signin")
    sessions.cookie_take(response)
    return response


def _own(session: PortalSession, link_id: int) -> ContactLink | None:
    return links_of(resident_id=session.resident.pk).filter(pk=link_id).first()


def _home(
    request: HttpRequest,
    session: PortalSession,
    form: PinForm,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    resident = session.resident
    undo = request.GET.get("detache", "")
    ended = [selectors.shown_contact(link) for link in links_ended(resident_id=resident.pk)]
    cards_before = selectors.cards_before(resident_id=resident.pk)
    former = {"contacts": ended, "cards": cards_before} if ended or cards_before else None
    context: dict[str, Any] = {
        "resident": resident,
        "reports": selectors.reports_of(resident_id=resident.pk),
        "pickups": selectors.pickups_of(resident_id=resident.pk),
        "points": selectors.points_of(resident=resident),
        "consent": consent_of(resident_id=resident.pk),
        "consent_text": consent_text(),
        "contacts": [selectors.shown_contact(link) for link in links_of(resident_id=resident.pk)],
        "cards": selectors.cards_shown(resident_id=resident.pk),
        "former": former,
        "has_pin": pin_is_set(resident_id=resident.pk),
        "may_spend": sessions.session_level(session) >= Level.SPENDING,
        "consultations": consultations_open(at=timezone.now()),
        "form": form,
        "problem": problem,
        "undo": undo if undo.isascii() and undo.isdigit() else "",
    }
    return render(request, "identity/home.html", context, status=422 if form.errors else status)
