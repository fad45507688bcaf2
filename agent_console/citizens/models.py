"""Who a resident is, and by which ways they come.

A contact point (a browser session, a phone number, a messaging account) is not a person: several
may share one, numbers get new holders, and a resident may have many.  So who is behind a contact is
a history of links; ``ContactPoint.resident`` is who is taken to speak there now.  A resident has at
most one wallet, whose random number is the only thing that the wallet service ever learns.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class ChannelCode(models.TextChoices):
    """The channels of the shared vocabulary; the last five are recorded by an operator."""

    SMS = "sms", "SMS"
    TELEGRAM = "telegram", "Telegram"
    WEB = "web", "Site web"
    VOICE = "voice", "Appel vocal"
    PHONE = "phone", "Téléphone"
    EMAIL = "email", "Courriel"
    LETTER = "letter", "Courrier"
    COUNTER = "counter", "Guichet"
    OPEN311 = "open311", "Open311"


class Resident(models.Model):
    """One person, known only by what they did and by their contact points.

    ``merged_into``: turned out to be the same person as that one.  What they did stays theirs, so
    that a merge can be undone; ``selectors.residents_same`` names all of them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wallet_id = models.UUIDField(null=True, unique=True, editable=False)
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged", editable=False
    )
    # When they said that they are 15 or older; asked with the wallet only (``consents``).
    adult_enough_at = models.DateTimeField(null=True)
    # Since when nobody is behind this number any more (``agent_console.rights``).
    erased_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [
            ("view_wallet", "Peut consulter le solde d’un citoyen"),
            ("manage_contacts", "Peut rattacher et détacher les contacts d’un citoyen"),
            ("merge_residents", "Peut réunir deux citoyens, ou les séparer"),
            ("record_consent", "Peut noter si un citoyen veut des points"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="resident_not_merged_into_itself",
            )
        ]


class ContactPoint(models.Model):
    """One way to reach somebody.  ``resident``: who is taken to speak there now, one of the links.

    ``key_digest`` finds it: the SHA-256 of a browser session's secret, or the keyed digest of an
    address.  ``address_sealed`` is that address, encrypted: needed to write or call first.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    resident = models.ForeignKey(
        Resident, null=True, on_delete=models.PROTECT, related_name="contact_points"
    )
    kind = models.CharField(max_length=16, choices=ChannelCode.choices)
    key_digest = models.BinaryField(max_length=32, editable=False)
    address_sealed = models.BinaryField(null=True, editable=False)
    locale = models.CharField(max_length=5, default="fr")
    opted_out_at = models.DateTimeField(null=True)  # since when nothing unasked may be sent
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key_digest"], name="contact_point_key")
        ]


class LinkHow(models.TextChoices):
    """How a contact came to a resident, or left."""

    FIRST = "first", "Premier contact"
    SAME_NUMBER = "same_number", "Même numéro"
    CODE = "code", "Code à usage unique"
    OPENID = "openid", "FranceConnect ou équivalent"
    VOUCHED = "vouched", "Confirmé par la messagerie"
    OPERATOR = "operator", "Téléconseiller"
    OWN_REQUEST = "own_request", "À sa demande"
    NEW_HOLDER = "new_holder", "Nouveau titulaire"
    MERGE = "merge", "Réunion de deux fiches"
    SPLIT = "split", "Numéro partagé"


class ContactLink(models.Model):
    """From ``since`` to ``ended_at`` this contact was (also) this resident's.

    ``verified_at``: when they last proved to hold it.  ``actor``: the colleague who made or ended
    the link, if one did.  ``merge``: the merge that moved it, so that it can be moved back.
    """

    contact_point = models.ForeignKey(ContactPoint, on_delete=models.CASCADE, related_name="links")
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="links")
    how = models.CharField(max_length=12, choices=LinkHow.choices)
    since = models.DateTimeField()
    verified_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=12, choices=LinkHow.choices, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    merge = models.ForeignKey(
        "ResidentMerge", null=True, on_delete=models.PROTECT, related_name="links"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact_point", "resident"],
                name="contact_link_once",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_how="")
                | Q(ended_at__isnull=False) & ~Q(ended_how=""),
                name="contact_link_ended_somehow",
            ),
        ]


class ResidentMerge(models.Model):
    """Two residents turned out to be one: ``merged`` lives on as ``kept``.

    ``wallets_at``: when their wallets were one (or apart again), which a job sees to;
    ``undo_until``: until when it can be undone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="merges_kept")
    merged = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="merges_gone")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    undo_until = models.DateTimeField()
    wallets_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], name="merge_once", condition=Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(condition=~Q(kept=F("merged")), name="merge_of_two"),
        ]


