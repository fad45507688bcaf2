"""After an erasure no query, no evidence and no restored backup leads from a person to a wallet."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from agent_console.citizens.addresses import address_digest
from agent_console.citizens.codes import code_request, phone_contact
from agent_console.citizens.errors import ConsentMissing
from agent_console.citizens.links import contact_share, contact_unlink
from agent_console.citizens.merging import resident_merge
from agent_console.citizens.models import (
    ChannelCode,
    CodePurpose,
    ContactPoint,
    LinkHow,
    ProofHow,
    Resident,
)
from agent_console.citizens.pins import pin_set
from agent_console.citizens.recognition import recognition_give
from agent_console.citizens.services import resident_of_contact, wallet_assign
from agent_console.citizens.tests.given import agreed
from agent_console.collectors.models import (
    Card,
    CardChange,
    CardChangeKind,
    Deposit,
    DepositPart,
    DepositState,
    PartState,
)
from agent_console.conversations.models import Conversation, Message
from agent_console.conversations.services import receive_message
from agent_console.opt_outs.models import OptOutSource
from agent_console.opt_outs.services import news_set
from agent_console.redemptions.models import AssistedAct
from agent_console.reports.intake import Intake
from agent_console.reports.models import Feedback, Report, ReportReward, RewardState
from agent_console.reports.services import report_create
from agent_console.rights import erasing, errands
from agent_console.rights.closed_wallets import wallets_named
from agent_console.rights.erasing import erasures_missing, erasures_replay, resident_erase
from agent_console.rights.errands import errand_run
from agent_console.rights.models import ActKind, Errand, RightsAct
from agent_console.wallet.http import WalletUnavailable

from .conftest import WalletDouble

pytestmark = pytest.mark.django_db
NUMBER = "06 12 34 56 78"
OURS = ("agent_console", "channels_config")
WORDS = "Un trou devant chez moi, Jeanne Durand, 06 12 34 56 78"


@pytest.fixture
def person(metropolis: None, mobile: ContactPoint, make_user: Callable[..., User]) -> Resident:
    """Somebody with all that a person can have here."""
    talk = receive_message(contact_point=mobile, external_id="m1", text=WORDS).conversation
    resident = agreed(resident_of_contact(contact_point_id=mobile.pk))
    wallet_assign(resident_id=resident.pk)
    report = report_create(
        intake_key="api:turn:report",
        intake=Intake(
            conversation=talk,
            category_code="pothole",
            address="12 rue Paradis",
            commune="Marseille",
            place="chez Jeanne",
            description=WORDS,
        ),
    )
    ReportReward.objects.update(state=RewardState.PENDING, reward_id=uuid.uuid4())
    Feedback.objects.create(report=report, conversation=talk, is_solved=False, comment=WORDS)
    news_set(contact_point_id=mobile.pk, wants_news=False, source=OptOutSource.PERSON)
    code_request(contact_point=mobile, purpose=CodePurpose.SIGN_IN, requester="r")
    recognition_give(contact_point=mobile, resident=resident, how=ProofHow.CODE)
    pin_set(resident_id=resident.pk, pin="2580")
    agent = make_user("camille")
    card = Card.objects.create(
        collector="demo", number_digest=b"c" * 32, last4="3456", resident=resident
    )
    CardChange.objects.create(card=card, kind=CardChangeKind.LINKED, resident=resident, actor=agent)
    deposit = Deposit.objects.create(
        collector="demo", external_id="d-1", card=card, items=2, resident=resident,
        happened_at=timezone.now(), due_at=timezone.now(), state=DepositState.REWARDED,
        rewarded_items=2, points=2,
    )  # fmt: skip
    DepositPart.objects.create(
        deposit=deposit, items=2, state=PartState.REWARDED, reward_id=uuid.uuid4(), points=2,
        decided_at=timezone.now(),
    )  # fmt: skip
    AssistedAct.objects.create(kind="cancel", resident=resident, subject=uuid.uuid4(), actor=agent)
    resident.refresh_from_db()
    return resident


def everything() -> str:
    """Every value of every row of ours, as the database's owner reads them."""
    found = []
    for model in apps.get_models():
        if model._meta.managed and model.__module__.startswith(OURS):
            for row in model._base_manager.values_list():
                found += [repr(bytes(v) if isinstance(v, memoryview) else v) for v in row]
    return "\n".join(found)


