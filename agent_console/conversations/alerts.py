"""Somebody who writes may be in danger: agents are told until one of them takes it up."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from .announce import announce_console
from .errors import AlertUnknown, PermissionMissing
from .models import Alert, Conversation

PERMISSION = "conversations.acknowledge_alert"
TOPIC = "alerts"


def alert_raise(conversation: Conversation) -> Alert:
    """Open the conversation's alert or count one more message in it.

    Inside the transaction of the replies that named the numbers to call, which holds the
    conversation's lock: whoever was told to call 112 is seen by the agents too, after any crash.
    """
    alert, is_new = Alert.objects.get_or_create(conversation=conversation, ended_at=None)
    if not is_new:
        Alert.objects.filter(pk=alert.pk).update(heard=F("heard") + 1)
    announce_console(topics=[TOPIC])
    return alert


@transaction.atomic
def alert_acknowledge(*, alert_id: int, actor: User) -> Alert:
    """A person takes it up; the first one stays named.

    Raises ``PermissionMissing``, ``AlertUnknown``.
    """
    if not actor.has_perm(PERMISSION):
        raise PermissionMissing
    # The conversation first, as whoever raises one does: its list shows that the alarm has ended.
    its = Alert.objects.filter(pk=alert_id).values("conversation")
    Conversation.objects.select_for_update().filter(pk__in=its).first()
    # No join: after waiting for the lock it would show who had it before the wait, nobody.
    alert = Alert.objects.select_for_update().filter(pk=alert_id).first()
    if alert is None:
        raise AlertUnknown
    if alert.ended_at is None:
        alert.ended_at, alert.acknowledged_by = timezone.now(), actor
        alert.save(update_fields=["ended_at", "acknowledged_by"])
        announce_console(topics=[TOPIC])
    return alert


def alerts_open() -> QuerySet[Alert]:
    """What nobody took up yet, oldest first, with the conversation."""
    return Alert.objects.filter(ended_at=None).select_related("conversation").order_by("id")
