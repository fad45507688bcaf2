"""Supporting a report: counted once, told of all that follows, withdrawn, never after its end."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.citizens.services import (
    contact_opt_out,
    resident_of_contact,
    web_contact_open,
    web_token_new,
)
from agent_console.conversations.models import Author, Conversation, Message, Notice, QuietHours
from agent_console.conversations.services import receive_message
from agent_console.reports import services, steps
from agent_console.reports.intake import Intake
from agent_console.reports.models import Report, Support, SupportChange, SupportReward
from agent_console.reports.support_errors import (
    OwnReport,
    ReportClosed,
    SupportConflict,
    SupportUnknown,
)
from agent_console.reports.support_notices import supporters_tell
from agent_console.reports.supporters import report_support, report_unsupport, supporters_count


def visitor(*, is_known: bool = True, locale: str = "fr") -> Conversation:
    """Somebody else in the web chat; known when they have reported something before."""
    contact = web_contact_open(token=web_token_new())
    made = receive_message(
        contact_point=contact, external_id=f"{contact.id}:{uuid.uuid4()}", text="Bonjour"
    ).conversation
    if is_known:
        resident_of_contact(contact_point_id=contact.id)
    Conversation.objects.filter(pk=made.pk).update(locale=locale)
    return Conversation.objects.select_related("contact_point__resident").get(pk=made.pk)


def another(conversation: Conversation) -> Report:
    intake = Intake(
        conversation=conversation,
        category_code="pothole",
        address="14 rue Paradis",
        commune="Marseille",
    )
    return services.report_create(intake_key=f"test:{uuid.uuid4()}", intake=intake)


def told(conversation: Conversation) -> list[str]:
    found = Message.objects.filter(conversation=conversation, author=Author.SYSTEM)
    return list(found.order_by("seq").values_list("text", flat=True))


@pytest.fixture
def chief(make_user: Callable[..., User]) -> User:
    steps = ("validate", "reject", "assign", "work", "reopen")
    return make_user("chief", *(f"reports.{step}_report" for step in steps))


@pytest.fixture(autouse=True)
def _never_quiet(db: None) -> None:
    """Notices go out at any hour: these tests are not about the night."""
    QuietHours.objects.create(silent_channels=["web"])


def test_somebody_counts_once_however_often_they_say_so(report: Report) -> None:
    neighbour = visitor()
    first = report_support(report=report, conversation=neighbour, key="k:1")
    for key in ("k:1", "k:2"):
        again = report_support(report=report, conversation=neighbour, key=key)
        assert again == first
    assert supporters_count(report) == 1
    assert SupportReward.objects.count() == 1
    jobs = ProcrastinateJob.objects.filter(
        task_name="reports.support_reward", args={"support_id": str(first.pk)}
    )
    assert jobs.count() == 1


def test_one_resident_in_two_conversations_counts_once(report: Report) -> None:
    phone, tablet = visitor(), visitor()
    tablet.contact_point.resident = phone.contact_point.resident
    tablet.contact_point.save()
    report_support(report=report, conversation=phone, key="k:1")
    report_support(report=report, conversation=tablet, key="k:2")
    assert supporters_count(report) == 1


def test_nobody_known_counts_per_conversation_and_earns_nothing(report: Report) -> None:
    nobody = visitor(is_known=False)
    for key in ("k:1", "k:2"):
        report_support(report=report, conversation=nobody, key=key)
    assert supporters_count(report) == 1
    assert not SupportReward.objects.exists()
    nobody.contact_point.refresh_from_db()
    assert nobody.contact_point.resident is None, "following makes nobody a person on file"


def test_who_becomes_known_later_is_still_one(report: Report) -> None:
    somebody = visitor(is_known=False)
    report_support(report=report, conversation=somebody, key="k:1")
    resident_of_contact(contact_point_id=somebody.contact_point_id)
    somebody = Conversation.objects.select_related("contact_point__resident").get(pk=somebody.pk)
    report_support(report=report, conversation=somebody, key="k:2")
    assert supporters_count(report) == 1


def test_an_author_cannot_support_their_own(report: Report) -> None:
    assert report.conversation is not None
    with pytest.raises(OwnReport):
        report_support(report=report, conversation=report.conversation, key="k:1")
    elsewhere = visitor(is_known=False)
    elsewhere.contact_point.resident = report.resident
    elsewhere.contact_point.save()
    with pytest.raises(OwnReport):
        report_support(report=report, conversation=elsewhere, key="k:2")
    assert supporters_count(report) == 0


def test_what_is_closed_cannot_be_joined(report: Report, chief: User) -> None:
    steps.report_reject(report=report, actor=chief, reason_code="nothing_found")
    with pytest.raises(ReportClosed) as refused:
        report_support(report=report, conversation=visitor(), key="k:1")
    assert refused.value.fields == {"state": "rejected"}
    assert "Non retenu" in refused.value.message


def test_a_duplicate_names_the_report_to_join(report: Report, chief: User) -> None:
    double = another(visitor())
    steps.report_mark_duplicate(report=double, actor=chief, original_id=report.pk)
    with pytest.raises(ReportClosed) as refused:
        report_support(report=double, conversation=visitor(), key="k:1")
    assert refused.value.fields["original"] == report.reference_display


def test_a_key_is_one_act_of_one_person(report: Report) -> None:
    neighbour = visitor()
    report_support(report=report, conversation=neighbour, key="k:1")
    with pytest.raises(SupportConflict):
        report_support(report=report, conversation=visitor(), key="k:1")
    with pytest.raises(SupportConflict):
        report_support(report=another(visitor()), conversation=neighbour, key="k:1")


def test_a_late_repetition_does_not_undo_a_withdrawal(report: Report) -> None:
    neighbour = visitor()
    report_support(report=report, conversation=neighbour, key="k:1")
    for _ in range(2):
        report_unsupport(report=report, conversation=neighbour)
    assert report_support(report=report, conversation=neighbour, key="k:1").ended_at is not None
    assert supporters_count(report) == 0
    report_support(report=report, conversation=neighbour, key="k:2")
    assert supporters_count(report) == 1
    actions = SupportChange.objects.values_list("action", flat=True)
    assert list(actions) == ["joined", "left", "joined"]
    assert SupportReward.objects.count() == 1, "joining again promises nothing more"


def test_withdrawing_what_was_never_given(report: Report) -> None:
    with pytest.raises(SupportUnknown):
        report_unsupport(report=report, conversation=visitor())


def test_history_cannot_be_rewritten(report: Report) -> None:
    report_support(report=report, conversation=visitor(), key="k:1")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        SupportChange.objects.update(action="left")


def test_the_runtime_role_joins_and_leaves(report: Report) -> None:
    neighbour = visitor()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE mdmp_console_runtime")
        report_support(report=report, conversation=neighbour, key="k:1")
        report_unsupport(report=report, conversation=neighbour)
        cursor.execute("RESET ROLE")
    assert supporters_count(report) == 0


def test_supporters_are_told_in_their_language_of_what_follows(report: Report, chief: User) -> None:
    steps.report_validate(report=report, actor=chief)
    french, english = visitor(), visitor(locale="en")
    report_support(report=report, conversation=french, key="k:1")
    report_support(report=report, conversation=english, key="k:2")
    steps.report_assign(report=report, actor=chief, service_code="voirie")
    steps.report_resolve(report=report, actor=chief, reason="Rebouché")
    for _ in range(2):
        supporters_tell(report_id=report.pk)
    assigned, resolved = told(french)
    assert "que vous suivez" in assigned
    assert "«\u00a0Voirie\u00a0»" in assigned
    assert resolved.endswith("est traité. L’équipe indique\u00a0: Rebouché.")
    assert told(english)[1].startswith(f"The report {report.reference_display} that you follow")
    assert "est validé" not in " ".join(told(french)), "that was before they joined"


def test_a_rejection_gives_supporters_its_reason(report: Report, chief: User) -> None:
    neighbour = visitor()
    report_support(report=report, conversation=neighbour, key="k:1")
    steps.report_reject(report=report, actor=chief, reason_code="private_ground")
    supporters_tell(report_id=report.pk)
    (notice,) = told(neighbour)
    assert notice.endswith("Motif\u00a0: le problème est sur un terrain privé")


def test_who_left_or_refuses_messages_is_not_told(report: Report, chief: User) -> None:
    gone, silent = visitor(), visitor()
    for number, one in enumerate((gone, silent)):
        report_support(report=report, conversation=one, key=f"k:{number}")
    report_unsupport(report=report, conversation=gone)
    contact_opt_out(contact_point_id=silent.contact_point_id)
    steps.report_validate(report=report, actor=chief)
    supporters_tell(report_id=report.pk)
    assert told(gone) == told(silent) == []
    assert Notice.objects.get(conversation=silent).state == "suppressed"


def test_a_caller_is_counted_per_key_and_cannot_be_told(report: Report, chief: User) -> None:
    for key in ("k:1", "k:1", "k:2"):
        report_support(report=report, key=key, channel="phone", actor=chief)
    assert supporters_count(report) == 2
    assert set(SupportChange.objects.values_list("actor", flat=True)) == {chief.pk}
    steps.report_validate(report=report, actor=chief)
    supporters_tell(report_id=report.pk)
    assert not Notice.objects.exclude(conversation=report.conversation_id).exists()


def test_author_and_supporters_of_a_duplicate_follow_the_kept_report(
    report: Report, chief: User
) -> None:
    author, follower = visitor(), visitor()
    double = another(author)
    report_support(report=double, conversation=follower, key="k:1")
    report_support(report=double, conversation=report.conversation, key="k:2")
    steps.report_mark_duplicate(report=double, actor=chief, original_id=report.pk)
    supporters_tell(report_id=double.pk)
    assert f"sous la référence {report.reference_display}" in told(follower)[0]
    assert supporters_count(report) == 2, "its own author is not counted again"
    steps.report_validate(report=report, actor=chief)
    supporters_tell(report_id=report.pk)
    for one in (author, follower):
        assert "est validé" in told(one)[-1]
    steps.report_reopen(report=double, actor=chief, reason="Un autre trou")
    assert supporters_count(report) == 0
    assert supporters_count(double) == 2


def test_two_requests_at_once_count_one_person(committed_jobs: None, report: Report) -> None:
    neighbour = visitor()
    start = threading.Barrier(4)

    def join(number: int) -> None:
        start.wait()
        try:
            report_support(report=report, conversation=neighbour, key=f"k:{number % 2}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        for joined in [pool.submit(join, number) for number in range(4)]:
            joined.result()
    assert Support.objects.count() == 1


def test_closing_and_joining_at_once_leaves_no_supporter_of_a_closed_report_untold(
    committed_jobs: None, report: Report, chief: User
) -> None:
    neighbour = visitor()
    start = threading.Barrier(2)

    def join() -> bool:
        start.wait()
        try:
            report_support(report=report, conversation=neighbour, key="k:1")
        except ReportClosed:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(1) as pool:
        joining = pool.submit(join)
        start.wait()
        steps.report_reject(report=report, actor=chief, reason_code="nothing_found")
        has_joined = joining.result()
    supporters_tell(report_id=report.pk)
    assert has_joined == bool(told(neighbour))
