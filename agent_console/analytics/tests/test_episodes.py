"""What an episode is, what is counted, and that counting again counts the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_console.analytics.models import DailyTotal, Episode, MissedSentence
from agent_console.analytics.services import analytics_rebuild, episodes_update
from agent_console.calls.models import CallBack
from agent_console.calls_desk.models import Call, Draft
from agent_console.citizens.models import Resident
from agent_console.conversations.desk.models import WaitingReason
from agent_console.conversations.models import Author, Message
from agent_console.reports.models import Report

from .histories import MONDAY, Talk

pytestmark = pytest.mark.django_db
LATER = MONDAY + timedelta(days=60)


def _episodes() -> list[dict[str, Any]]:
    names = [field.attname for field in Episode._meta.concrete_fields if field.name != "id"]
    return list(Episode.objects.order_by("conversation_id", "started_at").values(*names))


def _totals() -> list[tuple[Any, ...]]:
    rows = DailyTotal.objects.order_by("day", "measure", "key")
    return list(rows.values_list("day", "measure", "key", "count", "total"))


def test_silence_of_a_day_ends_an_episode_and_news_neither_begins_nor_lengthens_one() -> None:
    talk = Talk().say(Author.SYSTEM).after(hours=1).exchange("greet").exchange("greet").exchange()
    talk.after(hours=23).say(Author.SYSTEM).after(minutes=59).exchange()  # 23 h 59: the same one
    talk.after(hours=24, seconds=1).say(Author.SYSTEM).after(seconds=1).exchange("thanks")
    first_end = MONDAY + timedelta(hours=25)
    episodes_update(now=first_end + timedelta(hours=23))
    assert Episode.objects.count() == 0
    episodes_update(now=LATER)
    first, second = Episode.objects.order_by("started_at")
    assert (first.first_seq, first.intents) == (2, "greet > report_issue")
    assert (first.day.isoformat(), first.hour, first.answer_s) == ("2026-03-02", 11, 5)
    assert first.handle_s == 3 * 5 + 23 * 3600 + 59 * 60 + 5
    assert (first.outcome, first.handled_by, first.came_back) == ("bot", "bot", True)
    assert (second.intents, second.came_back) == ("thanks", False)


def test_what_goes_on_after_its_end_is_corrected() -> None:
    talk = Talk().exchange().ask_person()
    episodes_update(now=MONDAY + timedelta(hours=25))
    assert [one.outcome for one in Episode.objects.all()] == ["abandoned"]
    talk.after(hours=30).say(Author.AGENT)  # the agent's late word belongs to what it answers
    episodes_update(now=MONDAY + timedelta(hours=31))
    assert Episode.objects.count() == DailyTotal.objects.count() == 0
    episodes_update(now=LATER)
    episode = Episode.objects.get()
    assert (episode.outcome, episode.handled_by, episode.hand_over) == ("agent", "both", "asked")
    assert episode.wait_s == 30 * 3600


def test_each_outcome() -> None:
    expected = {}
    expected[Talk().exchange().alarm().say(Author.AGENT).row.pk] = "emergency"
    called = Talk().exchange("request_callback")
    back = CallBack.objects.create(
        contact_point=called.row.contact_point, number_digest=b"1" * 32, conversation=called.row,
        channel="web", reason="asked", call_from=called.at, request_key="k",
        request_digest=b"2" * 32,
    )  # fmt: skip
    CallBack.objects.filter(pk=back.pk).update(created_at=called.at)
    expected[called.row.pk] = "call_back"
    expected[Talk().exchange().ask_person().say(Author.AGENT).row.pk] = "agent"
    waited = Talk().exchange().ask_person(WaitingReason.NOT_UNDERSTOOD)
    expected[waited.row.pk] = "abandoned"
    expected[Talk().exchange(form="report_form").row.pk] = "unfinished"
    expected[Talk().exchange().exchange("nlu_fallback").row.pk] = "not_understood"
    expected[Talk().say(Author.CITIZEN).row.pk] = "not_understood"
    expected[Talk().exchange("nlu_fallback").exchange().row.pk] = "bot"
    episodes_update(now=LATER)
    assert dict(Episode.objects.values_list("conversation_id", "outcome")) == expected
    assert Episode.objects.get(conversation=waited.row).hand_over == "not_understood"


def test_a_call_written_down_and_a_report_without_one_are_one_contact_each(
    report: Report, django_user_model: type[User]
) -> None:
    agent = django_user_model.objects.create_user("camille")
    Report.objects.update(channel="phone", conversation=None)
    Report.objects.update(created_at=MONDAY)
    call = Call.objects.create(
        agent=agent, number_kind="withheld", started_at=MONDAY,
        talked_until=MONDAY + timedelta(minutes=3), ended_at=MONDAY + timedelta(minutes=4),
        wrap_code="nothing",
    )  # fmt: skip
    open_call = Call.objects.create(agent=agent, number_kind="withheld", started_at=MONDAY)
    episodes_update(now=LATER)
    episodes_update(now=LATER)
    noted, taken_in = Episode.objects.order_by("handle_s")
    assert (noted.call, noted.outcome, noted.handle_s) == (call, "no_request", 240)
    assert (taken_in.report, taken_in.outcome) == (report, "phone")
    assert taken_in.commune == report.commune

    # The same report, once it turns out that a call wrote it, is that call's contact.
    Draft.objects.create(call=open_call, state="sent", report=report)
    Call.objects.filter(pk=open_call.pk).update(
        talked_until=MONDAY, ended_at=MONDAY, wrap_code="report"
    )
    analytics_rebuild(now=LATER)
    assert Episode.objects.filter(report=report).count() == 0
    assert Episode.objects.get(call=open_call).commune == report.commune


def test_what_was_not_understood_is_kept_masked_and_goes_with_its_message() -> None:
    said = "Appelez Madame Dupont au 06 12 34 56 78, 12 rue de Rome 3e étage, code 24B18"
    talk = Talk().say(Author.CITIZEN, said, intent="nlu_fallback").say(Author.BOT)
    episodes_update(now=LATER)
    kept = MissedSentence.objects.get().text
    assert "Dupont" not in kept
    assert "06 12" not in kept
    assert "[numéro] rue de Rome [numéro] étage, code [numéro]" in kept
    Message.objects.filter(conversation=talk.row).delete()
    assert MissedSentence.objects.count() == 0
    call_command("rebuild_analytics")
    assert Episode.objects.get().fallbacks == 1  # counted, though its words are gone
    talk.row.delete()
    assert DailyTotal.objects.count() == 0


_STEPS = st.lists(
    st.tuples(
        st.integers(0, 2),  # which conversation
        st.sampled_from([1, 30, 1300, 1439, 1441, 3000, 9000, 12000]),  # minutes later
        st.sampled_from(
            [
                "report_issue",
                "nlu_fallback",
                "form",
                "system",
                "agent",
                "ask",
                "alarm",
                "run",
                "link",
                "unlink",
                "merge",
                "rate",
                "rate_in_vain",
            ]
        ),
    ),
    max_size=25,
)


@given(steps=_STEPS)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_counting_as_time_passes_counts_what_a_rebuild_counts(
    steps: list[tuple[int, int, str]],
) -> None:
    with transaction.atomic():
        talks = [Talk(), Talk(channel="sms"), Talk(channel="telegram")]
        one, other = Resident.objects.create(), Resident.objects.create()
        now: datetime = MONDAY
        for which, minutes, what in steps:
            now += timedelta(minutes=minutes)
            talk = talks[which]
            talk.at = now
            if what == "run":
                episodes_update(now=now)
            elif what in ("system", "agent"):
                talk.say(Author(what))
            elif what in ("link", "unlink"):
                talk.of((one, other)[which % 2] if what == "link" else None)
            elif what in ("rate", "rate_in_vain"):
                talk.rate(4 if what == "rate" else None)
                now = talk.at
            elif what == "merge":
                Resident.objects.filter(pk=other.pk).update(merged_into=one)
            elif what == "ask":
                talk.say(Author.CITIZEN).ask_person()
            elif what == "alarm":
                talk.say(Author.CITIZEN).alarm()
            elif what == "form":
                talk.exchange(form="report_form")
            else:
                talk.exchange(what)
        episodes_update(now=now)
        counted = _episodes(), _totals()
        analytics_rebuild(now=now)
        assert (_episodes(), _totals()) == counted
        Episode.objects.all().delete()
        DailyTotal.objects.all().delete()
        analytics_rebuild(now=now)
        assert (_episodes(), _totals()) == counted
        transaction.set_rollback(True)
