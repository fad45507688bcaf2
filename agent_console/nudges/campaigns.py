"""Information campaigns: written, launched, told, stopped.  Each function is one transaction."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.forms import model_to_dict

from agent_console.conversations.models import Conversation
from agent_console.conversations.services import notice_send

from .campaign_rules import midnight, open_channels, reachable
from .models import CampaignState, InfoCampaign, InfoCampaignChange, InfoCampaignTold
from .permissions import RUN_CAMPAIGNS

CAUSE = "campaign:"
_BATCH = 200  # a run is bounded; the next one comes in ten minutes
# state -> the states that somebody may bring it to; what was stopped for good stays so
STEPS: Mapping[str, frozenset[str]] = {
    CampaignState.DRAFT: frozenset({CampaignState.RUNNING, CampaignState.ENDED}),
    CampaignState.RUNNING: frozenset({CampaignState.PAUSED, CampaignState.ENDED}),
    CampaignState.PAUSED: frozenset({CampaignState.RUNNING, CampaignState.ENDED}),
    CampaignState.ENDED: frozenset(),
}
EDITABLE = frozenset({CampaignState.DRAFT, CampaignState.PAUSED})


class CampaignError(Exception):
    """``message`` is French, ``code`` stable."""

    code = "campaign_error"
    message = ""


class PermissionMissing(CampaignError):
    code = "permission_missing"
    message = "Votre compte ne permet pas cette action."


class ChangedMeanwhile(CampaignError):
    code = "changed_meanwhile"
    message = (
        "Un collègue a changé cette campagne pendant que vous l’aviez sous les yeux : relisez-la,"
        " puis recommencez. Rien n’a été changé."
    )


class StepRefused(CampaignError):
    code = "step_refused"
    message = "Dans l’état où est cette campagne, cela ne se peut pas. Rien n’a été changé."


class PeriodOver(CampaignError):
    code = "period_over"
    message = "La période de cette campagne est finie : changez sa fin avant de la lancer."


class NameTaken(CampaignError):
    code = "name_taken"
    message = "Une autre campagne porte ce nom."


def snapshot(campaign: InfoCampaign) -> dict[str, Any]:
    """What people edit, as JSON holds it."""
    values = model_to_dict(campaign)
    result: dict[str, Any] = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
    return result


def seen_tag(campaign: InfoCampaign) -> str:
    """What an editor had before their eyes."""
    text = json.dumps(snapshot(campaign), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@transaction.atomic
def campaign_create(*, key: uuid.UUID, values: Mapping[str, Any], actor: User) -> InfoCampaign:
    """Keep a draft; the form's ``key`` is its number, so that a double click is one campaign.

    Raises ``PermissionMissing``, ``NameTaken``.
    """
    _check(actor)
    try:
        campaign, is_new = InfoCampaign.objects.get_or_create(pk=key, defaults=dict(values))
    except IntegrityError as error:  # a colleague chose the name at the same moment
        raise NameTaken from error
    if is_new:
        campaign.refresh_from_db()
        _record(campaign, None, actor)
    return campaign


@transaction.atomic
def campaign_change(
    *, campaign_id: uuid.UUID, values: Mapping[str, Any], seen: str, actor: User
) -> InfoCampaign:
    """Other words or another audience; who was told keeps what they read.

    Raises ``PermissionMissing``, ``ChangedMeanwhile``, ``NameTaken``, and ``StepRefused`` while it
    runs or once it ended.
    """
    campaign = _locked(campaign_id, seen, actor)
    if campaign.state not in EDITABLE:
        raise StepRefused
    before = snapshot(campaign)
    for name, value in values.items():
        setattr(campaign, name, value)
    try:
        with transaction.atomic():
            campaign.save()
    except IntegrityError as error:
        raise NameTaken from error
    campaign.refresh_from_db()
    _record(campaign, before, actor)
    return campaign


@transaction.atomic
def campaign_step(
    *, campaign_id: uuid.UUID, state: CampaignState, seen: str, now: datetime, actor: User
) -> InfoCampaign:
    """Launch, pause, go on, end.  Sent twice it changes nothing more.

    Raises ``PermissionMissing``, ``ChangedMeanwhile``, ``StepRefused``, ``PeriodOver``.
    """
    _check(actor)
    campaign = InfoCampaign.objects.select_for_update().get(pk=campaign_id)
    if campaign.state == state:
        return campaign
    if state not in STEPS[campaign.state]:
        raise StepRefused
    if state == CampaignState.RUNNING:
        if seen_tag(campaign) != seen:  # nobody launches words that they have not read
            raise ChangedMeanwhile
        if campaign.ends_at <= now:
            raise PeriodOver
    before = snapshot(campaign)
    campaign.state = state
    campaign.save(update_fields=["state"])
    _record(campaign, before, actor)
    return campaign


def campaigns_tell(*, now: datetime) -> int:
    """Tell the next people of every running campaign; how many.

    ONE transaction for each person holds that they were told and the notice, which is a message at
    once: a run that dies goes on with who is left.  In quiet hours nobody is picked whose channel
    rings; should they begin in between, the notice waits for their end.
    """
    running = InfoCampaign.objects.filter(
        state=CampaignState.RUNNING, starts_at__lte=now, ends_at__gt=now
    )
    return sum(_tell_some(campaign, now) for campaign in running)


def _tell_some(campaign: InfoCampaign, now: datetime) -> int:
    told_today = campaign.told.filter(at__gte=midnight(now)).count()
    room = min(_BATCH, campaign.daily_max - told_today)
    if room <= 0:
        return 0
    people = reachable(campaign, now=now).filter(channel__in=open_channels(now=now))
    return sum(
        _tell(campaign.pk, one, now) for one in list(people.values_list("pk", flat=True)[:room])
    )


@transaction.atomic
def _tell(campaign_id: uuid.UUID, conversation_id: uuid.UUID, now: datetime) -> bool:
    """False when it was stopped, or they were told elsewhere or left, since they were picked."""
    campaign = InfoCampaign.objects.select_for_update().get(pk=campaign_id)
    if campaign.state != CampaignState.RUNNING:
        return False
    conversation = reachable(campaign, now=now).filter(pk=conversation_id).first()
    if conversation is None:
        return False
    InfoCampaignTold.objects.create(campaign=campaign, conversation=conversation, at=now)
    notice_send(
        conversation_id=conversation.pk,
        cause=f"{CAUSE}{campaign.pk}:{conversation.pk}",
        text=text_for(campaign, conversation),
    )
    return True


def text_for(campaign: InfoCampaign, conversation: Conversation) -> str:
    """In the person's language, with the way out of such messages."""
    is_english = bool(campaign.text_en) and conversation.locale.startswith("en")
    words = campaign.text_en if is_english else campaign.text_fr
    way_out = "Answer STOP to get no more." if is_english else "STOP pour ne plus en recevoir."
    return f"{words}\n{way_out}"


def _locked(campaign_id: uuid.UUID, seen: str, actor: User) -> InfoCampaign:
    _check(actor)
    campaign = InfoCampaign.objects.select_for_update().get(pk=campaign_id)
    if seen_tag(campaign) != seen:
        raise ChangedMeanwhile
    return campaign


def _check(actor: User) -> None:
    if not actor.has_perm(RUN_CAMPAIGNS):
        raise PermissionMissing


def _record(campaign: InfoCampaign, before: dict[str, Any] | None, actor: User) -> None:
    after = snapshot(campaign)
    if after != before:
        InfoCampaignChange.objects.create(
            campaign=campaign, actor=actor, before=before, after=after
        )
