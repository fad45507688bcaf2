"""Members of staff: as the wallet sees them, what their groups were given, what they looked at.

The wallet writes down who decided what, and holds no personal data: it gets a random number of no
other use.  Only the console can tell whose it is.
"""

import uuid
from os import urandom
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import models
from django_otp.plugins.otp_totp.models import TOTPDevice

from agent_console.sealing import SealBroken, seal, unseal

_SECRET_BYTES = 20
# In django-otp's own column: no hexadecimal, so that nothing takes it for a secret. An empty one
# would be a secret that everybody knows.
SEALED = "sealed"


class StaffActor(models.Model):
    """An account's number in the wallet's books; never changed, never reused."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_actor"
    )
    actor_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)


class RoleGrant(models.Model):
    """A permission that a group was given with some version of the product, kept or not."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    permission = models.ForeignKey(Permission, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "permission"], name="role_granted_once")
        ]


class SessionEpoch(models.Model):
    """How often an account's second factor changed; sessions of a former number are over.

    No row: never.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="session_epoch",
    )
    number = models.PositiveIntegerField(default=0)


class InitialPassword(models.Model):
    """A password that somebody else has seen: its owner must choose another before anything else.

    The row goes when they do.  The password itself is stored nowhere.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="initial_password"
    )
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    issued_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "partner_admin_initialpassword"  # where the first ones were kept


def secret_new() -> bytes:
    """A fresh secret of an authenticator (160 bits, RFC 4226), sealed."""
    return seal(urandom(_SECRET_BYTES))


class Authenticator(TOTPDevice):  # type: ignore[misc]  # untyped library
    """An application that shows codes (TOTP); its secret is sealed.

    django-otp checks the codes and counts the tries; its own column of the secret holds none.
    """

    secret_sealed = models.BinaryField(default=secret_new, editable=False)

    class Meta:
        default_permissions = ()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = SEALED
        super().save(*args, **kwargs)

    @property
    def bin_key(self) -> bytes:
        """The secret, which codes are computed from; raises ``SealBroken``."""
        return unseal(bytes(self.secret_sealed))

    @property
    def is_readable(self) -> bool:
        """False when the key that its secret was sealed with is gone."""
        try:
            return bool(self.bin_key)
        except SealBroken:
            return False


class AccountChange(models.Model):
    """Who opened, changed or closed whose account; append-only, enforced by the database.

    ``before`` is null for an account that was opened; both map a field to what it says
    (``accounts.snapshot``).  A new initial password is a change of nothing but itself.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="account_changes"
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(null=True)
    after = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        permissions = [("manage_accounts", "Peut ouvrir, changer et fermer les comptes des agents")]


class Act(models.TextChoices):
    """What a colleague did that has to be accounted for."""

    CONVERSATION = "conversation", "A ouvert une conversation"
    REPORT = "report", "A ouvert un signalement"
    BOOKING = "booking", "A ouvert un rendez-vous"
    ROUND = "round", "A ouvert une tournée"
    CALL = "call", "A vu qui appelle"
    NUMBER = "number", "A affiché un numéro"
    PERSON = "person", "A ouvert la fiche d’une personne"
    PERSONAL_DATA = "personal_data", "A consulté toutes les données d’une personne"
    COPY = "copy", "A remis une copie des données"
    FILE = "file", "A téléchargé un fichier"
    SENTENCE = "sentence", "A signalé une phrase mal comprise"
    SENTENCE_UNDONE = "sentence_undone", "A annulé le signalement d’une phrase mal comprise"
    CONTACT_LINKED = "contact_linked", "A rattaché un contact"
    CONTACT_UNLINKED = "contact_unlinked", "A détaché un contact"
    NEW_HOLDER = "new_holder", "A donné un numéro à une nouvelle personne"
    NUMBER_SPLIT = "number_split", "A partagé un numéro entre deux personnes"
    MERGED = "merged", "A réuni deux fiches"
    UNMERGED = "unmerged", "A annulé la réunion de deux fiches"
    OFFER = "offer", "A fixé les conditions d’une offre"
    DISPUTE = "dispute", "A décidé d’une contestation"
    PERIOD_CLOSED = "period_closed", "A arrêté un relevé"
    UNLOCKED = "unlocked", "A débloqué un compte"
    FACTOR_RESET = "factor_reset", "A remis un second facteur à zéro"


class AuditEntry(models.Model):
    """One act of a colleague; the database refuses to change it, or to forget it early.

    ``resident``: the person's number, which nobody is behind once they are erased: no foreign key,
    because the entry outlives what it was about.  ``colleague``: whose account it was about.
    ``subject``: the reference or number of what was opened.
    """

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=16, choices=Act.choices)
    resident = models.UUIDField(null=True, editable=False)
    colleague = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    subject = models.CharField(max_length=64, default="", editable=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["resident", "-at", "-id"], name="audit_of_resident"),
            models.Index(fields=["actor", "-at", "-id"], name="audit_of_actor"),
            models.Index(fields=["-at", "-id"], name="audit_by_time"),
        ]
        permissions = [
            ("manage_access", "Peut débloquer un compte et remettre un second facteur à zéro"),
            ("view_audit_trail", "Peut consulter le journal des accès"),
        ]
