"""See, take away, correct, erase: in a chat after a code, in Mon espace, by a colleague."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.citizens.codes import phone_contact
from agent_console.citizens.models import ChannelCode, ContactPoint, ProofHow, Recognition, Resident
from agent_console.citizens.recognition import recognition_give
from agent_console.citizens.selectors import links_of
from agent_console.citizens.services import resident_of_contact, wallet_assign
from agent_console.citizens.tests.conftest import Phones
from agent_console.citizens.tests.given import agreed
from agent_console.conversations.models import (
    Conversation,
    Message,
    SatisfactionQuestion,
    Turn,
    TurnState,
)
from agent_console.conversations.services import receive_message
from agent_console.identity.models import PortalSession
from agent_console.identity.tests.conftest import Browser
from agent_console.reports.intake import Intake
from agent_console.reports.models import Report, ReportScreening
from agent_console.reports.services import report_create
from agent_console.rights.erasing import StillSpeaking, resident_erase_once_answered
from agent_console.rights.inventory import KINDS, declared, places_of, suspects
from agent_console.rights.models import RightsAct
from agent_console.rights.retention import RULES, retention_apply, retention_report

from .conftest import WalletDouble
from .test_consents import call

pytestmark = pytest.mark.django_db
NUMBER = "06 12 34 56 78"
MINE = "/mon-espace/mes-donnees/"
CORRECT = f"{MINE}corriger/"


@pytest.fixture
def talk(metropolis: None, mobile: ContactPoint) -> Conversation:
    """Somebody who texts, with a report and points."""
    made = receive_message(contact_point=mobile, external_id="m1", text="Un trou").conversation
    resident = agreed(resident_of_contact(contact_point_id=mobile.pk))
    wallet_assign(resident_id=resident.pk)
    report_create(
        intake_key="k",
        intake=Intake(
            conversation=made,
            category_code="pothole",
            address="12 rue Paradis",
            commune="Marseille",
            place="",
            description="Un trou",
        ),
    )
    mobile.refresh_from_db()
    return made


@pytest.fixture
def person(talk: Conversation) -> Resident:
    return Resident.objects.get()


@pytest.fixture
def proved(talk: Conversation, person: Resident) -> str:
    """The API's path of the conversation, whose speaker has just repeated a code."""
    recognition_give(contact_point=talk.contact_point, resident=person, how=ProofHow.CODE)
    return f"/{talk.pk}/my-data"


def test_known_and_unknown_numbers_are_told_the_same_without_a_code(
    talk: Conversation, wallet: WalletDouble
) -> None:
    unknown = receive_message(
        contact_point=phone_contact(number="06 98 76 54 32"), external_id="m2", text="Bonjour"
    ).conversation
    asked = [
        ("GET", "", None),
        ("POST", "/copies", None),
        ("PUT", "/language", {"language": "en"}),
        ("PUT", "/reports/123-456-789/description", {"description": "x"}),
        ("GET", "/erasure", None),
        ("POST", "/erasure", {"confirm": "x"}),
    ]
    for method, path, body in asked:
        answers = [call(method, f"/{one.pk}/my-data{path}", body) for one in (talk, unknown)]
        assert answers[0] == answers[1], path
        status, problem = answers[0]
        assert (status, problem["code"], problem["fields"]) == (
            409,
            "recognition_needed",
            {"ways": "code"},
        )
    assert not RightsAct.objects.exists()


def test_a_chat_shows_it_all_and_gives_an_address_to_take_it_away(
    proved: str, person: Resident, wallet: WalletDouble
) -> None:
    asked_at = timezone.now()
    SatisfactionQuestion.objects.create(
        conversation=Conversation.objects.get(), asked_at=asked_at, score=4, answered_at=asked_at
    )
    status, found = call("GET", proved)
    assert (status, found["counts"]["reports"], found["counts"]["messages"]) == (200, 1, 1)
    data = found["data"]
    assert data["contacts"][0]["address"] == "+33612345678"
    assert data["reports"][0]["description"] == "Un trou"
    assert data["satisfaction"] == [{"at": asked_at.isoformat(), "score": 4}]
    assert data["consents"][0]["answer"] == "Oui, 15 ans ou plus"
    assert data["points"]["wallets"][0]["available"] == 30
    wallet.is_away = True
    assert call("GET", proved)[1]["data"]["points"] == {"is_available": False, "wallets": []}
    wallet.is_away = False

    url = call("POST", f"{proved}/copies")[1]["url"]
    path = "/" + url.split("/", 3)[3]
    page = Client().get(path)
    assert "12 rue Paradis" in page.text
    assert "no-store" in page["Cache-Control"]
    file = Client().get(f"{path}donnees.json")
    assert "attachment" in file["Content-Disposition"]
    assert json.loads(file.content)["reports"] == data["reports"]
    assert Client().get(path.replace("copie/", "copie/x")).status_code == 410
    assert [one.kind for one in RightsAct.objects.all()] == ["taken", "seen", "seen"]


