"""Signing in at a till.

``/partners/login/`` is an address of its own, so that the reverse proxy can limit attempts there
(see ``docker-compose.yml``) without slowing down the agents' console.
"""

from __future__ import annotations

from django.contrib.auth.views import LoginView
from django.urls import reverse

from ..forms import CashierSignInForm


class SignInView(LoginView):
    """Django's own, in the portal's dress; leads to the till."""

    template_name = "partners/login.html"
    authentication_form = CashierSignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        return reverse("partners:home")
