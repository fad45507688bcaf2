"""Contacts, conversations, proofs: what led to the person is gone or random."""

import secrets
import uuid

from django.db.models import Q
from django.utils.timezone import now

from agent_console.calls.models import CallBack
from agent_console.calls.recordings import recordings_let_go
from agent_console.calls.workflow import OPEN, CallBackState
from agent_console.calls_desk.selectors import calls_of
from agent_console.calls_desk.services import calls_forget, speakers_forget
from agent_console.citizens.addresses import NUMBER_KINDS
from agent_console.citizens.models import (
    ContactLink,
    ContactPoint,
    OneTimeCode,
    Pin,
    Recognition,
    ResidentMerge,
)
from agent_console.citizens.selectors import contact_links
from agent_console.collectors.models import Card, CardChange
from agent_console.conversations.desk.models import DeskEntry
from agent_console.conversations.desk.models import Draft as ReplyDraft
from agent_console.conversations.models import Attachment, Conversation, Message, Notice, Received
from agent_console.identity.models import CaseMove, OpenIdSubject, PortalSession
from agent_console.partners.models import Cashier
from agent_console.photos.models import Photo, PhotoState
from agent_console.pickups.models import Booking
from agent_console.reports.models import Feedback, Report, Support
from agent_console.training.services import words_forget
from channels_config.telegram.models import VerifiedPhone

from .contacts import contacts_own


def contacts_forget(*, resident_ids: frozenset[uuid.UUID]) -> list[uuid.UUID]:
    """In the caller's transaction; returns the conversations whose words stand elsewhere too.

    A contact of theirs alone loses its address and everything said there; one that somebody else
    uses keeps both, without them.
    """
    touched = ContactPoint.objects.filter(
        Q(resident__in=resident_ids) | Q(links__resident__in=resident_ids)
    ).values("pk")
    list(ContactPoint.objects.select_for_update().filter(pk__in=touched).order_by("pk"))
    own = contacts_own(resident_ids=resident_ids)
    talks = list(Conversation.objects.filter(contact_point__in=own).values_list("pk", flat=True))
    talks_forget(talks, are_gone=True)
    PortalSession.objects.filter(Q(resident__in=resident_ids) | Q(contact_point__in=own)).delete()
    OneTimeCode.objects.filter(Q(contact_point__in=own) | Q(asked_from__in=own)).delete()
    Recognition.objects.filter(Q(resident__in=resident_ids) | Q(contact_point__in=own)).delete()
    VerifiedPhone.objects.filter(contact_point__in=own).delete()
    Received.objects.filter(sender__in=[bytes(one.key_digest) for one in own]).delete()
    _calls_forget(own)
    speakers_forget(resident_ids)
    merges = ResidentMerge.objects.filter(Q(kept__in=resident_ids) | Q(merged__in=resident_ids))
    ContactLink.objects.filter(resident__in=resident_ids).delete()
    ContactLink.objects.filter(merge__in=merges).update(merge=None)
    merges.delete()
    for contact in own:
        contact.key_digest = secrets.token_bytes(32)
        contact.address_sealed, contact.resident, contact.opted_out_at = None, None, None
        contact.save(update_fields=["key_digest", "address_sealed", "resident", "opted_out_at"])
    for contact in ContactPoint.objects.filter(resident__in=resident_ids):
        other = contact_links(contact_point=contact).first()
        contact.resident = other.resident if other else None
        contact.save(update_fields=["resident"])
    return talks


def identities_forget(*, resident_ids: frozenset[uuid.UUID]) -> None:
    """Other ways to know the person, in the caller's transaction.

    A card keeps its history under a random digest: the plastic in their hand is a new card to us.
    """
    Pin.objects.filter(resident__in=resident_ids).delete()
    OpenIdSubject.objects.filter(resident__in=resident_ids).delete()
    CaseMove.objects.filter(Q(source__in=resident_ids) | Q(target__in=resident_ids)).delete()
    Cashier.objects.filter(resident__in=resident_ids).update(resident=None)
    theirs = CardChange.objects.filter(resident__in=resident_ids).values("card")
    for card in Card.objects.select_for_update().filter(
        Q(resident__in=resident_ids) | Q(pk__in=theirs, resident=None)
    ):
        card.number_digest, card.last4, card.resident = secrets.token_bytes(32), "", None
        card.save(update_fields=["number_digest", "last4", "resident"])


def _calls_forget(own: list[ContactPoint]) -> None:
    """Nobody is called back any more; that there were calls stays, of no number and no words."""
    digests = [bytes(one.key_digest) for one in own if one.kind in NUMBER_KINDS]
    calls_forget(calls_of(digests=digests))
    for call in CallBack.objects.select_for_update().filter(contact_point__in=own):
        call.number_digest, call.request_digest = secrets.token_bytes(32), secrets.token_bytes(32)
        call.request_key = f"erased:{uuid.uuid4()}"
        if call.state in OPEN:
            call.state, call.claimed_by, call.ended_at = CallBackState.CANCELLED, None, now()
        call.save()


def talks_forget(talks: list[uuid.UUID], *, are_gone: bool) -> None:
    """Messages, notices, their deliveries, pictures and recordings; with ``are_gone`` the
    conversations too."""
    recordings_let_go(conversation_ids=talks)
    photos = Attachment.objects.filter(
        message__conversation__in=talks, photo_id__isnull=False
    ).values("photo_id")
    # Those of a case stay with it; those that an agent sent are the conversation's own.
    theirs = Photo.objects.filter(Q(claimed_by=None) | Q(claimed_by__in=talks), pk__in=photos)
    theirs.update(state=PhotoState.REMOVING, claimed_by=None, claimed_at=None)
    for words in (Notice, DeskEntry, ReplyDraft):
        words.objects.filter(conversation__in=talks).delete()
    words_forget(conversation_ids=talks)
    Message.objects.filter(conversation__in=talks).delete()
    if not are_gone:
        return
    for model in (Report, Support, Booking):
        model.objects.filter(conversation__in=talks).update(conversation=None)
    Feedback.objects.filter(conversation__in=talks).update(comment="", conversation=None)
    Conversation.objects.filter(pk__in=talks).delete()