class CodePurpose(models.TextChoices):
    """What a one-time code is asked for; a code opens nothing else."""

    SIGN_IN = "sign_in", "Se connecter"
    LINK = "link", "Rattacher un contact"
    RECOGNISE = "recognise", "Consulter ou dépenser des points"


class OneTimeCode(models.Model):
    """Six digits brought to a contact, to be repeated once by whoever holds it.

    ``digest``: keyed, with this row's id; ``code_sealed``: the code until it is handed to the
    courier, encrypted, so that the job's arguments hold ids only.  ``requester``: a keyed digest of
    who asked (an address, a conversation), for limits.  ``asked_from``: the contact that it is to
    be linked with, or that is to be recognised, when that is another one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="codes")
    asked_from = models.ForeignKey(
        ContactPoint, null=True, on_delete=models.PROTECT, related_name="codes_asked"
    )
    purpose = models.CharField(max_length=12, choices=CodePurpose.choices)
    digest = models.BinaryField(max_length=32)
    code_sealed = models.BinaryField(null=True)
    requester = models.BinaryField(max_length=32)
    request_key = models.CharField(max_length=128, null=True, unique=True)  # noqa: DJ001
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["contact_point", "created_at"], name="code_by_contact"),
            models.Index(fields=["requester", "created_at"], name="code_by_requester"),
            models.Index(fields=["created_at"], name="code_by_time"),
        ]


class Pin(models.Model):
    """A resident's secret of 4 to 6 digits, hashed over a keyed digest; locked after failures."""

    resident = models.OneToOneField(
        Resident, primary_key=True, on_delete=models.PROTECT, related_name="pin"
    )
    hash = models.CharField(max_length=256)
    set_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)


class ProofHow(models.TextChoices):
    """What somebody at a contact has proved with."""

    CODE = "code", "Code à usage unique"
    PIN = "pin", "Code secret"


class Recognition(models.Model):
    """At ``at``, whoever speaks at the contact proved to be the resident; ended on purpose only.

    How long a proof opens what, is in ``recognition.LASTS``.
    """

    contact_point = models.ForeignKey(
        ContactPoint, on_delete=models.PROTECT, related_name="recognitions"
    )
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="recognitions")
    how = models.CharField(max_length=4, choices=ProofHow.choices)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["contact_point", "-at"], name="recognition_latest")]


class ConsentAnswer(models.TextChoices):
    """What became of the question about points; ``asked`` is no answer yet."""

    ASKED = "asked", "Question posée"
    AGREED = "agreed", "Oui, 15 ans ou plus"
    REFUSED = "refused", "Non"
    WITHDRAWN = "withdrawn", "Ne veut plus de points"


class ConsentBy(models.TextChoices):
    """Who gave the answer."""

    PERSON = "person", "La personne"
    OPERATOR = "operator", "Un téléconseiller, au nom de la personne qui appelle"
    BEHALF = "behalf", "Un proche ou un aidant"


class WalletConsent(models.Model):
    """One question or answer about having points; append-only, the newest answer holds.

    ``text_version``: the words that were read (``consent_texts``).  ``actor``: the colleague who
    wrote it down.  ``key``: the request that it came with, so that a repetition is the same one.
    """

    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="consents")
    answer = models.CharField(max_length=9, choices=ConsentAnswer.choices)
    text_version = models.CharField(max_length=16)
    by = models.CharField(max_length=8, choices=ConsentBy.choices)
    channel = models.CharField(max_length=16, choices=ChannelCode.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    key = models.CharField(max_length=128, null=True, unique=True)  # noqa: DJ001
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
