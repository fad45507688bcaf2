"""``/console/nudges/campaigns/``: times in which rules pay out of a budget."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from agent_console.intake import access
from agent_console.nudges.forms import CampaignForm
from agent_console.nudges.permissions import CHANGE_RULES, VIEW
from agent_console.staff.confirming import confirmed
from agent_console.wallet import rules as wallet
from agent_console.wallet.http import WalletError

from .common import UNPROCESSABLE, actor, form_refused, names, unavailable


@require_safe
@access.needs(VIEW)
def campaign_list(request: HttpRequest) -> HttpResponse:
    """`/console/nudges/campaigns/`."""
    return _page(request, CampaignForm())


@confirmed
@require_POST
@access.needs(VIEW)
@access.needs(CHANGE_RULES)
def campaign_add(request: HttpRequest) -> HttpResponse:
    """Begin a campaign."""
    form = CampaignForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            campaign = wallet.campaign_add(
                code=data["code"],
                name=data["name"],
                starts_at=data["starts_at"],
                ends_at=data["ends_at"],
                budget_points=data["budget_points"],
                author=actor(request),
                key=str(data["key"]),
            )
        except WalletError as failure:
            form_refused(form, failure)
        else:
            messages.success(
                request,
                f"La campagne « {campaign.name} » est créée. "
                "Elle prend effet dans les règles qui la nomment.",
            )
            return redirect("nudges:campaigns")
    return _page(request, form)


def _page(request: HttpRequest, form: CampaignForm) -> HttpResponse:
    try:
        campaigns = wallet.campaigns()
    except WalletError as failure:
        return unavailable(request, "campaigns", failure)
    context = {
        "section": "nudges",
        "tab": "campaigns",
        "campaigns": campaigns,
        "now": timezone.now(),
        "names": names(campaign.author for campaign in campaigns),
        "form": form,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "nudges/campaigns.html", context, status=status)