def known_by(resident: Resident) -> list[str]:
    """What the wallet and the world know the person by."""
    parts = DepositPart.objects.filter(deposit__resident=resident)
    rewards = ReportReward.objects.filter(report__resident=resident)
    numbers = [resident.wallet_id, *parts.values_list("pk", flat=True)]
    numbers += [one for pair in rewards.values_list("evidence", "reward_id") for one in pair]
    numbers += list(parts.values_list("reward_id", flat=True))
    digest = address_digest(kind=ChannelCode.SMS, address="+33612345678")
    words = ["Jeanne", "06 12 34 56 78", "'3456'", "'d-1'", "api:turn:report", str(digest)]
    return [*(str(one) for one in numbers), *words]


def erase(resident: Resident) -> None:
    resident_erase(resident_id=resident.pk, channel=ChannelCode.WEB, actor=None)


def test_nothing_of_the_person_is_left_and_the_city_keeps_its_report(person: Resident) -> None:
    known = known_by(person)
    before = everything()
    assert [one for one in known if one not in before] == []
    report = Report.objects.get()
    erase(person)

    after = everything()
    wallets = list(Errand.objects.filter(kind="wallet").values_list("subject", flat=True))
    assert wallets == [person.wallet_id]  # by itself, until it is closed
    Errand.objects.all().delete()
    assert [one for one in known if one in everything()] == []
    assert str(person.wallet_id) in after
    kept = Report.objects.get()
    assert (kept.reference, kept.category_id, kept.address, kept.state, kept.due_at) == (
        report.reference,
        report.category_id,
        "12 rue Paradis",
        report.state,
        report.due_at,
    )
    assert (kept.resident, kept.conversation) == (None, None)
    assert ReportReward.objects.get().state == RewardState.VOIDED
    assert (Message.objects.count(), Conversation.objects.count()) == (0, 0)
    assert RightsAct.objects.get().kind == ActKind.ERASED


def test_no_walk_along_the_rows_leads_from_a_contact_to_a_wallet(person: Resident) -> None:
    """From the phone, whatever tables are joined: every row that leads on, until none is new."""
    assert _reaches(NUMBER, person.wallet_id)
    erase(person)
    resident_of_contact(contact_point_id=phone_contact(number=NUMBER).pk)  # they come back
    assert not _reaches(NUMBER, person.wallet_id)


def _reaches(number: str, wallet_id: uuid.UUID | None) -> bool:
    digest = address_digest(kind=ChannelCode.SMS, address="+33612345678")
    start = ContactPoint.objects.filter(key_digest=digest)
    seen: set[tuple[str, Any]] = set()
    todo: list[Any] = list(start)
    while todo:
        row = todo.pop()
        if (row._meta.label, row.pk) in seen:
            continue
        seen.add((row._meta.label, row.pk))
        if isinstance(row, Resident) and row.wallet_id == wallet_id:
            return True
        for field in row._meta.get_fields():
            if not field.is_relation or field.related_model is None:
                continue
            if field.related_model in (User,) or field.related_model.__name__ in (
                "Category", "Commune", "Service",
            ):  # fmt: skip
                continue
            if field.concrete and not field.many_to_many:
                todo += [one for one in [getattr(row, field.name)] if one is not None]
            elif field.one_to_many or field.one_to_one:
                name = field.field.name
                todo += list(field.related_model._base_manager.filter(**{name: row.pk}))
    return False


def test_who_comes_back_is_somebody_new(person: Resident) -> None:
    erase(person)
    again = phone_contact(number=NUMBER)
    newcomer = resident_of_contact(contact_point_id=again.pk)
    assert newcomer.pk != person.pk
    for number in (person.pk, newcomer.pk):
        with pytest.raises(ConsentMissing):
            wallet_assign(resident_id=number)


