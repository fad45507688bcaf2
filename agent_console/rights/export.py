"""All that is kept about a person, in plain structures: for their eyes, and to take away.

Numbers of ours that open nothing are left out; so is what is about somebody else on a shared
contact's links.  Moments are ISO 8601.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from agent_console.calls.models import Recording
from agent_console.calls_desk.selectors import calls_of
from agent_console.citizens.addresses import NUMBER_KINDS
from agent_console.citizens.consent_texts import consent_text
from agent_console.citizens.consents import consents_of
from agent_console.citizens.errors import AddressInvalid
from agent_console.citizens.models import ContactLink, ContactPoint, Pin, Resident, ResidentMerge
from agent_console.citizens.selectors import residents_same, wallets_of
from agent_console.citizens.services import contact_address
from agent_console.collectors.models import Card, Deposit
from agent_console.consultations.models import Consultation, Proposal, RollEntry, VoteReward
from agent_console.consultations.proposals import author_digest
from agent_console.consultations.voting import voter_digest
from agent_console.conversations.models import (
    Conversation,
    Message,
    Notice,
    SatisfactionQuestion,
)
from agent_console.identity.models import OpenIdSubject, PortalSession
from agent_console.opt_outs.models import OptOutChange
from agent_console.pickups.models import Booking
from agent_console.reports.models import Feedback, Report, Support
from agent_console.wallet.http import WalletError, WalletUnknown
from agent_console.wallet.pages import all_items
from agent_console.wallet.wallets import wallet_get

from .contacts import contacts_own

type Row = dict[str, Any]


def my_data(*, resident_id: uuid.UUID) -> Row:
    """Everything, by kind.  While the wallet is away, ``points`` says so and the rest is there."""
    same = residents_same(resident_id=resident_id)
    contacts = contacts_own(resident_ids=same)
    return {
        "made_at": timezone.now().isoformat(),
        "person": _person(same),
        "contacts": [_contact(one) for one in contacts],
        "consents": [
            {
                "at": _when(one.at),
                "answer": one.get_answer_display(),
                "by": one.get_by_display(),
                "channel": one.get_channel_display(),
                "question": consent_text(version=one.text_version).question,
            }
            for one in consents_of(resident_id=resident_id)
        ],
        "reports": [_report(one) for one in _reports(same)],
        "supports": [
            {
                "reference": one.report.reference_display,
                "since": _when(one.created_at),
                "until": _when(one.ended_at),
            }
            for one in Support.objects.filter(resident__in=same).select_related("report")
        ],
        "pickups": [_pickup(one) for one in _pickups(same)],
        "calls": [
            {
                "at": _when(one.started_at),
                "about": one.get_wrap_code_display(),
                "note": one.note,
            }
            for one in calls_of(
                digests=[bytes(each.key_digest) for each in contacts if each.kind in NUMBER_KINDS]
            ).order_by("started_at")
        ],
        "recordings": [
            {"at": _when(one.known_at)}
            for one in Recording.objects.filter(call__conversation__contact_point__in=contacts)
        ],
        "messages": [_message(one) for one in _messages(contacts)],
        "notices": [
            {"at": _when(one.created_at), "text": one.text, "state": one.get_state_display()}
            for one in Notice.objects.filter(conversation__contact_point__in=contacts)
        ],
        "satisfaction": [
            {"at": _when(one.asked_at), "score": one.score}
            for one in SatisfactionQuestion.objects.filter(
                conversation__contact_point__in=contacts
            ).order_by("asked_at")
        ],
        "cards": [_card(one) for one in Card.objects.filter(resident__in=same)],
        "deposits": [
            {
                "at": _when(one.happened_at),
                "items": one.items,
                "site": one.site,
                "points": one.points,
            }
            for one in Deposit.objects.filter(resident__in=same).order_by("happened_at")
        ],
        "consultations": _consultations(same),
        "sessions": [
            {
                "since": _when(one.created_at),
                "seen": _when(one.seen_at),
                "until": _when(one.ended_at),
                "by": one.get_how_display(),
            }
            for one in PortalSession.objects.filter(resident__in=same)
        ],
        "points": _points(resident_id),
    }


def counts_of(data: Row) -> dict[str, int]:
    """How much there is of each kind; points are counted elsewhere."""
    return {kind: len(rows) for kind, rows in data.items() if isinstance(rows, list)}


def _person(same: frozenset[uuid.UUID]) -> Row:
    people = list(Resident.objects.filter(pk__in=same).order_by("created_at"))
    adult = next((one.adult_enough_at for one in people if one.adult_enough_at), None)
    return {
        "known_since": _when(people[0].created_at),
        "said_15_or_older_at": _when(adult),
        "has_pin": Pin.objects.filter(resident__in=same).exists(),
        "known_by_openid": OpenIdSubject.objects.filter(resident__in=same, ended_at=None).exists(),
        "merged": [
            {"at": _when(one.at), "undone_at": _when(one.undone_at)}
            for one in ResidentMerge.objects.filter(kept__in=same, merged__in=same)
        ],
    }


def _contact(contact: ContactPoint) -> Row:
    address = None
    if contact.kind in NUMBER_KINDS:
        try:
            address = contact_address(contact)
        except AddressInvalid:
            address = None  # its key is gone: nobody can read it any more
    links = ContactLink.objects.filter(contact_point=contact).order_by("since")
    changes = OptOutChange.objects.filter(contact_point=contact).order_by("at")
    return {
        "kind": contact.get_kind_display(),
        "address": address,
        "language": contact.locale,
        "since": _when(contact.created_at),
        "wants_no_messages_since": _when(contact.opted_out_at),
        "message_wishes": [{"at": _when(c.at), "wants_messages": c.wants_news} for c in changes],
        "proved_at": _when(max((ln.verified_at for ln in links if ln.verified_at), default=None)),
    }


def _reports(same: frozenset[uuid.UUID]) -> Iterable[Report]:
    found = Report.objects.filter(resident__in=same).select_related("category", "commune")
    return found.order_by("created_at").prefetch_related("photos", "reward")


def _report(report: Report) -> Row:
    reward = getattr(report, "reward", None)
    feedback = Feedback.objects.filter(report=report).order_by("at")
    return {
        "reference": report.reference_display,
        "at": _when(report.created_at),
        "problem": report.category.label_fr,
        "place": report.place_label,
        "position": [report.latitude, report.longitude] if report.latitude is not None else None,
        "description": report.description,
        "answers": report.answers,
        "channel": report.get_channel_display(),
        "for_whom": report.get_on_behalf_display(),
        "state": report.get_state_display(),
        "closed_at": _when(report.closed_at),
        "photos": report.photos.count(),
        "points": reward.points if reward else None,
        "points_state": reward.get_state_display() if reward else None,
        "feedback": [
            {"at": _when(one.at), "is_solved": one.is_solved, "comment": one.comment}
            for one in feedback
        ],
    }


def _pickups(same: frozenset[uuid.UUID]) -> Iterable[Booking]:
    found = Booking.objects.filter(resident__in=same).select_related("slot", "commune")
    return found.prefetch_related("items__item").order_by("created_at")


def _pickup(booking: Booking) -> Row:
    return {
        "reference": booking.reference_display,
        "day": booking.slot.day.isoformat(),
        "address": booking.address,
        "place": booking.place,
        "commune": booking.commune.name,
        "contact": booking.contact,
        "objects": [{"what": one.item.label_fr, "count": one.count} for one in booking.items.all()],
        "state": booking.get_state_display(),
    }


def _messages(contacts: list[ContactPoint]) -> Iterable[Message]:
    talks = Conversation.objects.filter(contact_point__in=contacts)
    return Message.objects.filter(conversation__in=talks).order_by("created_at", "id")


def _message(message: Message) -> Row:
    position = [message.latitude, message.longitude] if message.latitude is not None else None
    return {
        "at": _when(message.created_at),
        "channel": message.get_channel_display(),
        "from": message.get_author_display(),
        "text": message.text,
        "position": position,
    }


def _card(card: Card) -> Row:
    return {"ends_with": card.last4, "collector": card.collector, "since": _when(card.created_at)}


def _consultations(same: frozenset[uuid.UUID]) -> list[Row]:
    """That they took part; what they voted is known to nobody."""
    rows = []
    for one in Consultation.objects.all():
        voters = [voter_digest(one.pk, number) for number in same]
        authors = [author_digest(one.pk, number) for number in same]
        has_voted = RollEntry.objects.filter(consultation=one, voter__in=voters).exists()
        proposals = list(
            Proposal.objects.filter(consultation=one, author__in=authors).values_list(
                "text", flat=True
            )
        )
        reward = VoteReward.objects.filter(consultation=one, resident__in=same).first()
        if has_voted or proposals or reward:
            rows.append(
                {
                    "title": one.title_fr,
                    "has_voted": has_voted,
                    "proposals": proposals,
                    "points": reward.points if reward else None,
                }
            )
    return rows


def _points(resident_id: uuid.UUID) -> Row:
    """Balances and every movement, of all wallets that were merged into theirs."""
    wallets = []
    try:
        for number in sorted(wallets_of(resident_id=resident_id)):
            try:
                wallet = wallet_get(number)
            except WalletUnknown:
                continue
            wallets.append(
                {
                    "available": wallet.available_points,
                    "pending": wallet.pending_points,
                    "held": wallet.held_points,
                    "owed": wallet.recoverable_points,
                    "movements": [
                        {name: one.get(name) for name in ("created_at", "kind", "points")}
                        for one in all_items(f"/v1/wallets/{number}/entries")
                    ],
                }
            )
    except WalletError:
        return {"is_available": False, "wallets": []}
    return {"is_available": True, "wallets": wallets}


def _when(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
