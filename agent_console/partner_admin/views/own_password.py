"""Where an initial password is replaced by one that only its owner knows."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from agent_console.partner_admin.forms.cashiers import OwnPasswordForm
from agent_console.partners.selectors import cashier_of
from agent_console.staff.initial_passwords import MUST_CHOOSE, own_password_set

from .common import user_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own_password(request: HttpRequest) -> HttpResponse:
    """`/console/password/`: open to a session that an initial password opened, and to no other.

    Anybody else's password is not asked for here, so that a screen left open gives nothing away.
    """
    user = user_of(request)
    if not request.session.get(MUST_CHOOSE):
        return redirect(_home(request))
    form = OwnPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        own_password_set(user=user, password=form.cleaned_data["new_password1"])
        user.refresh_from_db()
        update_session_auth_hash(request, user)
        del request.session[MUST_CHOOSE]
        messages.success(request, "Votre mot de passe est enregistré.")
        return redirect(_home(request))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "partner_admin/own_password.html", {"form": form}, status=status)


def _home(request: HttpRequest) -> str:
    if cashier_of(user=request.user) is not None:
        return reverse("partners:home")
    return reverse("console:inbox")
