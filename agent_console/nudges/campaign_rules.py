"""Who a campaign may reach: what holds for every campaign, whoever writes it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from agent_console.citizens.models import ChannelCode
from agent_console.conversations.models import Conversation, Handler
from agent_console.conversations.quiet import quiet_hours, quiet_until
from agent_console.pickups.models import Booking
from agent_console.reports.models import Report

from .models import InfoCampaign, InfoCampaignTold, Segment

CHANNELS = (ChannelCode.SMS, ChannelCode.TELEGRAM, ChannelCode.WEB)  # nobody is rung up for this
KNOWN_FOR = timedelta(days=365)  # older talks may belong to a number's former holder
REST = timedelta(days=14)  # between two campaigns, for one person


def reachable(campaign: InfoCampaign, *, now: datetime) -> QuerySet[Conversation]:
    """Everybody whom the campaign may tell and has not told, where they last talked first.

    Left out: who wants no messages, who is blocked, who talks with an agent or waits for one, and
    who was told of any campaign within ``REST``.
    """
    since = now - KNOWN_FOR
    told = InfoCampaignTold.objects.filter(
        Q(conversation=OuterRef("pk"))
        | Q(conversation__contact_point__resident=OuterRef("contact_point__resident"))
    ).filter(Q(campaign=campaign) | Q(at__gt=now - REST))
    found = Conversation.objects.filter(
        Q(channel=ChannelCode.WEB) | Q(contact_point__address_sealed__isnull=False),
        ~Exists(told),
        channel__in=campaign.channels,
        last_message_at__gt=since,
        handler=Handler.BOT,
        waiting_since=None,
        blocked_at=None,
        contact_point__opted_out_at=None,
    )
    if not campaign.text_en:
        found = found.filter(locale__startswith="fr")
    return _of_segment(found, campaign, since).order_by("-last_message_at")


def open_channels(*, now: datetime) -> set[str]:
    """The channels that may ring right now: in quiet hours only those that make no sound."""
    rules = quiet_hours()
    if quiet_until(now, rules) is None:
        return set(CHANNELS)
    return {code for code in CHANNELS if code in rules.silent_channels}


def midnight(now: datetime) -> datetime:
    """When today began in Paris."""
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


def _of_segment(
    found: QuerySet[Conversation], campaign: InfoCampaign, since: datetime
) -> QuerySet[Conversation]:
    theirs = Q(conversation=OuterRef("pk")) | Q(
        resident__isnull=False, resident=OuterRef("contact_point__resident")
    )
    reports = Report.objects.filter(theirs, created_at__gt=since)
    bookings = Booking.objects.filter(theirs, created_at__gt=since)
    if campaign.communes:
        reports = reports.filter(_in(campaign.communes))
        bookings = bookings.filter(_in(campaign.communes))
    match campaign.segment:
        case Segment.REPORTERS:
            return found.filter(Exists(reports))
        case Segment.PICKUPS:
            return found.filter(Exists(bookings))
        case Segment.POINTS:
            found = found.filter(contact_point__resident__wallet_id__isnull=False)
    return found.filter(Exists(reports) | Exists(bookings)) if campaign.communes else found


def _in(communes: list[str]) -> Q:
    """In one of the communes, or in an arrondissement of one."""
    return Q(commune__in=communes) | Q(commune__parent__in=communes)