def test_a_restored_backup_forgets_again(person: Resident, register: Path) -> None:
    merged = Resident.objects.create(wallet_id=uuid.uuid4())
    resident_merge(kept_id=person.pk, merged_id=merged.pk, actor=None)
    known = known_by(person)
    backup = transaction.savepoint()
    erase(person)
    transaction.savepoint_rollback(backup)  # the database of before, beside the register of today
    assert str(person.wallet_id) in everything()

    assert erasures_missing() == 2
    assert erasures_replay() == 2
    assert (erasures_missing(), erasures_replay()) == (0, 0)
    Errand.objects.all().delete()
    left = everything()
    assert [one for one in [*known, str(merged.wallet_id)] if one in left] == []
    line = json.loads(register.read_text())
    assert set(line) == {"at", "residents"}  # no contact and no wallet stands in the register


def test_a_crash_between_register_and_commit_is_made_good(
    person: Resident, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(**_: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr(erasing, "cases_detach", crash)
        with pytest.raises(OSError, match="disk"), transaction.atomic():
            erase(person)
    assert Message.objects.exists()
    assert erasures_replay() == 1
    assert not Message.objects.exists()


def test_without_a_register_nothing_is_erased(
    person: Resident, register: Path, settings: Any
) -> None:
    register.parent.write_text("")  # a file where its folder should be
    with pytest.raises(FileExistsError):
        erase(person)
    assert Message.objects.exists()


def test_a_register_that_was_cut_is_read_and_one_that_is_garbled_is_not(
    person: Resident, register: Path
) -> None:
    erase(person)
    whole = register.read_text()
    register.write_text(whole + '{"residents": ["')
    assert erasures_missing() == 0
    register.write_text("{\n" + whole)
    with pytest.raises(json.JSONDecodeError):
        erasures_missing()


def test_who_shares_the_phone_keeps_it(person: Resident, mobile: ContactPoint) -> None:
    other = contact_share(contact_point_id=mobile.pk)
    erase(person)
    mobile.refresh_from_db()
    assert mobile.resident == other
    assert Message.objects.exists()  # whose words they are, can't be told
    assert Report.objects.get().resident is None


def test_a_contact_of_before_is_theirs_until_somebody_else_has_it(
    person: Resident, mobile: ContactPoint
) -> None:
    contact_unlink(contact_point_id=mobile.pk, resident_id=person.pk, how=LinkHow.OWN_REQUEST)
    erase(person)
    mobile.refresh_from_db()
    assert mobile.address_sealed is None
    assert not Message.objects.exists()


def test_a_feedback_is_emptied_and_nothing_else_of_it_changes(person: Resident) -> None:
    erase(person)
    assert Feedback.objects.get().comment == ""
    for statement in (
        "UPDATE reports_feedback SET is_solved = NOT is_solved",
        "UPDATE reports_feedback SET comment = 'x'",
        "DELETE FROM reports_feedback",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_wallet_and_the_assistant_follow_whenever_they_answer(
    person: Resident, wallet: WalletDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = Conversation.objects.get().pk
    erase(person)
    closing, forgetting = (Errand.objects.get(kind=kind) for kind in ("wallet", "talk"))
    wallet.is_away = True
    with pytest.raises(WalletUnavailable):
        errand_run(errand_id=closing.pk)
    wallet.is_away = False
    for _ in range(2):
        errand_run(errand_id=closing.pk)
    assert wallet.closed == [person.wallet_id]
    assert wallets_named() == {person.wallet_id}

    answers = [httpx.Response(503), httpx.Response(200)]
    asked: list[str] = []

    def delete(url: str, **_: object) -> httpx.Response:
        asked.append(url)
        answer = answers.pop(0)
        answer.request = httpx.Request("DELETE", url)
        return answer

    monkeypatch.setattr(httpx, "delete", delete)
    with pytest.raises(errands.AssistantUnavailable):
        errand_run(errand_id=forgetting.pk)
    errand_run(errand_id=forgetting.pk)
    assert [url.rpartition("/")[2] for url in asked] == [str(talk)] * 2
    assert not Errand.objects.exists()
