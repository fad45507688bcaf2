"""Who may open which screen: permissions, never group names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Concatenate

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django_htmx.http import HttpResponseClientRefresh

VIEW_CONVERSATIONS = "conversations.view_conversation"
ANSWER_CONVERSATIONS = "conversations.answer_conversation"
MANAGE_DESK = "conversations.manage_desk"
ACKNOWLEDGE_ALERTS = "conversations.acknowledge_alert"
BLOCK_SENDERS = "conversations.block_conversation"
VIEW_REPORTS = "reports.view_report"
ADD_REPORTS = "reports.add_report"
VALIDATE_REPORTS = "reports.validate_report"
REJECT_REPORTS = "reports.reject_report"
ASSIGN_REPORTS = "reports.assign_report"
ACKNOWLEDGE_PAGES = "reports.acknowledge_page"
MANAGE_OUTAGES = "reports.manage_outages"
CHANGE_OPT_OUTS = "opt_outs.change_opt_out"
VIEW_WALLETS = "citizens.view_wallet"
CONSOLE = (VIEW_CONVERSATIONS, VIEW_REPORTS)


def has_any(user: AbstractBaseUser | AnonymousUser, permissions: Iterable[str]) -> bool:
    """True when an active user holds at least one of ``permissions``."""
    return any(user.has_perm(permission) for permission in permissions)  # type: ignore[union-attr]


def needs[**P](
    *permissions: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """View decorator: signed in, and at least one of ``permissions``; stack it to need several.

    Without a session a page goes to the sign-in form; a fragment makes htmx reload its page, so
    that the form never lands in the middle of a list. Without a permission: 403.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                if getattr(request, "htmx", False):
                    return HttpResponseClientRefresh()
                return redirect_to_login(request.get_full_path())
            if not has_any(request.user, permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate
