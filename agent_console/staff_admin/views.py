"""`/console/staff/`: the accounts, those that are locked, and phones that were lost."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agent_console.intake.access import needs
from agent_console.staff import locking, second_factor
from agent_console.staff.accounts import TwoPeople, may_reset_factor
from agent_console.staff.auditing import audit
from agent_console.staff.confirming import confirmed
from agent_console.staff.models import Act, Authenticator

MANAGE = "staff.manage_access"
MANAGE_ACCOUNTS = "staff.manage_accounts"
_PER_PAGE = 50


@never_cache
@require_safe
@needs(MANAGE, MANAGE_ACCOUNTS)
def accounts(request: HttpRequest) -> HttpResponse:
    """Locked accounts first, then by name; found by name; `?closed=1`: those that are closed."""
    locked = locking.locked_names()
    words = request.GET.get("q", "").strip()
    is_closed = "closed" in request.GET
    users = User.objects.filter(is_active=not is_closed).prefetch_related("groups")
    for word in words.split():
        users = users.filter(
            Q(username__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
        )
    page = Paginator(users.order_by("username"), _PER_PAGE).get_page(request.GET.get("page"))
    enrolled = set(
        Authenticator.objects.filter(user__in=list(page), confirmed=True).values_list(
            "user_id", flat=True
        )
    )
    context = {
        "section": "staff",
        "words": words,
        "is_closed": is_closed,
        "page": page,
        "locked": User.objects.filter(username__in=locked, is_active=True).order_by("username"),
        "rows": [(user, user.pk in enrolled) for user in page],
    }
    return render(request, "staff_admin/accounts.html", context)


@require_POST
@needs(MANAGE)
def unlock(request: HttpRequest, user_id: int) -> HttpResponse:
    """ONE transaction: the wrong passwords are forgotten and who did so is written down."""
    user = get_object_or_404(User, pk=user_id)
    with transaction.atomic():
        locking.unlock(username=user.get_username())
        audit(actor=_agent(request), act=Act.UNLOCKED, colleague=user)
    messages.success(request, f"Le compte {user.get_username()} est débloqué.")
    return redirect("staff_admin:accounts")


@confirmed
@require_POST
@needs(MANAGE)
def factor_reset(request: HttpRequest, user_id: int) -> HttpResponse:
    """For a lost phone: the next sign-in enrols anew, by password.

    Nobody weakens an account that may do more than theirs, nor their own.  ONE transaction: the
    devices go and who did so is written down.
    """
    user = get_object_or_404(User, pk=user_id)
    agent = _agent(request)
    if user.pk == agent.pk or not user.get_all_permissions() <= agent.get_all_permissions():
        raise PermissionDenied
    if not may_reset_factor(user=user, actor=agent):
        messages.error(request, TwoPeople().message)
        return redirect("staff_admin:accounts")
    with transaction.atomic():
        second_factor.factor_remove(user=user)
        audit(actor=agent, act=Act.FACTOR_RESET, colleague=user)
    messages.success(
        request, f"{user.get_username()} enregistrera un téléphone à la prochaine connexion."
    )
    return redirect("staff_admin:accounts")


def _agent(request: HttpRequest) -> User:
    return cast(User, request.user)  # `needs` lets nobody else through
