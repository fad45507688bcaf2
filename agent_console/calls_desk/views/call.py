"""``/console/appel/<uuid>/``: the caller and the one form; then what to read aloud."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agent_console.citizens.consent_texts import consent_text
from agent_console.citizens.consents import Wish
from agent_console.citizens.errors import AddressInvalid
from agent_console.facilities.views import with_map
from agent_console.intake.views.numbers import number_revealed
from agent_console.pickups.errors import PickupError
from agent_console.redemptions.spelling import spelled
from agent_console.redemptions.views.assisted import REDEEM
from agent_console.reports.errors import ReportError
from agent_console.reports.selectors import report_find
from agent_console.reports.similar import Similar
from agent_console.staff.auditing import audit_look
from agent_console.staff.models import Act

from .. import access, selectors, services
from ..callers import Caller, caller_of
from ..errors import CallError, SpeakerUnclear
from ..forms import CallForm, WrapForm, typed
from ..models import Call, Draft, DraftState, WrapCode
from ..pickup_reading import PickupPart, pickup_of, pickup_part_of
from ..sending import Agreed, pickup_send, report_send, sms_is_on, support_send
from ..wishes import OPEN
from .start import NOT_A_NUMBER

_UNPROCESSABLE = 422


@with_map
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ANSWER_CALLS)
def call_page(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """The form of the open draft, as it was left; without one, what came of the call."""
    call = access.call_or_404(request, call_id)
    if request.method == "POST":
        return _send(request, call)
    draft = selectors.draft_current(call=call)
    if draft is None:
        return _result(request, call, WrapForm(initial={"code": _code(call), "note": call.note}))
    form = CallForm.of_draft(draft)
    return _page(request, call, draft, form, similar=form.similar())


@require_POST
@access.needs(access.ANSWER_CALLS)
def number(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """The caller said their number after all."""
    call = access.call_or_404(request, call_id)
    try:
        services.call_number_set(call_id=call.pk, number=request.POST.get("number", ""))
    except AddressInvalid:
        messages.error(request, NOT_A_NUMBER)
    return redirect("calls_desk:call", call_id=call.pk)


@never_cache
@require_POST
@access.needs(access.ANSWER_CALLS)
def number_shown(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """The whole number, to who asks for it; that is written down."""
    call = access.call_or_404(request, call_id)
    caller = caller_of(call)
    _look(request, Act.NUMBER, call, caller)
    return number_revealed(request, number=caller.number_shown)


@require_POST
@access.needs(access.ANSWER_CALLS)
def speaker(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Who of those who share the number is calling; what is typed so far is kept."""
    call = access.call_or_404(request, call_id)
    draft = selectors.draft_current(call=call)
    if draft is not None and request.POST.get("key") == str(draft.pk):
        _keep(draft, request)
    said = request.POST.get("speaker", "")
    try:
        chosen = None if said == "new" else UUID(said)
        services.call_speaker_set(call_id=call.pk, resident_id=chosen)
    except (ValueError, CallError):
        messages.error(request, SpeakerUnclear.message)
    return redirect("calls_desk:call", call_id=call.pk)