def test_words_of_an_open_report_are_corrected_and_read_anew(proved: str) -> None:
    report = Report.objects.get()
    ReportScreening.objects.create(report=report, names_somebody=True, description="Jeanne")
    path = f"{proved}/reports/{report.reference_display}/description"
    assert call("PUT", path, {"description": "Un gros trou"})[0] == 200
    report.refresh_from_db()
    assert (report.description, ReportScreening.objects.count()) == ("Un gros trou", 0)
    Report.objects.update(closed_at=timezone.now())
    assert call("PUT", path, {"description": "x"})[1]["code"] == "report_closed"
    Report.objects.update(resident=Resident.objects.create())
    assert call("PUT", path, {"description": "x"})[0] == 404
    assert call("PUT", f"{proved}/language", {"language": "en"})[0] == 200
    assert ContactPoint.objects.get().locale == "en"


def test_a_chat_erases_after_the_warning_that_holds(
    proved: str, wallet: WalletDouble, talk: Conversation
) -> None:
    warning = call("GET", f"{proved}/erasure")[1]
    assert (warning["points"], warning["vouchers"], warning["reports"]) == (30, 10, 1)
    assert "30 points" in warning["text"]
    assert "STOP" in warning["text"]
    stale = call("POST", f"{proved}/erasure", {"confirm": "x"})
    assert (stale[0], stale[1]["code"]) == (409, "warning_changed")
    Recognition.objects.update(at=timezone.now() - timedelta(minutes=11))
    confirm = {"confirm": warning["confirm"]}
    assert call("POST", f"{proved}/erasure", confirm)[1]["code"] == "recognition_needed"
    Recognition.objects.update(at=timezone.now())
    status, said = call("POST", f"{proved}/erasure", confirm)
    assert (status, "effacé" in said["text"]) == (202, True)
    assert Message.objects.exists()  # until that was said
    job = ProcrastinateJob.objects.get(task_name="rights.erase")
    assert job.scheduled_at is not None
    asked: dict[str, Any] = {
        "resident_id": uuid.UUID(job.args["resident_id"]),
        "channel": ChannelCode(job.args["channel"]),
    }
    assert Turn.objects.filter(state=TurnState.WAITING).exists()
    with pytest.raises(StillSpeaking):
        resident_erase_once_answered(**asked)
    Turn.objects.update(state=TurnState.DONE)
    resident_erase_once_answered(**asked)
    assert not Message.objects.exists()
    assert call("GET", proved)[0] == 404


def test_in_the_space_it_is_read_corrected_and_erased(
    person: Resident, phones: Phones, wallet: WalletDouble
) -> None:
    browser = Browser()
    assert browser.get(MINE)["Location"] == "/mon-espace/connexion/"
    browser.sign_in(NUMBER, phones)
    assert "Un trou" in browser.get(MINE).text
    assert json.loads(browser.get("/mon-espace/mes-donnees.json").content)["reports"]
    words = {"what": "description", "reference": Report.objects.get().reference}
    assert browser.post(CORRECT, words | {"description": "Deux trous"}).status_code == 302
    assert browser.post(CORRECT, words | {"description": " "}).status_code == 422
    assert browser.post(CORRECT, {"what": "language", "language": "xx"}).status_code == 422
    assert browser.post(CORRECT, {"what": "language", "language": "en"}).status_code == 302
    assert links_of(resident_id=person.pk)[0].contact_point.locale == "en"

    page = browser.get(f"{MINE}effacer/").text
    assert "Vous perdrez 30 points" in page
    confirm = page.split('name="confirm" value="')[1].split('"')[0]
    assert browser.post(f"{MINE}effacer/", {"confirm": confirm}).status_code == 422
    sent = {"confirm": confirm, "understood": "1"}
    PortalSession.objects.update(proved_at=timezone.now() - timedelta(minutes=11))
    assert browser.post(f"{MINE}effacer/", sent).status_code == 403
    PortalSession.objects.update(proved_at=timezone.now())
    assert "C’est effacé" in browser.post(f"{MINE}effacer/", sent).text
    assert browser.get(MINE).status_code == 302


