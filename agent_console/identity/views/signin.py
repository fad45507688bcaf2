"""``/mon-espace/connexion/``: by a code to a phone, or by an OpenID provider.

What the steps must remember travels in a signed cookie of ten minutes: no session stands before
somebody has proved anything.
"""

import logging
import uuid
from typing import Any

from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from joserfc.errors import JoseError
from requests import RequestException

from agent_console.citizens.codes import code_confirm, code_request, phone_contact
from agent_console.citizens.errors import AddressInvalid, ContactUnlinked, IdentityError
from agent_console.citizens.models import CodePurpose, ContactPoint, Resident
from agent_console.identity import openid, sessions
from agent_console.identity.forms import CodeForm, PhoneForm
from agent_console.identity.models import SignedInBy
from agent_console.identity.requesters import requester_of
from agent_console.identity.selectors import reports_of
from agent_console.identity.signing_in import (
    holder_signs_in,
    must_choose,
    subject_attach,
    subject_signs_in,
)
from agent_console.identity.texts import MESSAGES

logger = logging.getLogger(__name__)
_COOKIE, _SALT, _LASTS_S = "mdmp_connexion", "identity.signin", 600
_OPENID_FAILED = (
    "La connexion n’a pas abouti. Réessayez, ou connectez-vous avec votre numéro de téléphone."
)
_OPENID_OTHERS = (
    "Cette identité est déjà celle d’une autre fiche. Un téléconseiller peut vous aider."
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Ask for a number; every valid one gets the same answer."""
    form = PhoneForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form)
    try:
        contact = phone_contact(number=form.cleaned_data["phone"])
        code_id = code_request(
            contact_point=contact, purpose=CodePurpose.SIGN_IN, requester=requester_of(request)
        )
    except (AddressInvalid, IdentityError) as refusal:
        form.add_error("phone", MESSAGES[refusal.code])
        return _page(request, form)
    response = redirect("identity:code")
    _remember(response, {"code": str(code_id)})
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Repeat the code; then the space, or first: who is it?"""
    step = _remembered(request)
    if "code" not in step:
        return redirect("identity:signin")
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _form(request, "identity/code.html", form)
    try:
        proof = code_confirm(
            code_id=uuid.UUID(step["code"]),
            code=form.cleaned_data["code"],
            purpose=CodePurpose.SIGN_IN,
        )
    except IdentityError as refusal:
        form.add_error("code", MESSAGES[refusal.code])
        return _form(request, "identity/code.html", form)
    if must_choose(contact_point=proof.contact_point):
        response = redirect("identity:who")
        _remember(response, {"proved": str(proof.contact_point.pk)})
        return response
    resident = holder_signs_in(contact_point=proof.contact_point, chosen=None)
    return _signed_in(resident, proof.contact_point, SignedInBy.CODE)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def who(request: HttpRequest) -> HttpResponse:
    """Several people use this phone, or nobody proved it for long: who is it?"""
    step = _remembered(request)
    if "proved" not in step:
        return redirect("identity:signin")
    contact = ContactPoint.objects.get(pk=step["proved"])
    people = must_choose(contact_point=contact)
    if request.method == "POST":
        said = request.POST.get("who", "")
        chosen = next((one for one in people if str(one.pk) == said), None)
        if chosen is not None or said == "new":
            try:
                resident = holder_signs_in(
                    contact_point=contact, chosen=chosen, is_new=chosen is None
                )
            except ContactUnlinked:
                return redirect("identity:signin")
            return _signed_in(resident, contact, SignedInBy.CODE)
    shown = [{"resident": one, "reports": reports_of(resident_id=one.pk)[:1]} for one in people]
    problem = "Choisissez une réponse." if request.method == "POST" else ""
    context = {"people": shown, "problem": problem}
    return render(request, "identity/who.html", context, status=422 if problem else 200)


@never_cache
@require_safe
def openid_start(request: HttpRequest) -> HttpResponse:
    """To the provider."""
    if not openid.is_on():
        return redirect("identity:signin")
    try:
        return openid.send_to_provider(request, return_to=_return_to())
    except (AuthlibBaseError, RequestException) as failure:
        return _openid_failed(request, failure)


@never_cache
@require_safe
def openid_return(request: HttpRequest) -> HttpResponse:
    """The provider's answer: signed in, or linked to who is signed in already."""
    if not openid.is_on():
        return redirect("identity:signin")
    try:
        claims = openid.claims_of_answer(request)
    except (
        signing.BadSignature,
        AuthlibBaseError,
        JoseError,
        RequestException,
        KeyError,
        ValueError,
    ) as failure:
        return _openid_failed(request, failure)
    if claims.get("acr") not in settings.OPENID_ACR_VALUES.split():
        return _openid_failed(request, PermissionError("acr"))  # less sure than was asked for
    vouched: dict[str, str] = {
        "issuer": str(claims["iss"]),
        "sub": str(claims["sub"]),
        "acr": str(claims.get("acr", "")),
    }
    session = sessions.session_of(request)
    if session is not None:
        if not subject_attach(resident=session.resident, **vouched):
            return _page(request, PhoneForm(), problem=_OPENID_OTHERS, status=409)
        response: HttpResponse = redirect("identity:home")
    else:
        response = _signed_in(subject_signs_in(**vouched), None, SignedInBy.OPENID)
    openid.cookie_take(response)
    return response


def _return_to() -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse('identity:openid-return')}"


def _openid_failed(request: HttpRequest, failure: Exception) -> HttpResponse:
    logger.warning("sign-in by provider failed", extra={"code": type(failure).__name__})
    response = _page(request, PhoneForm(), problem=_OPENID_FAILED, status=400)
    openid.cookie_take(response)
    return response


def _signed_in(resident: Resident, contact: ContactPoint | None, how: SignedInBy) -> HttpResponse:
    _, token = sessions.session_open(resident=resident, contact_point=contact, how=how)
    response = redirect("identity:home")
    sessions.cookie_give(response, token)
    response.delete_cookie(_COOKIE, path=sessions.PATH, samesite="Lax")
    return response


def _remember(response: HttpResponse, step: dict[str, str]) -> None:
    response.set_cookie(
        _COOKIE,
        signing.dumps(step, salt=_SALT),
        max_age=_LASTS_S,
        path=sessions.PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _remembered(request: HttpRequest) -> dict[str, str]:
    try:
        step: dict[str, str] = signing.loads(
            request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_LASTS_S
        )
    except signing.BadSignature:
        return {}
    return step


def _page(
    request: HttpRequest, form: PhoneForm, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "problem": problem,
        "provider": settings.OPENID_NAME if openid.is_on() else "",
    }
    return _form(request, "identity/signin.html", form, status=status, **context)


def _form(
    request: HttpRequest, template: str, form: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    return render(request, template, {"form": form, **more}, status=422 if form.errors else status)
