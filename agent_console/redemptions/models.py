"""What operators did with a resident's points.

Vouchers live in the wallet service.  It hears neither of residents nor of operators, so who acted
for whom is written here, before the wallet is asked.
"""

import uuid

from django.conf import settings
from django.db import models

from agent_console.citizens.models import Resident


class ActKind(models.TextChoices):
    REDEEM = "redeem", "Échange"
    CANCEL = "cancel", "Annulation"


class AssistedAct(models.Model):
    """An operator asked the wallet for something on a caller's behalf: append-only.

    ``id`` is the idempotency key that the page's form carried: a repeated form is the same act.
    ``subject`` is the offer redeemed or the redemption cancelled.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=ActKind.choices)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    subject = models.UUIDField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [("redeem_for_resident", "Peut échanger les points d’un citoyen qui appelle")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["redeem", "cancel"]), name="assisted_act_kind"
            )
        ]
