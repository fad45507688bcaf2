"""``/console/nudges/reviews/``: what looks wrong, for a person to decide."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agent_console.intake import access
from agent_console.nudges import selectors
from agent_console.nudges.permissions import DECIDE_REVIEWS, VIEW
from agent_console.staff.confirming import confirmed
from agent_console.wallet import reviews as wallet
from agent_console.wallet.http import WalletError

from .common import actor, failure_text, names, unavailable

OPEN = "open"
STATES = [(OPEN, "À vérifier"), ("cleared", "Sans suite"), ("confirmed_fraud", "Fraudes")]
DECISIONS = {
    "clear": "Le cas est classé sans suite.",
    "confirm_fraud": "La fraude est confirmée.",
}


@require_safe
@access.needs(VIEW)
def review_list(request: HttpRequest) -> HttpResponse:
    """`/console/nudges/reviews/`, the open cases unless ``?state=`` says otherwise."""
    asked = request.GET.get("state", OPEN)
    state = asked if asked in dict(STATES) else OPEN
    try:
        page = wallet.reviews(state=state, cursor=request.GET.get("cursor", ""))
    except WalletError as failure:
        return unavailable(request, "reviews", failure)
    context = {
        "section": "nudges",
        "tab": "reviews",
        "state": state,
        "states": STATES,
        "page": page,
        "references": selectors.report_references(reward_ids=[case.subject for case in page.items]),
        "names": names(case.decided_by for case in page.items),
    }
    return render(request, "nudges/reviews.html", context)


@confirmed
@require_POST
@access.needs(VIEW)
@access.needs(DECIDE_REVIEWS)
def review_decide(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """Close a case."""
    decision = request.POST.get("decision", "")
    if decision not in DECISIONS:
        return HttpResponseBadRequest()
    try:
        wallet.review_decide(review_id=review_id, decision=decision, actor=actor(request))
    except WalletError as failure:
        messages.error(request, failure_text(failure))
    else:
        messages.success(request, DECISIONS[decision])
    return redirect("nudges:reviews")
