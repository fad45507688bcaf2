"""``/console/personal-data/``: kinds of data, for the data-protection officer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agent_console.intake import access
from agent_console.rights.inventory import KINDS, places_of
from agent_console.rights.models import Errand, RightsAct
from agent_console.rights.retention import retention_report, rule_of

VIEW = "rights.view_register"


@never_cache
@require_safe
@access.needs(VIEW)
def page(request: HttpRequest) -> HttpResponse:
    """Purposes, places, durations, recipients; what is over today; what was done lately."""
    context = {
        "section": "personal-data",
        "kinds": [
            {
                "kind": kind,
                "places": places_of(kind),
                "rules": [rule_of(code) for code in kind.retention],
            }
            for kind in KINDS
        ],
        "due": retention_report(),
        "acts": RightsAct.objects.select_related("actor")[:50],
        "errands": Errand.objects.count(),
    }
    return render(request, "rights/console/register.html", context)