def test_a_colleague_does_it_for_them_and_that_is_kept(
    person: Resident, wallet: WalletDouble, make_user: Callable[..., User]
) -> None:
    path = f"/console/residents/{person.pk}/my-data/"
    rights = ("rights.see_personal_data", "rights.erase_resident", "citizens.record_consent")
    stranger, colleague = Client(), Client()
    stranger.force_login(make_user("sans-droit", "reports.view_report"))
    agent = make_user("camille", *rights)
    colleague.force_login(agent)
    for where in ("", "consent/", "erase/"):
        answer = stranger.post(path + where) if where else stranger.get(path)
        assert answer.status_code == 403
    page = colleague.get(path).text
    assert "Vous perdrez 30 points" in page
    colleague.post(f"{path}consent/", {"answer": "no", "by": "behalf"})
    assert 'data-wish="withdrawn"' in colleague.get(path).text
    assert json.loads(colleague.get(path[:-1] + ".json").content)["reports"]
    confirm = page.split('name="confirm" value="')[1].split('"')[0]
    colleague.post(f"{path}erase/", {"confirm": confirm})
    assert Message.objects.exists()
    colleague.post(f"{path}erase/", {"confirm": confirm, "understood": "1"})
    assert not Message.objects.exists()
    assert colleague.get(path).status_code == 404
    acts = RightsAct.objects.filter(actor=agent).order_by("id")
    assert [one.kind for one in acts] == ["seen", "seen", "taken", "erased"]
    assert {one.resident for one in acts} == {person.pk}


def test_every_field_that_could_be_about_somebody_is_declared() -> None:
    """New fields: say in ``inventory_fields`` what kind of data they are, or that they are none."""
    assert sorted(set(suspects()) - declared()) == []
    assert sorted(declared() - set(suspects())) == []
    assert all(places_of(kind) for kind in KINDS)
    shown = {code for kind in KINDS for code in kind.retention}
    assert shown == {rule.code for rule in RULES}


def test_the_officers_page_says_what_where_why_and_how_long(
    talk: Conversation, make_user: Callable[..., User]
) -> None:
    client = Client()
    client.force_login(make_user("dpo", "rights.view_register"))
    page = client.get("/console/personal-data/").text
    for words in ("citizens_contactpoint", "365 jours", "Mission d’intérêt public", "À blanc"):
        assert words in page
    client.force_login(make_user("sans-droit", "reports.view_report"))
    assert client.get("/console/personal-data/").status_code == 403
    assert "365 jours" in Client().get("/mon-espace/durees/").text


def test_what_is_over_goes_after_a_dry_run_that_touches_nothing(
    talk: Conversation, person: Resident
) -> None:
    later = timezone.now() + timedelta(days=800)
    assert {one.rule.code: one.count for one in retention_report()}["messages"] == 0
    report = Report.objects.get()
    open_case = {one.rule.code: one.count for one in retention_report(now=later)}
    assert (open_case["messages"], open_case["reports"]) == (0, 0)  # its report is still open
    Report.objects.update(closed_at=timezone.now())
    due = {one.rule.code: one.count for one in retention_report(now=later)}
    assert (due["messages"], due["reports"]) == (1, 1)
    assert Message.objects.exists()

    done = {one.rule.code: one.count for one in retention_apply(now=later)}
    assert done == due
    assert not Message.objects.exists()
    kept = Report.objects.get()
    assert (kept.reference, kept.resident, kept.conversation) == (report.reference, None, None)
    person.refresh_from_db()
    assert person.wallet_id is not None  # who they are and their points are no case
    assert sum(one.count for one in retention_apply(now=later)) == 0


def test_a_copy_of_nobody_is_empty(wallet: WalletDouble) -> None:
    unknown = receive_message(
        contact_point=phone_contact(number="06 98 76 54 32"), external_id="m2", text="Bonjour"
    ).conversation
    assert call("GET", f"/{uuid.uuid4()}/my-data")[0] == 404
    assert call("GET", f"/{unknown.pk}/my-data")[0] == 409
