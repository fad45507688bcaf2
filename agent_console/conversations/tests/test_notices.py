"""Notices: quiet hours, opt-out, once per cause, nothing lost."""

import threading
from datetime import datetime, time, timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection, connections
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.citizens.models import ContactPoint
from agent_console.citizens.services import contact_opt_in, contact_opt_out
from agent_console.conversations import tasks
from agent_console.conversations.deliveries import deliveries_release
from agent_console.conversations.errors import DeliveryFailed
from agent_console.conversations.models import (
    Conversation,
    Delivery,
    Message,
    Notice,
    NoticeState,
    QuietHours,
)
from agent_console.conversations.notices import due_conversations, notices_release
from agent_console.conversations.ports import Handed, Reply, TurnResult, channel_for
from agent_console.conversations.quiet import quiet_until
from agent_console.conversations.services import notice_send, receive_message, turn_complete
from agent_console.conversations.turns import deliver_queued
from agent_console.french_days import PARIS

DAYS = ["lun", "mar", "mer", "jeu", "ven", "sam", "dim"]
NIGHT = datetime(2026, 3, 3, 23, 0, tzinfo=PARIS)  # a Tuesday
MORNING = datetime(2026, 3, 4, 8, 0, tzinfo=PARIS)


def _at(text: str) -> datetime:
    day, _, rest = text.partition(" ")
    found = datetime.fromisoformat(rest).replace(tzinfo=PARIS)
    assert DAYS[found.weekday()] == day, text
    return found


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("mar 2026-03-03 08:00", None),
        ("mar 2026-03-03 20:59", None),
        ("mar 2026-03-03 21:00", "mer 2026-03-04 08:00"),
        ("mer 2026-03-04 03:00", "mer 2026-03-04 08:00"),
        ("mer 2026-03-04 07:59", "mer 2026-03-04 08:00"),
        ("sam 2026-03-07 12:00", None),
        ("sam 2026-03-07 21:30", "lun 2026-03-09 08:00"),
        ("dim 2026-03-08 12:00", "lun 2026-03-09 08:00"),
        # Easter: Saturday evening to Tuesday morning; the clocks' change on 29 March.
        ("sam 2026-04-04 22:00", "mar 2026-04-07 08:00"),
        ("sam 2026-03-28 22:00", "lun 2026-03-30 08:00"),
        ("jeu 2026-12-24 22:00", "sam 2026-12-26 08:00"),
        ("jeu 2026-12-31 23:59", "sam 2027-01-02 08:00"),
        ("ven 2026-05-01 10:00", "sam 2026-05-02 08:00"),
    ],
)
def test_quiet_hours_end_on_the_next_day_that_is_one(at: str, until: str | None) -> None:
    assert quiet_until(_at(at), QuietHours()) == (_at(until) if until else None)


def test_a_supervisors_rules_hold() -> None:
    siesta = QuietHours(
        starts_at=time(12), ends_at=time(14), are_sundays_quiet=False, are_holidays_quiet=False
    )
    assert quiet_until(_at("dim 2026-03-08 13:00"), siesta) == _at("dim 2026-03-08 14:00")
    assert quiet_until(_at("dim 2026-03-08 23:00"), siesta) is None
    never = QuietHours(starts_at=time(8), ends_at=time(8), are_sundays_quiet=True)
    assert quiet_until(_at("mar 2026-03-03 03:00"), never) is None
    assert quiet_until(_at("dim 2026-03-08 13:00"), never) == _at("lun 2026-03-09 00:00")


@pytest.fixture
def ringing(conversation: Conversation) -> Conversation:
    """A conversation whose channel rings at people's homes, whatever it is."""
    QuietHours.objects.create(silent_channels=[])
    return conversation


def _send(conversation: Conversation, cause: str = "c:1", *, is_urgent: bool = False) -> None:
    notice_send(
        conversation_id=conversation.id, cause=cause, text=f"Avis {cause}", is_urgent=is_urgent
    )


