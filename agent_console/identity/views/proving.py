"""``/mon-espace/confirmer/``: a fresh proof before points are spent, by a code or the PIN."""

import uuid

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from agent_console.citizens.codes import code_confirm, code_request
from agent_console.citizens.errors import CodeEnded, CodeUndeliverable, IdentityError
from agent_console.citizens.models import CodePurpose, ContactPoint, ProofHow
from agent_console.citizens.phones import phones_of
from agent_console.citizens.pins import pin_check, pin_is_set
from agent_console.identity import sessions
from agent_console.identity.forms import CodeForm, PinForm
from agent_console.identity.models import PortalSession
from agent_console.identity.requesters import requester_of
from agent_console.identity.texts import MESSAGES

from .space import signed_in

_SALT, _LASTS_S = "identity.proving", 600


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def prove(request: HttpRequest, session: PortalSession) -> HttpResponse:
    """The PIN, or a code: asked for, then repeated; then back to the offer."""
    action = request.POST.get("action", "")
    try:
        if action == "send":
            return _sent(request, session)
        if action == "code":
            return _code_repeated(request, session)
        if action == "pin":
            return _pin_said(request, session)
    except IdentityError as refusal:
        return _page(request, session, problem=MESSAGES[refusal.code], status=409)
    return _page(request, session)


def _sent(request: HttpRequest, session: PortalSession) -> HttpResponse:
    phone = _phone(session)
    if phone is None:
        raise CodeUndeliverable
    code_id = code_request(
        contact_point=phone, purpose=CodePurpose.RECOGNISE, requester=requester_of(request)
    )
    # Signed for this session: a code that was brought elsewhere proves nothing here.
    step = signing.dumps([str(session.pk), str(code_id)], salt=_SALT)
    return _page(request, session, step=step)


def _code_repeated(request: HttpRequest, session: PortalSession) -> HttpResponse:
    step = request.POST.get("step", "")
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _page(request, session, step=step, code_form=form)
    try:
        holder, code_id = signing.loads(step, salt=_SALT, max_age=_LASTS_S)
    except signing.BadSignature as error:
        raise CodeEnded from error
    if holder != str(session.pk):
        raise CodeEnded
    try:
        proof = code_confirm(
            code_id=uuid.UUID(code_id),
            code=form.cleaned_data["code"],
            purpose=CodePurpose.RECOGNISE,
        )
    except IdentityError as refusal:
        form.add_error("code", MESSAGES[refusal.code])
        return _page(request, session, step=step, code_form=form)
    if proof.contact_point not in phones_of(resident_id=session.resident.pk):
        raise CodeEnded  # unlinked since it was sent
    sessions.session_proved(session=session, how=ProofHow.CODE)
    return _onwards(request)


def _pin_said(request: HttpRequest, session: PortalSession) -> HttpResponse:
    form = PinForm(request.POST)
    if not form.is_valid():
        return _page(request, session, pin_form=form)
    try:
        pin_check(resident_id=session.resident.pk, pin=form.cleaned_data["pin"])
    except IdentityError as refusal:
        form.add_error("pin", MESSAGES[refusal.code])
        return _page(request, session, pin_form=form)
    sessions.session_proved(session=session, how=ProofHow.PIN)
    return _onwards(request)


def _phone(session: PortalSession) -> ContactPoint | None:
    """The phone that they signed in with while it is theirs, else the one proved last."""
    phones = phones_of(resident_id=session.resident.pk)
    return next(
        (phone for phone in phones if phone.pk == session.contact_point_id),
        phones[0] if phones else None,
    )


def _offer_id(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.GET.get("offre", ""))
    except ValueError:
        return None


def _onwards(request: HttpRequest) -> HttpResponse:
    offer_id = _offer_id(request)
    if offer_id is None:
        return redirect("identity:home")
    return redirect(reverse("identity:exchange", args=[offer_id]))


def _page(
    request: HttpRequest,
    session: PortalSession,
    *,
    step: str = "",
    code_form: CodeForm | None = None,
    pin_form: PinForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    has_errors = bool((code_form and code_form.errors) or (pin_form and pin_form.errors))
    context = {
        "step": step,
        "offer_id": _offer_id(request),
        "code_form": code_form or CodeForm(),
        "pin_form": pin_form or PinForm(),
        "has_pin": pin_is_set(resident_id=session.resident.pk),
        "has_phone": _phone(session) is not None,
        "has_errors": has_errors,
        "problem": problem,
    }
    return render(request, "identity/prove.html", context, status=422 if has_errors else status)
