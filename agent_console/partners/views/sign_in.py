"""Signing in at a till.

``/partners/login/`` is an address of its own, so that the reverse proxy can limit attempts there
(see ``docker-compose.yml``) without slowing down the agents' console.
"""

from __future__ import annotations

from django.urls import reverse

from agent_console.staff.views import PasswordView

from ..forms import CashierSignInForm


class SignInView(PasswordView):
    """The staff's own, in the portal's dress; leads to the till.

    A cashier's password is enough; an agent's account asks for its second factor here too.
    """

    template_name = "partners/login.html"
    authentication_form = CashierSignInForm

    def get_default_redirect_url(self) -> str:
        return reverse("partners:home")
