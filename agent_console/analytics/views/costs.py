"""``/console/analyses/couts/``: what one contact costs, and who said so."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from agent_console.intake import access

from ..costs import costs_change
from ..forms import CostsForm
from ..models import UnitCost
from ..permissions import CHANGE_COSTS

_CHANGES_MAX = 50
UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(CHANGE_COSTS)
def costs(request: HttpRequest) -> HttpResponse:
    """The form, and the changes so far."""
    form = CostsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        costs_change(actor=cast(User, request.user), cents=form.cents)
        messages.success(request, "Coûts enregistrés.")
        return redirect("analytics:costs")
    context = {
        "section": "analytics",
        "tab": "costs",
        "form": form,
        "changes": UnitCost.objects.select_related("actor")[:_CHANGES_MAX],
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "analytics/costs.html", context, status=status)
