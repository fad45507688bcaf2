"""What the console itself keeps about partners' accounts.

Partners, agreements, offers, disputes and statements live in the wallet service.
"""

import uuid

from django.conf import settings
from django.db import models


class AccountMade(models.Model):
    """A form that made a cashier's account: the same form sent again makes no second one.

    ``key`` is the form's hidden number.  Append-only.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="account_made"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # No table of its own is behind these rights: what they open lives in the wallet service.
        permissions = [
            ("manage_partners", "Peut gérer les partenaires et leurs conventions"),
            ("manage_offers", "Peut gérer les offres"),
            ("decide_disputes", "Peut décider des contestations de bons"),
            ("close_statements", "Peut arrêter les relevés des partenaires"),
        ]
