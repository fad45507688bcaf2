"""``/consultations/``: what is asked, and the ballot."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import selectors
from .errors import AlreadyVoted, ConsultationError, UrnUnavailable
from .forms import BallotForm, ProposalForm
from .links import BallotRight, ballot_right
from .models import Consultation
from .pages import UNPROCESSABLE, locale_of, page
from .proposals import proposal_submit
from .texts import message
from .urn import code_shown
from .voting import has_voted, receipt_of, vote_cast
from .workflow import State

_CONFLICT = 409


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Open, to come, and over."""
    locale = locale_of(request)
    shown = [
        {
            "consultation": one,
            "title": getattr(one, f"title_{locale}"),
            "communes": [commune.name for commune in one.communes.all()],
            "is_open": selectors.is_taking_votes(one),
        }
        for one in selectors.consultations_public()
    ]
    open_ones = sorted(
        (row for row in shown if row["is_open"]), key=lambda row: row["consultation"].ends_at
    )
    context = {"open": open_ones, "others": [row for row in shown if not row["is_open"]]}
    return page(request, "consultations/list.html", context)


@require_safe
def question(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """The question, for anybody; the way to the ballot, for who has a space here."""
    return _shown(request, _found(consultation_id), {}, 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ballot(request: HttpRequest, token: str) -> HttpResponse:
    """The question with the ballot, for whoever was given the link."""
    right = ballot_right(token)
    if right is None:
        return _link_ended(request)
    consultation = _found(right.consultation_id)
    base: dict[str, Any] = {"token": token}
    if request.method != "POST":
        return _shown(request, consultation, base | _voting(request, consultation, right), 200)
    return _cast(request, consultation, right, base)


@never_cache
@require_POST
def propose(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever was given the link proposes something."""
    right = ballot_right(token)
    if right is None:
        return _link_ended(request)
    consultation = _found(right.consultation_id)
    locale = locale_of(request)
    form = ProposalForm(request.POST, consultation=consultation, locale=locale)
    more: dict[str, Any] = {"proposal_form": form}
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            proposal_submit(
                consultation_id=consultation.pk,
                resident_id=right.resident_id,
                text=form.cleaned_data["text"],
                insee=form.cleaned_data.get("commune", ""),
            )
        except ConsultationError as refusal:
            more["problem"] = message(refusal.code, locale=locale)
        else:
            more, status = {"is_proposed": True}, 200
    base = {"token": token} | _voting(request, consultation, right)
    return _shown(request, consultation, base | more, status)


def _cast(
    request: HttpRequest, consultation: Consultation, right: BallotRight, base: dict[str, Any]
) -> HttpResponse:
    locale = locale_of(request)
    form = BallotForm(request.POST, consultation=consultation, locale=locale)
    if not form.is_valid():
        return _shown(request, consultation, base | {"form": form}, UNPROCESSABLE)
    try:
        cast = vote_cast(
            consultation_id=consultation.pk,
            resident_id=right.resident_id,
            choice_id=UUID(form.cleaned_data["choice"]),
            insee=form.cleaned_data["commune"],
            channel=right.channel,
            key=f"page:{form.cleaned_data['key']}",
        )
    except ConsultationError as refusal:
        is_shown_again = not isinstance(refusal, AlreadyVoted)
        more = {"form": form} if is_shown_again else _voting(request, consultation, right)
        problem = {"problem": message(refusal.code, locale=locale)}
        status = 503 if isinstance(refusal, UrnUnavailable) else _CONFLICT
        return _shown(request, consultation, base | more | problem, status)
    more = {"is_cast": True, "receipt": code_shown(cast.code), "earns": cast.earns}
    return _shown(request, consultation, base | more, 200)


def _voting(request: HttpRequest, consultation: Consultation, right: BallotRight) -> dict[str, Any]:
    """A ballot for who may vote, the receipt for who has."""
    if not selectors.is_taking_votes(consultation):
        return {}
    if has_voted(consultation=consultation, resident_id=right.resident_id):
        try:
            code = receipt_of(consultation=consultation, resident_id=right.resident_id)
        except UrnUnavailable:
            code = None
        return {"has_voted": True, "receipt": code_shown(code or "")}
    return {"form": BallotForm(consultation=consultation, locale=locale_of(request))}


def _shown(
    request: HttpRequest, consultation: Consultation, more: dict[str, Any], status: int
) -> HttpResponse:
    locale = locale_of(request)
    is_open = selectors.is_taking_votes(consultation)
    context = {
        "consultation": consultation,
        "title": getattr(consultation, f"title_{locale}"),
        "question": getattr(consultation, f"question_{locale}"),
        "text": getattr(consultation, f"text_{locale}"),
        "choices": [getattr(one, f"label_{locale}") for one in consultation.choices.all()],
        "communes": [commune.name for commune in consultation.communes.all()],
        "is_open": is_open,
        "is_published": consultation.state == State.PUBLISHED,
        "is_counted": consultation.counted_at is not None,
        "proposals": selectors.proposals_accepted(consultation),
        "proposal_form": ProposalForm(consultation=consultation, locale=locale),
        "can_propose": is_open and consultation.accepts_proposals and "token" in more,
    }
    response = page(request, "consultations/question.html", context | more, status=status)
    if "token" in more:  # the address is the right to vote
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _link_ended(request: HttpRequest) -> HttpResponse:
    problem = message("link_ended", locale=locale_of(request))
    return page(request, "consultations/link_ended.html", {"problem": problem}, status=410)


def _found(consultation_id: UUID) -> Consultation:
    found = selectors.consultation_find(consultation_id=consultation_id)
    if found is None:
        raise Http404
    return found
