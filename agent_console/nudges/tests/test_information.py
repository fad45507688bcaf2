"""Information campaigns: who is told, once, and who never is; who may, and what is kept of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from agent_console.citizens.models import ChannelCode, ContactPoint, Resident
from agent_console.citizens.services import contact_at
from agent_console.conversations.models import (
    Conversation,
    Handler,
    Message,
    Notice,
    NoticeState,
    QuietHours,
)
from agent_console.conversations.services import receive_message
from agent_console.french_days import PARIS
from agent_console.nudges import campaigns
from agent_console.nudges.campaign_rules import REST, reachable
from agent_console.nudges.campaigns import campaign_create, campaign_step, campaigns_tell, seen_tag
from agent_console.nudges.models import (
    CampaignState,
    InfoCampaign,
    InfoCampaignChange,
    InfoCampaignTold,
    Segment,
)
from agent_console.opt_outs.models import OptOutSource
from agent_console.opt_outs.services import news_set
from agent_console.reports.models import Report
from service_kit.browser import ORIGIN, RenderedPage, headless, serve, violations

pytestmark = pytest.mark.django_db
BASE = "/console/nudges/information/"
WORDS = "Le verre se recycle à l’infini : un conteneur est près de chez vous."


@pytest.fixture
def supervisor(make_user: Callable[..., User]) -> User:
    return make_user("nadia", "nudges.run_campaigns", "nudges.view_nudges", "reports.view_report")


@pytest.fixture
def console(client: Client, supervisor: User) -> Client:
    client.force_login(supervisor)
    return client


@pytest.fixture(autouse=True)
def never_quiet(db: None) -> QuietHours:
    return QuietHours.objects.create(
        starts_at=time(0), ends_at=time(0), are_sundays_quiet=False, are_holidays_quiet=False
    )


def values(**changed: Any) -> dict[str, Any]:
    now = timezone.now()
    return {
        "name": "Verre au printemps",
        "text_fr": WORDS,
        "text_en": "",
        "segment": Segment.EVERYBODY,
        "communes": [],
        "channels": [ChannelCode.WEB, ChannelCode.SMS],
        "starts_at": now - timedelta(days=1),
        "ends_at": now + timedelta(days=30),
        "daily_max": 1000,
        **changed,
    }


def launched(supervisor: User, **changed: Any) -> InfoCampaign:
    made = campaign_create(key=uuid.uuid4(), values=values(**changed), actor=supervisor)
    return campaign_step(
        campaign_id=made.pk,
        state=CampaignState.RUNNING,
        seen=seen_tag(made),
        now=timezone.now(),
        actor=supervisor,
    )


def by_sms(address: str, resident: Resident | None = None) -> Conversation:
    point = contact_at(kind=ChannelCode.SMS, address=address)
    ContactPoint.objects.filter(pk=point.pk).update(resident=resident)
    point.refresh_from_db()
    return receive_message(
        contact_point=point, external_id=f"t:{uuid.uuid4()}", text="Bonjour"
    ).conversation


def told(conversation: Conversation) -> list[str]:
    return [one.text for one in Notice.objects.filter(conversation=conversation)]


def test_everybody_is_told_once_with_the_way_out(
    supervisor: User, conversation: Conversation
) -> None:
    sms = by_sms("0612345678")
    campaign = launched(supervisor)
    now = timezone.now()
    assert campaigns_tell(now=now) == 2
    assert campaigns_tell(now=now) == 0
    for one in (conversation, sms):
        assert told(one) == [f"{WORDS}\nSTOP pour ne plus en recevoir."]
        assert Message.objects.filter(conversation=one, text__startswith=WORDS).count() == 1
    assert campaign.told.count() == 2


def test_a_person_with_two_contacts_is_told_where_they_last_talked(supervisor: User) -> None:
    resident = Resident.objects.create()
    older, newer = by_sms("0612345678", resident), by_sms("0631987654", resident)
    launched(supervisor)
    assert campaigns_tell(now=timezone.now()) == 1
    assert (told(older), len(told(newer))) == ([], 1)


def _opted_out(conversation: Conversation) -> None:
    news_set(
        contact_point_id=conversation.contact_point_id,
        wants_news=False,
        source=OptOutSource.PERSON,
    )


def _with_an_agent(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(handler=Handler.AGENT)


def _blocked(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(blocked_at=timezone.now())


def _long_gone(conversation: Conversation) -> None:
    long_ago = timezone.now() - timedelta(days=400)
    Conversation.objects.filter(pk=conversation.pk).update(last_message_at=long_ago)


def _english(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(locale="en")


def _without_address(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(channel=ChannelCode.SMS)


@pytest.mark.parametrize(
    "happened", [_opted_out, _with_an_agent, _blocked, _long_gone, _english, _without_address]
)
def test_who_is_never_told(
    supervisor: User, conversation: Conversation, happened: Callable[[Conversation], None]
) -> None:
    happened(conversation)
    launched(supervisor)
    assert campaigns_tell(now=timezone.now()) == 0
    assert told(conversation) == []


def test_an_english_speaker_reads_english(supervisor: User, conversation: Conversation) -> None:
    _english(conversation)
    launched(supervisor, text_en="Glass is recycled for ever.")
    campaigns_tell(now=timezone.now())
    assert told(conversation) == ["Glass is recycled for ever.\nAnswer STOP to get no more."]


def test_two_campaigns_leave_people_in_peace_in_between(
    supervisor: User, conversation: Conversation
) -> None:
    launched(supervisor)
    now = timezone.now()
    assert campaigns_tell(now=now) == 1
    second = launched(supervisor, name="Autre")
    assert not reachable(second, now=now + REST - timedelta(minutes=1)).exists()
    assert reachable(second, now=now + REST + timedelta(minutes=1)).exists()


def test_in_quiet_hours_nobody_is_rung_up(
    supervisor: User, conversation: Conversation, never_quiet: QuietHours
) -> None:
    """The web makes no sound, a telephone does."""
    QuietHours.objects.update(starts_at=time(20), ends_at=time(8))
    sms = by_sms("0612345678")
    campaign = launched(supervisor, starts_at=datetime(2026, 1, 1, tzinfo=PARIS))
    InfoCampaign.objects.update(ends_at=datetime(2099, 1, 1, tzinfo=PARIS))
    tonight = timezone.localtime().replace(hour=23)
    assert campaigns_tell(now=tonight) == 1
    assert len(told(conversation)) == 1
    assert not campaign.told.filter(conversation=sms).exists()


def test_no_more_than_so_many_a_day(supervisor: User) -> None:
    for number in range(3):
        by_sms(f"06123456{number}0")
    launched(supervisor, daily_max=2)
    now = timezone.now()
    assert [campaigns_tell(now=now), campaigns_tell(now=now)] == [2, 0]
    assert campaigns_tell(now=now + timedelta(days=1)) == 1


@pytest.mark.parametrize(
    ("changed", "is_told"),
    [
        ({"segment": Segment.REPORTERS}, True),
        ({"segment": Segment.PICKUPS}, False),
        ({"segment": Segment.POINTS}, False),
        ({"communes": ["13055"]}, True),
        ({"communes": ["13001"]}, False),
        ({"channels": [ChannelCode.SMS]}, False),
    ],
)
def test_the_segment(
    supervisor: User, report: Report, changed: dict[str, Any], is_told: bool
) -> None:
    launched(supervisor, **changed)
    assert campaigns_tell(now=timezone.now()) == int(is_told)


def test_only_what_runs_within_its_period_is_told(
    supervisor: User, conversation: Conversation
) -> None:
    campaign = launched(supervisor)
    assert campaigns_tell(now=campaign.ends_at) == 0
    assert campaigns_tell(now=campaign.starts_at - timedelta(minutes=1)) == 0
    campaign_step(
        campaign_id=campaign.pk,
        state=CampaignState.PAUSED,
        seen="",
        now=timezone.now(),
        actor=supervisor,
    )
    assert campaigns_tell(now=timezone.now()) == 0


def test_told_and_notice_are_one(
    supervisor: User, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched(supervisor)

    def dies(**_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(campaigns, "notice_send", dies)
        with pytest.raises(ConnectionError), transaction.atomic():
            campaigns_tell(now=timezone.now())
    assert not InfoCampaignTold.objects.exists()
    assert campaigns_tell(now=timezone.now()) == 1


def fields(**changed: Any) -> dict[str, Any]:
    now = timezone.localtime()
    return {
        "key": str(uuid.uuid4()),
        "name": "Verre au printemps",
        "text_fr": WORDS,
        "segment": "everybody",
        "channels": ["web"],
        "starts_at": f"{now - timedelta(days=1):%Y-%m-%dT%H:%M}",
        "ends_at": f"{now + timedelta(days=9):%Y-%m-%dT%H:%M}",
        "daily_max": "500",
        **changed,
    }


def test_a_campaign_is_written_launched_paused_changed_and_ended(
    console: Client, conversation: Conversation
) -> None:
    body = fields()
    for _ in range(2):  # a double click
        assert console.post(f"{BASE}new/", body).status_code == 302
    campaign = InfoCampaign.objects.get()
    page = f"{BASE}{campaign.pk}/"
    assert "1 par Site web" in console.get(page).text
    stale = console.post(f"{page}step/", {"state": "running", "seen": "x"}, follow=True)
    assert "pendant que vous" in stale.text
    console.post(f"{page}step/", {"state": "running", "seen": seen_tag(campaign)})
    campaigns_tell(now=timezone.now())
    assert "1 personne informée" in console.get(page).text
    campaign.refresh_from_db()
    edit = f"{page}edit/"
    refused = console.post(edit, body | {"text_fr": "Autre", "seen": seen_tag(campaign)})
    assert refused.status_code == 422
    console.post(f"{page}step/", {"state": "paused"})
    campaign.refresh_from_db()
    console.post(edit, body | {"text_fr": "Autre", "seen": seen_tag(campaign)})
    shown = console.get(page).text
    assert f"{WORDS} → Autre" in shown
    assert "En préparation → Lancée" in shown
    assert "par nadia" in shown
    _opted_out(conversation)
    assert "1 n’a plus voulu" in console.get(page).text
    console.post(f"{page}step/", {"state": "ended"})
    again = console.post(f"{page}step/", {"state": "running", "seen": ""}, follow=True)
    assert "cela ne se peut pas" in again.text
    assert InfoCampaignChange.objects.count() == 5


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"text_fr": ""}, "Renseignez ce champ"),
        ({"text_fr": "Voir https://exemple.fr"}, "tentative de fraude"),
        ({"ends_at": "2020-01-01T08:00"}, "La fin doit suivre le début"),
        ({"channels": []}, "Choisissez un canal"),
        ({"daily_max": "0"}, "1 au moins"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    console: Client, changed: dict[str, Any], words: str
) -> None:
    answer = console.post(f"{BASE}new/", fields(**changed))
    assert answer.status_code == 422
    assert words in answer.text
    assert not InfoCampaign.objects.exists()


def test_it_needs_the_permission_and_a_fresh_proof(
    client: Client, make_user: Callable[..., User], supervisor: User
) -> None:
    campaign = campaign_create(key=uuid.uuid4(), values=values(), actor=supervisor)
    reader = make_user("awa", "nudges.view_nudges")
    client.force_login(reader)
    page = f"{BASE}{campaign.pk}/"
    assert client.get(page).status_code == 200
    assert "Lancer" not in client.get(page).text
    for path in (f"{page}step/", f"{page}edit/", f"{BASE}new/"):
        assert client.post(path, {"state": "running"}).status_code == 403
    with pytest.raises(campaigns.PermissionMissing):
        campaign_create(key=uuid.uuid4(), values=values(name="X"), actor=reader)
    client.force_login(supervisor)
    session = client.session
    session["confirmed_at"] = 0
    session.save()
    body = {"state": "running", "seen": seen_tag(campaign)}
    assert client.post(f"{page}step/", body).status_code == 403
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.DRAFT


def test_the_history_cannot_be_rewritten(supervisor: User) -> None:
    campaign_create(key=uuid.uuid4(), values=values(), actor=supervisor)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        InfoCampaignChange.objects.update(before=None)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        InfoCampaignChange.objects.all()._raw_delete("default")


def test_notices_that_wait_are_counted(
    console: Client, supervisor: User, conversation: Conversation
) -> None:
    campaign = launched(supervisor)
    campaigns_tell(now=timezone.now())
    Notice.objects.update(state=NoticeState.SCHEDULED, send_at=timezone.now())
    assert "1 en attente de la fin" in console.get(f"{BASE}{campaign.pk}/").text


def test_the_pages_break_no_rule(
    console: Client, supervisor: User, conversation: Conversation, metropolis: None
) -> None:
    pages = {}

    def keep(name: str, answer: Any) -> None:
        pages[name] = RenderedPage(answer.text, answer.headers["Content-Security-Policy"])

    keep("/empty", console.get(BASE))
    campaign = launched(supervisor, communes=["13055"])
    draft = campaign_create(key=uuid.uuid4(), values=values(name="Autre"), actor=supervisor)
    keep("/list", console.get(BASE))
    keep("/page", console.get(f"{BASE}{campaign.pk}/"))
    keep("/edit", console.get(f"{BASE}{draft.pk}/edit/"))
    keep("/refused", console.post(f"{BASE}new/", {"name": ""}))
    with headless() as browser:
        context = browser.new_context(viewport={"width": 320, "height": 640})
        serve(context, pages)
        page = context.new_page()
        for path in pages:
            page.goto(f"{ORIGIN}{path}")
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") == 320, path
