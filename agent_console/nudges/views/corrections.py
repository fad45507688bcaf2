"""``/console/nudges/corrections/``: one supervisor proposes, another one decides."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agent_console.intake import access
from agent_console.intake.paging import cursor_of, pager
from agent_console.nudges import selectors
from agent_console.nudges.forms import KINDS, REASONS, CorrectionForm
from agent_console.nudges.permissions import CORRECT, VIEW
from agent_console.staff.confirming import confirmed
from agent_console.wallet import corrections as wallet
from agent_console.wallet.http import WalletError

from .common import UNPROCESSABLE, actor, failure_text, form_refused, names, unavailable

DECISIONS = {
    "approve": "La correction est appliquée.",
    "reject": "La correction est rejetée : rien n’a changé.",
}
PROPOSED = "proposed"
STATES = [(PROPOSED, "À décider"), ("applied", "Appliquées"), ("rejected", "Rejetées")]
_LABELS = dict(KINDS) | {"refund_voucher": "Rembourser un bon"}
_PREFILLED = ("kind", "reference", "wallet", "subject")


@require_safe
@access.needs(VIEW)
def correction_list(request: HttpRequest) -> HttpResponse:
    """`/console/nudges/corrections/?state=proposed`: those in one state, page by page."""
    state = request.GET.get("state", "")
    state = state if state in dict(STATES) else PROPOSED
    try:
        page = wallet.corrections(state=state, cursor=cursor_of(request))
    except WalletError as failure:
        return unavailable(request, "corrections", failure)
    shown = page.items
    context = {
        "section": "nudges",
        "tab": "corrections",
        "state": state,
        "states": STATES,
        "page": page,
        "pager": pager(request, next_cursor=page.next_cursor),
        "kinds": _LABELS,
        "reasons": dict(REASONS),
        "me": actor(request),
        "references": selectors.report_references(
            reward_ids=[correction.subject for correction in shown if correction.subject]
        ),
        "names": names(person for each in shown for person in (each.proposed_by, each.decided_by)),
    }
    return render(request, "nudges/corrections.html", context)


@confirmed
@require_safe
@access.needs(VIEW)
@access.needs(CORRECT)
def correction_new(request: HttpRequest) -> HttpResponse:
    """The form; ``?kind=&reference=&wallet=&subject=`` fill it in."""
    given = {name: request.GET[name] for name in _PREFILLED if request.GET.get(name)}
    return _form(request, CorrectionForm(initial=given))


@confirmed
@require_POST
@access.needs(VIEW)
@access.needs(CORRECT)
def correction_propose(request: HttpRequest) -> HttpResponse:
    """Propose a correction."""
    form = CorrectionForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            wallet.correction_propose(
                kind=data["kind"],
                reason=data["reason"],
                wallet_id=data["wallet"],
                subject=data["subject"],
                points=data["points"],
                actor=actor(request),
                key=str(data["key"]),
            )
        except WalletError as failure:
            form_refused(form, failure)
        else:
            messages.success(
                request, "La correction est proposée. Une autre personne doit la décider."
            )
            return redirect("nudges:corrections")
    return _form(request, form)


@confirmed
@require_POST
@access.needs(VIEW)
@access.needs(CORRECT)
def correction_decide(request: HttpRequest, correction_id: UUID) -> HttpResponse:
    """Apply or reject a proposal of somebody else."""
    decision = request.POST.get("decision", "")
    if decision not in DECISIONS:
        return HttpResponseBadRequest()
    try:
        wallet.correction_decide(
            correction_id=correction_id, decision=decision, actor=actor(request)
        )
    except WalletError as failure:
        messages.error(request, failure_text(failure))
    else:
        messages.success(request, DECISIONS[decision])
    return redirect("nudges:corrections")


def _form(request: HttpRequest, form: CorrectionForm) -> HttpResponse:
    context = {"section": "nudges", "tab": "corrections", "form": form}
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "nudges/correction.html", context, status=status)
