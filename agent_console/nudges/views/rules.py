"""``/console/nudges/rules/``: what actions earn, and since when."""

import re
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from agent_console.intake import access
from agent_console.nudges import selectors
from agent_console.nudges.forms import RuleForm
from agent_console.nudges.permissions import CHANGE_RULES, VIEW
from agent_console.staff.confirming import confirmed
from agent_console.wallet import rules as wallet
from agent_console.wallet.http import WalletError, WalletRefused

from .common import UNPROCESSABLE, actor, form_refused, names, unavailable

_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


@require_safe
@access.needs(VIEW)
def rule_list(request: HttpRequest) -> HttpResponse:
    """`/console/nudges/rules/`: the version in force of every rule."""
    try:
        rules = wallet.rules_current()
    except WalletError as failure:
        return unavailable(request, "rules", failure)
    labels = selectors.rule_labels()
    rows = sorted(((labels.get(rule.code, rule.code), rule) for rule in rules), key=_by_label)
    return render(request, "nudges/rules.html", {"section": "nudges", "tab": "rules", "rows": rows})


@require_safe
@access.needs(VIEW)
def rule_page(request: HttpRequest, code: str) -> HttpResponse:
    """`/console/nudges/rules/<code>/`: every version, and the form for the next one.

    ``?like=<version>`` fills it in with an older version's terms: that is how one goes back.
    """
    return _page(request, code, None)


@confirmed
@require_POST
@access.needs(VIEW)
@access.needs(CHANGE_RULES)
def rule_add(request: HttpRequest, code: str) -> HttpResponse:
    """Add a version."""
    try:
        form = RuleForm(request.POST, campaigns=_campaigns())
    except WalletError as failure:
        return unavailable(request, "rules", failure)
    if form.is_valid():
        try:
            added = wallet.rule_add(
                code=code,
                terms=form.terms(),
                author=actor(request),
                key=str(form.cleaned_data["key"]),
            )
        except WalletError as failure:
            form_refused(form, failure)
        else:
            messages.success(request, _added(added.valid_from))
            return redirect("nudges:rule", code=code)
    return _page(request, code, form)


def _page(request: HttpRequest, code: str, form: RuleForm | None) -> HttpResponse:
    if not _CODE.fullmatch(code):
        raise Http404
    try:
        versions = wallet.rule_versions(code)
        like = _like(versions, request.GET.get("like", ""))
        form = form or RuleForm(
            initial=RuleForm.initial_of(like) if like else {}, campaigns=_campaigns()
        )
    except WalletRefused as refusal:
        raise Http404 from refusal
    except WalletError as failure:
        return unavailable(request, "rules", failure)
    if not versions:
        raise Http404
    now = timezone.now()
    current = next((version for version in versions if version.valid_from <= now), None)
    context = {
        "section": "nudges",
        "tab": "rules",
        "code": code,
        "label": selectors.rule_labels().get(code, code),
        "versions": versions,
        "like": like,
        "current": current,
        "now": now,
        "names": names(version.author for version in versions),
        "form": form,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "nudges/rule.html", context, status=status)


def _like(versions: list[wallet.RuleView], asked: str) -> wallet.RuleView | None:
    """The version whose terms the form begins with: the newest unless another is asked for."""
    named = (version for version in versions if str(version.version) == asked)
    return next(named, versions[0] if versions else None)


def _campaigns() -> list[tuple[str, str]]:
    """Campaigns that a new version may pay from."""
    now = timezone.now()
    return [
        (campaign.code, campaign.name) for campaign in wallet.campaigns() if campaign.ends_at > now
    ]


def _added(valid_from: datetime) -> str:
    if valid_from <= timezone.now():
        return "La nouvelle règle est en vigueur."
    start = timezone.localtime(valid_from)
    return f"La nouvelle règle sera en vigueur le {start:%d/%m/%Y} à {start:%H:%M}."


def _by_label(row: tuple[str, wallet.RuleView]) -> str:
    return row[0].casefold()
