"""`/console/staff/new/`, `/console/staff/<id>/`: a colleague's account and who changed it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agent_console.intake.access import needs
from agent_console.staff import accounts
from agent_console.staff.confirming import confirmed
from agent_console.staff.errors import AccessError
from agent_console.staff.initial_passwords import must_choose_password
from agent_console.staff.models import AccountChange

from .forms import AccountForm, AccountNewForm
from .views import MANAGE_ACCOUNTS

_HISTORY_SHOWN = 100
_LABELS = {
    "first_name": "Prénom",
    "last_name": "Nom",
    "groups": "Groupes",
    "is_active": "Ouvert",
    "password": "Mot de passe",
}


@confirmed
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(MANAGE_ACCOUNTS)
def account_new(request: HttpRequest) -> HttpResponse:
    """Open an account; its initial password is shown in this answer only."""
    actor = _agent(request)
    form = AccountNewForm(request.POST or None, groups=accounts.groups_to_give(actor=actor))
    if request.method == "POST" and form.is_valid():
        try:
            user, password = accounts.account_open(actor=actor, **form.cleaned_data)
        except accounts.UsernameTaken as refused:
            form.add_error("username", refused.message)
        except AccessError as refused:
            form.add_error(None, refused.message)
        else:
            return _password_shown(request, user, password)
    context = {"section": "staff", "form": form}
    return render(request, "staff_admin/account_new.html", context, status=_status(form))


@confirmed
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(MANAGE_ACCOUNTS)
def account_page(request: HttpRequest, user_id: int) -> HttpResponse:
    """Name and groups, open or closed, and the history."""
    user, actor = get_object_or_404(User, pk=user_id), _agent(request)
    groups = accounts.groups_to_give(actor=actor)
    initial = {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "groups": [group.pk for group in user.groups.all()],
    }
    form = AccountForm(request.POST or None, initial=initial, groups=groups)
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen", "")
        try:
            accounts.account_change(user_id=user_id, seen=seen, actor=actor, **form.cleaned_data)
        except AccessError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, "Le compte est enregistré.")
            return redirect("staff_admin:account", user_id=user_id)
    user.refresh_from_db()
    context = {
        "section": "staff",
        "account": user,
        "form": form,
        "seen": accounts.seen_tag(user),
        "is_in_reach": accounts.is_in_reach(user=user, actor=actor),
        "must_choose": must_choose_password(user),
        "changes": _changes(user),
    }
    return render(request, "staff_admin/account.html", context, status=_status(form))


@confirmed
@require_POST
@needs(MANAGE_ACCOUNTS)
def account_switch(request: HttpRequest, user_id: int, is_active: bool) -> HttpResponse:
    """Close the account, or open it again."""
    user = get_object_or_404(User, pk=user_id)
    try:
        accounts.account_set_active(user_id=user_id, is_active=is_active, actor=_agent(request))
    except AccessError as refused:
        messages.error(request, refused.message)
    else:
        done = "est de nouveau ouvert" if is_active else "est fermé"
        messages.success(request, f"Le compte {user.get_username()} {done}.")
    return redirect("staff_admin:account", user_id=user_id)


@confirmed
@never_cache
@require_POST
@needs(MANAGE_ACCOUNTS)
def account_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """A new initial password, shown in this answer only."""
    get_object_or_404(User, pk=user_id)
    try:
        user, password = accounts.initial_password_give(user_id=user_id, actor=_agent(request))
    except AccessError as refused:
        messages.error(request, refused.message)
        return redirect("staff_admin:account", user_id=user_id)
    return _password_shown(request, user, password)


def _password_shown(request: HttpRequest, user: User, password: str) -> HttpResponse:
    context = {"section": "staff", "account": user, "password": password}
    return render(request, "staff_admin/password.html", context)


def _changes(user: User) -> list[tuple[AccountChange, list[tuple[str, str, str]]]]:
    """Each change with what differs: label, from, to."""
    rows = user.account_changes.select_related("actor")[:_HISTORY_SHOWN]
    return [(row, _lines(row.before or {}, row.after)) for row in rows]


def _lines(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (label, _said(before.get(name)), _said(after.get(name)))
        for name, label in _LABELS.items()
        if before.get(name) != after.get(name)
    ]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    text = ", ".join(value) if isinstance(value, list) else str(value or "")
    return {"initial": "nouveau mot de passe initial"}.get(text, text) or "–"


def _status(form: AccountForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK


def _agent(request: HttpRequest) -> User:
    return cast(User, request.user)  # `needs` lets nobody else through
