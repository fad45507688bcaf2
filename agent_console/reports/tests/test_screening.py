"""Who a report names is hidden, and such a report earns nothing."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.conversations.models import Conversation, Notice
from agent_console.masking.text import masked
from agent_console.reports import tasks
from agent_console.reports.feedback import receipt_feedback
from agent_console.reports.intake import Intake
from agent_console.reports.models import Report, ReportReward, ReportScreening, RewardState
from agent_console.reports.rewards import reward_synchronise
from agent_console.reports.screening import report_screen
from agent_console.reports.services import report_create
from agent_console.reports.similar import Similar
from agent_console.wallet import client as wallet
from agent_console.wallet.client import RewardView

DENOUNCING = "C'est Karim Benali qui jette ses gravats, voiture AB-123-CD"
PLAIN = "Un trou devant l'école Marie Curie, rue Jean Jaurès"


@pytest.fixture
def make_report(metropolis: None, conversation: Conversation) -> Callable[..., Report]:
    def make(description: str, place: str = "devant la poste") -> Report:
        return report_create(
            intake_key=f"test:{uuid.uuid4()}",
            intake=Intake(
                conversation=conversation,
                category_code="pothole",
                address="12 rue Paradis",
                commune="Marseille",
                place=place,
                description=description,
            ),
        )

    return make


def test_what_is_shown_names_nobody_and_the_original_is_kept(
    make_report: Callable[..., Report],
) -> None:
    report = make_report(DENOUNCING, place="chez M. Dupont")
    found = report_screen(report_id=report.id)
    report.refresh_from_db()
    assert report.description == "C'est [personne] qui jette ses gravats, voiture [plaque]"
    assert report.place == "chez M. [personne]"
    assert "Dupont" not in report.place_label
    assert (found.description, found.place) == (DENOUNCING, "chez M. Dupont")
    assert found.kinds == ["person", "plate"]
    assert found.names_somebody


def test_who_an_address_and_answers_name_is_hidden_and_kept_for_who_may_read_it(
    metropolis: None, conversation: Conversation, make_user: Callable[..., User]
) -> None:
    report = report_create(
        intake_key="test:address",
        intake=Intake(
            conversation=conversation,
            category_code="abandoned_vehicle",
            address="12 rue Jean Jaurès, chez Mme Durand",
            commune="Marseille",
            answers={"vehicle": "Clio grise de mon voisin Ahmed, AB-123-CD"},
        ),
    )
    assert "Durand" not in Similar(report=report, distance_m=None, people=1, score=1).label, (
        "before the worker has read it"
    )
    assert "Durand" not in _api_place(report)
    found = report_screen(report_id=report.id)
    report.refresh_from_db()
    assert report.address == "12 rue Jean Jaurès, chez Mme [personne]"
    assert report.answers == {"vehicle": "Clio grise de mon voisin [personne], [plaque]"}
    assert found.address == "12 rue Jean Jaurès, chez Mme Durand"
    assert found.answers == {"vehicle": "Clio grise de mon voisin Ahmed, AB-123-CD"}
    assert found.names_somebody
    client = Client()
    address = f"/console/reports/{report.reference}/"
    client.force_login(make_user("operatrice", "reports.view_report"))
    assert not {"Durand", "Ahmed"} & set(client.get(address).text.replace(",", " ").split())
    client.force_login(make_user("cheffe", "reports.view_report", "reports.read_original_text"))
    assert "chez Mme Durand" in client.get(address).text
    assert "mon voisin Ahmed" in client.get(address).text


def test_what_a_citizen_answers_names_nobody_to_other_programs(report: Report) -> None:
    Report.objects.update(state="resolved", closed_at=report.created_at + timedelta(hours=1))
    receipt_feedback(
        receipt_key=report.receipt_key, is_solved=False, comment="Demandez à Mme Durand, 0612345678"
    )
    secret = settings.CONSOLE_API_TOKENS[0].secret
    answer = Client(headers={"Authorization": f"Bearer {secret}"}).get(
        f"/api/v1/reports/{report.reference}"
    )
    told = answer.json()["history"][-1]["reason"]
    assert told == "Demandez à Mme [personne], [téléphone]"


def _api_place(report: Report) -> str:
    secret = settings.CONSOLE_API_TOKENS[0].secret
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    return str(client.get(f"/api/v1/reports/{report.reference}").json()["place_label"])


def test_a_text_that_names_nobody_stays_as_it_is(make_report: Callable[..., Report]) -> None:
    report = make_report(PLAIN)
    found = report_screen(report_id=report.id)
    report.refresh_from_db()
    assert (report.description, report.place) == (PLAIN, "devant la poste")
    assert (found.description, found.place, found.kinds) == ("", "", [])
    assert not found.names_somebody


def test_a_second_reading_changes_nothing(make_report: Callable[..., Report]) -> None:
    report = make_report(DENOUNCING)
    first = report_screen(report_id=report.id)
    assert report_screen(report_id=report.id) == first
    assert ReportScreening.objects.get().description == DENOUNCING


def test_a_crash_keeps_the_words_in_one_place(make_report: Callable[..., Report]) -> None:
    report = make_report(DENOUNCING)
    with (
        patch.object(Report, "save", side_effect=OperationalError),
        pytest.raises(OperationalError),
    ):
        report_screen(report_id=report.id)
    report.refresh_from_db()
    assert report.description == DENOUNCING
    assert not ReportScreening.objects.exists()
    assert report_screen(report_id=report.id).description == DENOUNCING


def test_two_readings_at_once_keep_the_original(
    make_report: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = make_report(DENOUNCING)
    whole = masked
    others = iter([True])

    def masked_meanwhile(text: str) -> object:
        if next(others, False):
            report_screen(report_id=report.id)  # another worker was faster
        return whole(text)

    monkeypatch.setattr("agent_console.reports.screening.masked", masked_meanwhile)
    report_screen(report_id=report.id)
    assert ReportScreening.objects.get().description == DENOUNCING
    report.refresh_from_db()
    assert "Karim" not in report.description


def test_a_report_that_names_somebody_earns_nothing_and_says_why(
    make_report: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("the wallet was asked")

    monkeypatch.setattr(wallet, "wallet_open", never)
    monkeypatch.setattr(wallet, "reward_open", never)
    report = make_report(DENOUNCING)
    for _ in range(2):
        reward_synchronise(report_id=report.id)
    reward = ReportReward.objects.get()
    assert (reward.state, reward.refusal_code) == (RewardState.REFUSED, "names_a_person")
    told = Notice.objects.get(conversation=report.conversation)  # sent, or waiting for the morning
    assert "nous ne récompensons pas les signalements qui désignent une personne" in told.text
    assert "Karim" not in told.text


@pytest.mark.usefixtures("everybody_agrees")
@pytest.mark.parametrize("description", [PLAIN, "Rappelez-moi au 06 12 34 56 78", ""])
def test_whoever_names_nobody_is_rewarded(
    make_report: Callable[..., Report], monkeypatch: pytest.MonkeyPatch, description: str
) -> None:
    monkeypatch.setattr(wallet, "wallet_open", lambda _: None)
    pending = RewardView(id=uuid.uuid4(), state="pending", points=10)
    monkeypatch.setattr(wallet, "reward_open", lambda **_: pending)
    reward_synchronise(report_id=make_report(description).id)
    assert ReportReward.objects.get().state == RewardState.PENDING


def test_the_intake_queues_the_reading_before_the_reward(
    make_report: Callable[..., Report],
) -> None:
    report = make_report(PLAIN)
    jobs = ProcrastinateJob.objects.filter(lock=f"report:{report.id}").order_by("id")
    assert [job.task_name for job in jobs][:2] == ["reports.screen", "reports.reward"]
    assert all(job.args == {"report_id": str(report.id)} for job in jobs)


def test_the_job_masks(make_report: Callable[..., Report], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service_kit.jobs.connections.close_all", lambda: None)
    report = make_report(DENOUNCING)
    tasks.screen(report_id=str(report.id))
    report.refresh_from_db()
    assert "Karim" not in report.description


def test_only_who_may_reads_what_was_written(
    make_report: Callable[..., Report], make_user: Callable[..., User]
) -> None:
    report = make_report(DENOUNCING)
    report_screen(report_id=report.id)
    address = f"/console/reports/{report.reference}/"
    client = Client()
    client.force_login(make_user("operatrice", "reports.view_report"))
    page = client.get(address).text
    assert "[personne]" in page
    assert "masqué" in page
    assert "Karim Benali" not in page
    client.force_login(
        make_user("superviseure", "reports.view_report", "reports.read_original_text")
    )
    assert "Karim Benali" in client.get(address).text