def _clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr("agent_console.conversations.notices.timezone.now", lambda: now)


def _said(conversation: Conversation) -> list[str]:
    found = Message.objects.filter(conversation=conversation, author="system").order_by("seq")
    return list(found.values_list("text", flat=True))


def test_a_notice_waits_for_the_morning_and_comes_once(
    ringing: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    _clock(monkeypatch, NIGHT)
    for _ in range(2):
        _send(ringing, "c:1")
        _send(ringing, "c:2")
    assert _said(ringing) == []
    assert set(Notice.objects.values_list("state", "send_at")) == {(NoticeState.SCHEDULED, MORNING)}
    before = MORNING - timedelta(minutes=1)
    assert due_conversations(now=before, limit=10) == []
    assert notices_release(conversation_id=ringing.id, now=before) == 0
    assert due_conversations(now=MORNING, limit=10) == [ringing.id]
    assert notices_release(conversation_id=ringing.id, now=MORNING) == 2
    assert notices_release(conversation_id=ringing.id, now=MORNING) == 0
    assert _said(ringing) == ["Avis c:1", "Avis c:2"]
    assert Delivery.objects.filter(message__author="system").count() == 2
    _send(ringing, "c:1")
    assert len(_said(ringing)) == 2


def test_what_is_urgent_does_not_wait(
    ringing: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    _clock(monkeypatch, NIGHT)
    _send(ringing, is_urgent=True)
    assert _said(ringing) == ["Avis c:1"]


def test_a_silent_channel_is_told_at_any_hour(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    _clock(monkeypatch, NIGHT)
    _send(conversation)
    assert _said(conversation) == ["Avis c:1"]


def test_what_waited_longer_comes_first(
    ringing: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    _clock(monkeypatch, NIGHT)
    _send(ringing, "c:1")
    _clock(monkeypatch, MORNING + timedelta(seconds=5))
    _send(ringing, "c:2")
    assert _said(ringing) == ["Avis c:1", "Avis c:2"]


def test_nobody_is_told_after_opting_out_and_agents_see_it(
    ringing: Conversation, contact_point: ContactPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    _clock(monkeypatch, NIGHT)
    _send(ringing, "c:1")
    contact_opt_out(contact_point_id=contact_point.id)
    first = contact_opt_out(contact_point_id=contact_point.id).opted_out_at
    assert first == ContactPoint.objects.get().opted_out_at
    _clock(monkeypatch, MORNING)
    _send(ringing, "c:2", is_urgent=True)
    assert notices_release(conversation_id=ringing.id, now=MORNING) == 1
    assert _said(ringing) == []
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.SUPPRESSED}
    contact_opt_in(contact_point_id=contact_point.id)
    _send(ringing, "c:2")
    _send(ringing, "c:3")
    assert _said(ringing) == ["Avis c:3"], "what was kept back stays so"


def test_somebody_who_opted_out_is_still_answered(
    ringing: Conversation, contact_point: ContactPoint
) -> None:
    contact_opt_out(contact_point_id=contact_point.id)
    message = receive_message(contact_point=contact_point, external_id="y:1", text="Mon solde ?")
    assert message.turn.state == "waiting"


def test_rules_that_changed_meanwhile_hold(
    ringing: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    _clock(monkeypatch, NIGHT)
    _send(ringing)
    QuietHours.objects.update(ends_at=time(10))
    assert notices_release(conversation_id=ringing.id, now=MORNING) == 1
    assert _said(ringing) == []
    assert Notice.objects.get().send_at == MORNING + timedelta(hours=2)


def test_a_crash_while_releasing_loses_and_doubles_nothing(
    ringing: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    _clock(monkeypatch, NIGHT)
    _send(ringing, "c:1")
    _send(ringing, "c:2")
    with (
        patch(
            "agent_console.conversations.queue.enqueue_deliveries",
            side_effect=[None, OperationalError],
        ),
        pytest.raises(OperationalError),
    ):
        notices_release(conversation_id=ringing.id, now=MORNING)
    assert _said(ringing) == []
    notices_release(conversation_id=ringing.id, now=MORNING)
    assert _said(ringing) == ["Avis c:1", "Avis c:2"]


def test_a_provider_that_is_away_until_the_night_rings_nobody(
    ringing: Conversation, contact_point: ContactPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    left: list[str] = []
    is_away = True

    def deliver(message: Message) -> Handed | None:
        if is_away:
            raise DeliveryFailed(permanent=False, code="provider_unavailable")
        left.append(message.text)
        return None

    monkeypatch.setattr(channel_for(ringing.channel), "deliver", deliver)
    _clock(monkeypatch, MORNING - timedelta(hours=12))
    _send(ringing, "c:1")
    _send(ringing, "c:2", is_urgent=True)
    with pytest.raises(DeliveryFailed):
        deliver_queued(conversation_id=ringing.id, last_try=False)
    is_away = False
    _clock(monkeypatch, NIGHT)
    message = receive_message(contact_point=contact_point, external_id="y:2", text="Allô ?")
    answer = TurnResult([Reply("Bonsoir.", [])], intent="greet", confidence=0.9)
    turn_complete(turn_id=message.turn.id, result=answer)
    deliver_queued(conversation_id=ringing.id, last_try=False)
    assert left == ["Avis c:2", "Bonsoir."]
    held = Delivery.objects.get(state="queued")
    assert (held.send_at, held.error_label) == (MORNING, "attend la fin des heures calmes")
    assert deliveries_release(now=MORNING - timedelta(minutes=1), limit=10) == 0
    before = ProcrastinateJob.objects.filter(task_name="conversations.deliver").count()
    assert deliveries_release(now=MORNING, limit=10) == 1
    assert ProcrastinateJob.objects.filter(task_name="conversations.deliver").count() == before + 1
    _clock(monkeypatch, MORNING)
    deliver_queued(conversation_id=ringing.id, last_try=False)
    assert left == ["Avis c:2", "Bonsoir.", "Avis c:1"]
    assert deliveries_release(now=MORNING, limit=10) == 0


def test_a_notice_from_before_is_known_by_its_message(ringing: Conversation) -> None:
    _send(ringing, is_urgent=True)
    Notice.objects.all().delete()
    _send(ringing, is_urgent=True)
    assert _said(ringing) == ["Avis c:1"]


def test_the_minutes_job_releases_what_is_due(
    ringing: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    _clock(monkeypatch, NIGHT)
    _send(ringing)
    monkeypatch.undo()
    QuietHours.objects.update(
        starts_at=time(8), ends_at=time(8), are_sundays_quiet=False, are_holidays_quiet=False
    )
    Notice.objects.update(send_at=timezone.now())
    with patch.object(connections, "close_all"):
        tasks.release_notices(0)
    assert _said(ringing) == ["Avis c:1"]


def test_the_runtime_role_keeps_and_releases(
    ringing: Conversation, contact_point: ContactPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    _clock(monkeypatch, NIGHT)
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE mdmp_console_runtime")
        _send(ringing)
        assert notices_release(conversation_id=ringing.id, now=MORNING) == 1
        contact_opt_out(contact_point_id=contact_point.id)
        cursor.execute("RESET ROLE")
    assert _said(ringing) == ["Avis c:1"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_release_a_notice_once(
    committed_jobs: None, conversation: Conversation
) -> None:
    QuietHours.objects.create(
        starts_at=time(8), ends_at=time(8), are_sundays_quiet=False, are_holidays_quiet=False
    )
    now = timezone.now()
    Notice.objects.create(
        conversation=conversation, cause="c:1", text="Avis", state="scheduled", send_at=now
    )
    barrier, counts = threading.Barrier(2), []

    def release() -> None:
        try:
            barrier.wait(timeout=20)
            counts.append(notices_release(conversation_id=conversation.id, now=now))
        finally:
            connection.close()

    threads = [threading.Thread(target=release) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 1]
    assert _said(conversation) == ["Avis"]
