"""Who may capture vouchers for which partner.

Partners, agreements, offers and vouchers live in the wallet service; the console only knows which
of its accounts stands at whose till.  The wallet hears of a cashier as a random number.
"""

import uuid

from django.conf import settings
from django.db import models

from agent_console.citizens.models import Resident


class Cashier(models.Model):
    """A staff account at a partner's till.

    ``resident`` is declared by a supervisor when the cashier is also a resident with a wallet: a
    voucher of that wallet, captured by the same person, is marked for review.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="cashier"
    )
    partner_id = models.UUIDField(db_index=True)
    site = models.CharField("lieu", max_length=80)
    resident = models.ForeignKey(
        Resident, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    active = models.BooleanField("actif", default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [("capture_voucher", "Peut valider des bons au guichet d’un partenaire")]


class ChangeKind(models.TextChoices):
    CREATED = "created", "Création"
    UPDATED = "updated", "Modification"
    ENABLED = "enabled", "Activation"
    DISABLED = "disabled", "Désactivation"


class CashierChange(models.Model):
    """One change to a cashier, with what it led to: append-only, enforced by the database.

    Which resident a cashier is stays out of it: erasing a resident must leave no trace here.
    """

    cashier = models.ForeignKey(Cashier, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8, choices=ChangeKind.choices)
    partner_id = models.UUIDField()
    site = models.CharField(max_length=80)
    is_resident_declared = models.BooleanField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]


class CodeMiss(models.Model):
    """A code that led a cashier to no voucher of their partner: typed wrongly, or guessed.

    Kept while it counts (``services.code_missed``); the code itself is not.
    """

    cashier = models.ForeignKey(
        Cashier, on_delete=models.CASCADE, related_name="misses", db_index=False
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["cashier", "at"], name="code_misses_lately")]
