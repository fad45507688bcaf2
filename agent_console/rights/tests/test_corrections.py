"""Where a report is and whom the crew asks for: put right by the person, or by a colleague."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.citizens.models import ContactPoint, Resident
from agent_console.citizens.tests.conftest import Phones
from agent_console.identity.tests.conftest import Browser
from agent_console.pickups.models import Booking, BookingStep, Slot
from agent_console.pickups.tests.conftest import aix, book, make_slot, pickups
from agent_console.pickups.workflow import State as PickupState
from agent_console.reports.models import Report, ReportScreening, Transition
from agent_console.reports.workflow import State
from agent_console.rights.corrections import correctable_of
from agent_console.rights.models import RightsAct

from .conftest import WalletDouble
from .test_my_data import CORRECT, MINE, NUMBER, person, talk

__all__ = ["aix", "book", "make_slot", "person", "pickups", "talk"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(person: Resident, phones: Phones, wallet: WalletDouble) -> Browser:
    client = Browser()
    client.sign_in(NUMBER, phones)
    return client


@pytest.fixture
def place(person: Resident) -> dict[str, str]:
    """A form about where the report is."""
    found = Report.objects.get()
    return {"what": "place", "reference": found.reference, "address": "14 rue Paradis", "place": ""}


def jobs(name: str) -> int:
    return ProcrastinateJob.objects.filter(task_name=name).count()


def test_the_place_of_an_open_report_is_corrected_read_and_located_anew(
    browser: Browser, place: dict[str, str]
) -> None:
    Report.objects.update(latitude=43.29, longitude=5.37)
    report = Report.objects.get()
    ReportScreening.objects.create(report=report, names_somebody=True, address="12 rue Paradis")
    located, screened = jobs("reports.locate"), jobs("reports.screen")
    assert 'value="12 rue Paradis"' in browser.get(MINE).text
    for _ in "12":  # the second time nothing is left to correct
        assert browser.post(CORRECT, place | {"place": "devant le 14"}).status_code == 302
    report.refresh_from_db()
    assert report.commune is not None
    assert (report.address, report.place, report.commune.name) == (
        "14 rue Paradis", "devant le 14", "Marseille",
    )  # fmt: skip
    assert (report.latitude, report.longitude) == (None, None)
    assert not ReportScreening.objects.exists()
    assert (jobs("reports.locate"), jobs("reports.screen")) == (located + 1, screened + 1)
    step = Transition.objects.order_by("id").last()
    assert step is not None
    assert (step.from_state, step.to_state, step.action, step.actor) == (
        State.RECEIVED, State.RECEIVED, "correct_place", None,
    )  # fmt: skip
    assert "Paradis" not in step.reason  # words of before are forgotten, also in the history
    assert Transition.objects.count() == 2


def test_another_landmark_leaves_the_position(browser: Browser, place: dict[str, str]) -> None:
    Report.objects.update(latitude=43.29, longitude=5.37)
    same = place | {"address": "12 rue Paradis", "place": "côté mer"}
    assert browser.post(CORRECT, same).status_code == 302
    report = Report.objects.get()
    assert (report.place, report.latitude) == ("côté mer", 43.29)


@pytest.mark.parametrize("state", [State.IN_PROGRESS, State.RESOLVED])
def test_a_place_where_somebody_works_or_worked_stays(
    browser: Browser, place: dict[str, str], state: State
) -> None:
    closed = timezone.now() if state == State.RESOLVED else None
    Report.objects.update(state=state, closed_at=closed)
    assert 'name="address"' not in browser.get(MINE).text
    assert browser.post(CORRECT, place).status_code == 409
    assert Report.objects.get().address == "12 rue Paradis"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"address": " ", "place": ""}, 422),
        ({"address": "x" * 201}, 422),
        ({"what": "nothing"}, 422),
        ({"reference": "123456789"}, 404),
    ],
)
def test_what_is_no_correction_changes_nothing(
    browser: Browser, place: dict[str, str], words: dict[str, str], status: int
) -> None:
    acts = RightsAct.objects.filter(kind="corrected").count()
    assert browser.post(CORRECT, place | words).status_code == status
    assert Report.objects.get().address == "12 rue Paradis"
    assert RightsAct.objects.filter(kind="corrected").count() == acts


def test_somebody_elses_report_is_nobodys_to_correct(
    browser: Browser, place: dict[str, str]
) -> None:
    Report.objects.update(resident=Resident.objects.create())
    assert browser.post(CORRECT, place).status_code == 404


def test_a_report_without_written_place_has_none_to_correct(person: Resident) -> None:
    Report.objects.update(address="", place="", latitude=43.29, longitude=5.37)
    (one,) = correctable_of(resident_id=person.pk).reports
    assert not one.may_move


@pytest.mark.usefixtures("pickups")
def test_whom_the_crew_asks_for_is_corrected_until_the_day(
    browser: Browser,
    person: Resident,
    book: Callable[..., Booking],
    make_slot: Callable[..., Slot],
) -> None:
    booking = book(make_slot(), resident=person, contact="Mme Durant")
    said = {"what": "contact", "reference": booking.reference, "contact": "Mme Durand"}
    assert "Mme Durant" in browser.get(MINE).text
    for _ in "12":
        assert browser.post(CORRECT, said).status_code == 302
    booking.refresh_from_db()
    assert (booking.contact, booking.state) == ("Mme Durand", PickupState.BOOKED)
    step = BookingStep.objects.filter(booking=booking).order_by("id").last()
    assert step is not None
    assert (step.action, step.reason, step.by) == ("correct", "", "citizen")
    assert BookingStep.objects.filter(booking=booking, action="correct").count() == 1

    assert browser.post(CORRECT, said | {"contact": "x" * 121}).status_code == 422
    assert browser.post(CORRECT, said | {"reference": "912345678"}).status_code == 404
    booking.slot.day = timezone.localdate() - timedelta(days=1)
    booking.slot.save()
    assert browser.post(CORRECT, said | {"contact": ""}).status_code == 409
    assert 'name="contact"' not in browser.get(MINE).text
    Booking.objects.update(state=PickupState.CANCELLED)
    assert browser.post(CORRECT, said | {"contact": ""}).status_code == 409


def test_a_colleague_corrects_with_them_and_that_is_kept(
    place: dict[str, str],
    person: Resident,
    mobile: ContactPoint,
    wallet: WalletDouble,
    make_user: Callable[..., User],
) -> None:
    path = f"/console/residents/{person.pk}/my-data/correct/"
    stranger, colleague = Client(), Client()
    stranger.force_login(make_user("sans-droit", "reports.view_report"))
    agent = make_user("camille", "rights.see_personal_data")
    colleague.force_login(agent)
    assert stranger.post(path, place).status_code == 403
    assert path in colleague.get(f"/console/residents/{person.pk}/my-data/").text
    assert "C’est corrigé." in colleague.post(path, place, follow=True).text
    assert Report.objects.get().address == "14 rue Paradis"
    step = Transition.objects.order_by("id").last()
    assert step is not None
    assert step.actor == agent
    act = RightsAct.objects.get(kind="corrected")
    assert (act.actor, act.channel, act.resident) == (agent, "phone", person.pk)
    colleague.post(path, {"what": "language", "language": "en"})
    mobile.refresh_from_db()
    assert mobile.locale == "en"
    refused = colleague.post(path, place | {"reference": "1"}, follow=True)
    assert "pas parmi les vôtres" in refused.text
