"""Signing in by password and second factor; the pages of one's own second factor."""

from __future__ import annotations

from http import HTTPStatus
from typing import cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from . import epochs, second_factor, sessions
from .errors import AccessError
from .forms import CodeForm


class PasswordView(LoginView):
    """The first step of every door of staff; an account that needs no more is signed in by it."""

    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        if second_factor.is_enrolled(user) or second_factor.is_required_of(user):
            sessions.pending_open(self.request, user=user, next_url=self.get_success_url())
            return redirect("staff:code")
        answer = super().form_valid(form)
        sessions.password_only(self.request.session)
        return answer


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """`/console/second-factor/`: the second step of signing in."""
    user = sessions.pending_user(request)
    if user is None:
        return redirect("console:login")
    if not second_factor.is_enrolled(user):
        return redirect("staff:enrol")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = second_factor.code_check(user=user, code=form.cleaned_data["code"])
        except AccessError as error:
            form.refuse(error.message)
        else:
            return redirect(sessions.pending_finish(request, user=user, device=device))
    return render(request, "staff/code.html", {"form": form}, status=_status(form))


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """`/console/second-factor/enrol/`: at the first sign-in, or by choice; once.

    The recovery codes are in the answer and nowhere else: who misses it draws others.
    """
    pending = sessions.pending_user(request)
    user = pending or (request.user if request.user.is_authenticated else None)
    if user is None:
        return redirect("console:login")
    if second_factor.is_enrolled(user):
        return redirect("staff:code" if pending else "staff:mine")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device, codes = second_factor.enrolment_confirm(
                user=user, code=form.cleaned_data["code"]
            )
        except AccessError as error:
            form.refuse(error.message)
        else:
            onward = reverse("staff:mine")
            if pending is None:
                epochs.join(request.session, user)
            else:
                onward = sessions.pending_finish(request, user=user, device=device)
            return _recovery_codes(request, codes, onward)
    device = second_factor.enrolment_open(user=user)
    context = {
        "form": form,
        "qr": second_factor.enrolment_qr(device),
        "secret": second_factor.typed_secret(device),
    }
    return render(request, "staff/enrol.html", context, status=_status(form))


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """`/console/second-factor/mine/`: what one has, and fresh recovery codes against a code.

    Other sessions of the account are over then: codes are drawn anew when somebody saw them.
    """
    user = cast(User, request.user)
    is_enrolled = second_factor.is_enrolled(user)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and is_enrolled and form.is_valid():
        try:
            second_factor.code_check(user=user, code=form.cleaned_data["code"])
        except AccessError as error:
            form.refuse(error.message)
        else:
            codes = second_factor.recovery_codes_draw(user=user)
            epochs.join(request.session, user)
            return _recovery_codes(request, codes, reverse("staff:mine"))
    context = {
        "form": form,
        "is_enrolled": is_enrolled,
        "codes_left": second_factor.recovery_codes_left(user),
    }
    return render(request, "staff/mine.html", context, status=_status(form))


def _recovery_codes(request: HttpRequest, codes: list[str], onward: str) -> HttpResponse:
    return render(request, "staff/recovery_codes.html", {"codes": codes, "onward": onward})


def _status(form: CodeForm) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