@require_POST
@access.needs(access.ANSWER_CALLS)
def another(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Another request of the same caller."""
    call = access.call_or_404(request, call_id)
    services.draft_add(call_id=call.pk)
    return redirect("calls_desk:call", call_id=call.pk)


@require_POST
@access.needs(access.ANSWER_CALLS)
def talk_end(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """They hung up."""
    call = services.call_talk_end(call_id=access.call_or_404(request, call_id).pk)
    return redirect("calls_desk:call", call_id=call.pk)


@require_POST
@access.needs(access.ANSWER_CALLS)
def wrap(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """The call is done; on to the next one."""
    call = access.call_or_404(request, call_id)
    form = WrapForm(request.POST)
    if not form.is_valid():
        return _result(request, call, form, status=_UNPROCESSABLE)
    services.call_wrap(
        call_id=call.pk, code=WrapCode(form.cleaned_data["code"]), note=form.cleaned_data["note"]
    )
    messages.success(request, "Appel clôturé. Prêt pour le suivant.")
    return redirect("calls_desk:start")


def _send(request: HttpRequest, call: Call) -> HttpResponse:
    form = CallForm(request.POST)
    draft = call.drafts.filter(pk=form.draft_key).first() if form.draft_key else None
    if draft is None:
        raise Http404
    if draft.state == DraftState.SENT:
        return redirect("calls_desk:call", call_id=call.pk)
    agreed = _agreed(request, form)
    try:
        if reference := request.POST.get("attach"):
            report = report_find(reference=reference)
            if report is None:
                raise Http404
            support_send(
                draft_id=draft.pk, actor=access.agent(request), report=report, agreed=agreed
            )
        elif not form.is_valid():
            return _again(request, call, draft, form)
        elif form.is_pickup:
            if not access.agent(request).has_perm(access.BOOK_PICKUPS):
                raise PermissionDenied
            pickup_send(
                draft_id=draft.pk,
                actor=access.agent(request),
                pickup=pickup_of(form),
                agreed=agreed,
            )
        else:
            similar = form.similar()
            if _is_news(request, form, similar):
                _keep(draft, request)
                return _page(request, call, draft, form, similar=similar, is_check=True)
            intake = form.intake(created_by=access.agent(request))
            report_send(
                draft_id=draft.pk,
                actor=access.agent(request),
                intake=replace(intake, photos=()),
                agreed=agreed,
            )
    except ReportError as refusal:
        form.is_valid()
        form.refuse(refusal)
        return _again(request, call, draft, form)
    except (PickupError, CallError) as refusal:
        form.is_valid()
        form.add_error("items" if form.is_pickup else None, refusal.message)
        return _again(request, call, draft, form)
    return redirect("calls_desk:call", call_id=call.pk)


def _again(request: HttpRequest, call: Call, draft: Draft, form: CallForm) -> HttpResponse:
    """Nothing was stored but the draft."""
    _keep(draft, request)
    similar = form.similar()
    return _page(request, call, draft, form, similar=similar, status=_UNPROCESSABLE)


def _keep(draft: Draft, request: HttpRequest) -> None:
    """What was sent is the newest: also where no script saved it."""
    with suppress(CallError):  # the page itself still shows all of it
        draft.version = services.draft_save(
            draft_id=draft.pk, fields=typed(request.POST), version=draft.version
        ).version


def _agreed(request: HttpRequest, form: CallForm) -> Agreed:
    may_record = access.agent(request).has_perm(access.RECORD_CONSENT)
    wallet = str(form.data.get("wallet")) if may_record else ""
    return Agreed(sms=bool(form.data.get("sms")), wallet={"yes": True, "no": False}.get(wallet))


def _is_news(request: HttpRequest, form: CallForm, similar: list[Similar]) -> bool:
    """Whether there is something that the operator has not been shown yet."""
    seen = set(request.POST.get("seen", "").split())
    has_unseen = any(one.report.reference not in seen for one in similar)
    return has_unseen or (bool(form.questions) and request.POST.get("asked") != form.asked)


def _page(
    request: HttpRequest,
    call: Call,
    draft: Draft,
    form: CallForm,
    *,
    similar: list[Similar],
    is_check: bool = False,
    status: int = 200,
) -> HttpResponse:
    caller = caller_of(call)
    _look(request, Act.CALL, call, caller)
    seen = [*str(form.data.get("seen", "")).split(), *(one.report.reference for one in similar)]
    part = pickup_part_of(form) if form.is_pickup else PickupPart()
    context: dict[str, Any] = {
        "section": "calls",
        "call": call,
        "times": selectors.times_of(call),
        "draft": draft,
        "form": form,
        "caller": caller,
        "similar": similar,
        "seen": " ".join(dict.fromkeys(seen)),
        "shown": " ".join(one.report.reference for one in similar),
        "is_check": is_check,
        "part": part,
        "may_sms": _may_sms(caller),
        "asks_wallet": bool(caller.number)
        and not caller.is_unclear
        and caller.wish in OPEN
        and access.agent(request).has_perm(access.RECORD_CONSENT),
        "was_asked": caller.wish is Wish.ASKED,
        "consent": consent_text(locale=caller.locale),
        "may_redeem": access.agent(request).has_perm(REDEEM),
        "may_book": access.agent(request).has_perm(access.BOOK_PICKUPS),
        "sms_is_on": sms_is_on(),
        "tiles_url": settings.MAP_TILES_URL,
        "tiles_attribution": settings.MAP_TILES_ATTRIBUTION,
    }
    return render(request, "calls_desk/call.html", context, status=status)


def _look(request: HttpRequest, act: Act, call: Call, caller: Caller) -> None:
    seen: set[UUID | None] = {one.resident.pk for one in caller.speakers}
    if caller.resident:
        seen.add(caller.resident.pk)
    for resident_id in seen or {None}:
        audit_look(
            actor=access.agent(request), act=act, subject=str(call.pk), resident_id=resident_id
        )


def _may_sms(caller: Caller) -> bool:
    return bool(caller.number) and caller.is_mobile and not caller.opted_out and sms_is_on()


def _result(request: HttpRequest, call: Call, form: WrapForm, *, status: int = 200) -> HttpResponse:
    sent = selectors.drafts_sent(call=call)
    newest = sent[0] if sent else None
    case = (newest.report or newest.booking) if newest else None
    context: dict[str, Any] = {
        "section": "calls",
        "call": call,
        "times": selectors.times_of(call),
        "draft": newest,
        "case": case,
        "others": sent[1:],
        "spelled": spelled(case.reference) if case else [],
        "form": form,
    }
    return render(request, "calls_desk/result.html", context, status=status)


def _code(call: Call) -> str:
    """The likeliest reason, from what came of the call."""
    if call.wrap_code:
        return call.wrap_code
    sent = call.drafts.filter(state=DraftState.SENT).order_by("-closed_at").first()
    if sent is None:
        return ""
    if sent.booking_id:
        return WrapCode.PICKUP
    return WrapCode.ATTACHED if sent.is_attached else WrapCode.REPORT
