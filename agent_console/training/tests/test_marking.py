"""What the assistant was sure of and got wrong: marked in its conversation, masked, corrected."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.analytics.models import MissedSentence
from agent_console.analytics.permissions import VIEW
from agent_console.analytics.services import episodes_update
from agent_console.analytics.tests.histories import MONDAY, Talk
from agent_console.conversations.models import Author, Message, Turn, TurnState
from agent_console.intake.access import VIEW_CONVERSATIONS
from agent_console.staff.models import Act as Audited
from agent_console.staff.models import AuditEntry
from agent_console.training.errors import NotRead
from agent_console.training.marking import sentence_mark, sentence_mask, sentence_unmark
from agent_console.training.models import Correction
from agent_console.training.permissions import CORRECT, REVIEW
from agent_console.training.selectors import confusions
from agent_console.training.services import (
    correction_decide,
    correction_propose,
    export_make,
    words_forget,
)
from agent_console.training.workflow import Act, Reason

from .conftest import example, missed

pytestmark = pytest.mark.django_db
SAID = "M. Durand a laissé son frigo au 12 rue de Cassis"
MASKED = "M. [personne] a laissé son frigo au [numéro] rue de Cassis"


def said(text: str = SAID, *, intent: str = "ask_sorting_rule") -> Message:
    """A sentence that the assistant was sure of."""
    talk = Talk().say(Author.CITIZEN, text, intent=intent)
    Turn.objects.filter(conversation=talk.row).update(confidence=0.93)
    return Message.objects.get(conversation=talk.row)


def mark_of(message: Message) -> str:
    return f"/console/entrainement/phrases/{message.pk}/mal-comprise/"


def conversation_of(message: Message) -> str:
    return f"/console/conversations/{message.conversation_id}/"


def button(page: str, message: Message) -> bool:
    return f'action="{mark_of(message)}"' in page


def test_a_sentence_is_marked_masked_corrected_and_counted(
    client: Client, author: User, reads: Client, reviewer: User, make_user: Callable[..., User]
) -> None:
    message = said()
    marker = make_user("lea", VIEW, VIEW_CONVERSATIONS, CORRECT)
    client.force_login(marker)
    assert button(client.get(conversation_of(message)).text, message)

    answer = client.post(mark_of(message), follow=True)
    form = answer.redirect_chain[-1][0]
    assert "en cours de masquage" in answer.text
    assert "Durand" not in answer.text
    listed = "/console/analyses/phrases/?du=2026-03-01&au=2026-03-31"
    assert "rue de Cassis" not in client.get(listed).text

    ((arguments,),) = ProcrastinateJob.objects.filter(task_name="training.mask").values_list("args")
    assert arguments == {"message_id": message.pk}
    sentence_mask(**arguments)
    assert MissedSentence.objects.get().text == MASKED
    shown = client.get(form).text
    assert "Signalée mal comprise</dt><dd>par lea" in shown
    assert "certitude 93" in shown
    page = client.get(listed).text
    assert "à tort selon lea" in page
    assert "Durand" not in page
    conversation = client.get(conversation_of(message)).text
    assert not button(conversation, message)
    assert f'href="{form}"' in conversation

    made = correction_propose(
        missed=MissedSentence.objects.get(),
        example=example(MASKED, "book_pickup", item="frigo"),
        author=author,
    )
    assert "Correction à relire" in client.get(conversation_of(message)).text
    correction_decide(correction_id=made.pk, act=Act.ACCEPTED, actor=reviewer)
    assert "Corrigée" in client.get(conversation_of(message)).text
    assert (made.understood, made.confidence) == ("ask_sorting_rule", 0.93)
    ((row,), columns) = (confusions().rows, confusions().columns)
    assert (row.intent, columns, row.total) == ("book_pickup", ["Demander une règle de tri"], 1)


def test_marking_is_one_line_in_the_trail_however_often_it_is_sent(
    author: User, reviewer: User
) -> None:
    message = said()
    first = sentence_mark(message_id=message.pk, actor=author)
    assert sentence_mark(message_id=message.pk, actor=reviewer) == first
    assert first.marked_by == author
    looks = AuditEntry.objects.filter(act=Audited.SENTENCE)
    assert [(one.actor, one.subject) for one in looks] == [(author, str(message.conversation_id))]
    assert ProcrastinateJob.objects.filter(task_name="training.mask").count() == 1


def test_what_was_missed_already_is_not_marked_as_well(author: User) -> None:
    known = missed("pas compris")
    sentence_mark(message_id=known.message_id, actor=author)
    known.refresh_from_db()
    assert (known.text, known.marked_by) == ("pas compris", None)
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    "changed",
    [
        {"author": Author.BOT},
        {"choice": "/affirm"},
        {"text": ""},
        {"turn": TurnState.DISCARDED},
        {"turn": TurnState.WAITING},
    ],
)
def test_only_own_words_that_the_assistant_answered_can_be_marked(
    changed: dict[str, str], client: Client, make_user: Callable[..., User]
) -> None:
    message = said()
    turn = changed.pop("turn", None)
    if turn:
        Turn.objects.filter(message=message).update(state=turn)
    Message.objects.filter(pk=message.pk).update(**changed)
    user = make_user("lea", VIEW_CONVERSATIONS, CORRECT)
    with pytest.raises(NotRead):
        sentence_mark(message_id=message.pk, actor=user)
    client.force_login(user)
    assert not button(client.get(conversation_of(message)).text, message)
    assert client.post(mark_of(message)).status_code == 404
    assert not MissedSentence.objects.exists()


def test_marking_needs_both_permissions(client: Client, make_user: Callable[..., User]) -> None:
    message = said()
    assert client.post(mark_of(message)).status_code == 302
    for number, (permissions, status) in enumerate(
        (
            ((VIEW_CONVERSATIONS,), 403),
            ((CORRECT,), 403),
            ((VIEW_CONVERSATIONS, REVIEW), 403),
            ((VIEW_CONVERSATIONS, CORRECT), 302),
        )
    ):
        client.force_login(make_user(f"u{number}", *permissions))
        if VIEW_CONVERSATIONS in permissions:
            page = client.get(conversation_of(message)).text
            assert button(page, message) == (CORRECT in permissions)
        assert client.get(mark_of(message)).status_code == 405
        assert client.post(mark_of(message)).status_code == status
        assert MissedSentence.objects.exists() == (status == 302)


def test_masking_again_or_of_what_is_gone_changes_nothing(author: User) -> None:
    message = said()
    sentence_mark(message_id=message.pk, actor=author)
    sentence_mask(message_id=message.pk)
    Message.objects.filter(pk=message.pk).update(text="autre chose")
    sentence_mask(message_id=message.pk)
    assert MissedSentence.objects.get().text == MASKED
    Message.objects.filter(pk=message.pk).delete()
    sentence_mask(message_id=message.pk)
    assert not MissedSentence.objects.exists()


def test_the_runtime_role_marks_and_masks(author: User) -> None:
    message = said()
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE mdmp_console_runtime")
        try:
            sentence_mark(message_id=message.pk, actor=author)
            sentence_mask(message_id=message.pk)
            sentence_unmark(message_id=message.pk, actor=author)
            words_forget(conversation_ids=[message.conversation_id])
        finally:
            cursor.execute("RESET ROLE")
    assert not Correction.objects.exists()


def test_the_sentences_behind_a_number(writes: Client) -> None:
    """Containment falls: from the number to its contacts, and to what was said in them."""
    for text in ("une", "deux"):
        Talk().say(Author.CITIZEN, f"phrase {text}", intent="nlu_fallback").say(Author.BOT, "?")
    contained = Talk().say(Author.CITIZEN, "phrase trois", intent="nlu_fallback")
    contained.say(Author.BOT, "?").say(Author.CITIZEN, "bonjour", intent="greet")
    contained.say(Author.BOT, "Bonjour")
    episodes_update(now=MONDAY + timedelta(days=3))
    overview = writes.get("/console/analyses/?du=2026-03-01&au=2026-03-31").text
    link = re.search(r'href="([^"]*mesure=contained&amp;valeur=no[^"]*)"', overview)
    assert link
    contacts = writes.get(link[1].replace("&amp;", "&")).text
    link = re.search(r'href="([^"]*/phrases/[^"]*)">2 phrases non ou mal comprises<', contacts)
    assert link
    page = writes.get(link[1].replace("&amp;", "&")).text
    assert re.findall(r'<q class="text">(.*?)</q>', page) == ["phrase deux", "phrase une"]
    assert "Traités par l’assistant seul" in page
    other = writes.get(link[1].replace("&amp;", "&").replace("valeur=no", "valeur=yes")).text
    assert re.findall(r'<q class="text">(.*?)</q>', other) == ["phrase trois"]
    assert writes.get(link[1].replace("valeur=no", "valeur=x")).status_code == 404


def undo_of(message: Message) -> str:
    return f"/console/entrainement/phrases/{message.pk}/bien-comprise/"


def trail() -> list[tuple[str, str, str]]:
    """Oldest first: who, what, about which conversation."""
    entries = AuditEntry.objects.filter(act__startswith="sentence").order_by("pk")
    return [(one.actor.username, one.act, one.subject) for one in entries]


def test_a_mark_is_taken_back_where_it_shows(
    client: Client, make_user: Callable[..., User]
) -> None:
    message = said()
    client.force_login(make_user("lea", VIEW, VIEW_CONVERSATIONS, CORRECT))
    conversation = conversation_of(message)
    listed = "/console/analyses/phrases/?du=2026-03-01&au=2026-03-31"
    undo = f'action="{undo_of(message)}"'
    assert undo not in client.get(conversation).text

    assert undo in client.post(mark_of(message), follow=True).text  # while it is masked
    assert undo in client.get(conversation).text
    done = client.post(undo_of(message), follow=True)
    assert done.redirect_chain[-1][0] == conversation
    assert "Le signalement est annulé." in done.text
    assert button(done.text, message)
    assert not MissedSentence.objects.exists()
    sentence_mask(message_id=message.pk)  # the job of the mark that is gone
    assert not MissedSentence.objects.exists()

    client.post(mark_of(message))
    sentence_mask(message_id=message.pk)
    assert undo in client.get(f"/console/entrainement/phrases/{message.pk}/").text
    page = client.get(listed).text
    assert undo in page
    onward = re.search(r'name="next" value="([^"]+)"', page)
    assert onward
    done = client.post(undo_of(message), {"next": onward[1].replace("&amp;", "&")}, follow=True)
    assert done.redirect_chain[-1][0] == listed
    assert "rue de Cassis" not in done.text
    about = str(message.conversation_id)
    assert trail() == [("lea", act, about) for act in ("sentence", "sentence_undone") * 2]


def test_undoing_twice_is_one_line_in_the_trail_and_leads_nowhere_else(
    author: User, client: Client, make_user: Callable[..., User]
) -> None:
    message = said()
    sentence_mark(message_id=message.pk, actor=author)
    client.force_login(make_user("lea", VIEW_CONVERSATIONS, CORRECT))
    for _ in range(2):
        answer = client.post(undo_of(message), {"next": "https://ailleurs.example/"})
        assert answer.headers["Location"] == conversation_of(message)
    assert [act for _, act, _ in trail()] == ["sentence", "sentence_undone"]


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("proposed", "est à relire\N{NO-BREAK SPACE}: faites-la d’abord refuser"),
        ("accepted", "annulez d’abord l’acceptation"),
        ("exported", "fait partie de l’export n°\N{NO-BREAK SPACE}"),
    ],
)
def test_a_corrected_sentence_says_why_its_mark_stays(
    stage: str, words: str, client: Client, author: User, reviewer: User
) -> None:
    message = said()
    sentence_mark(message_id=message.pk, actor=author)
    sentence_mask(message_id=message.pk)
    made = correction_propose(
        missed=MissedSentence.objects.get(), example=example(MASKED, "book_pickup"), author=author
    )
    if stage != "proposed":
        correction_decide(correction_id=made.pk, act=Act.ACCEPTED, actor=reviewer)
    if stage == "exported":
        export_make(actor=None)
    client.force_login(reviewer)
    assert undo_of(message) not in client.get(conversation_of(message)).text
    answer = client.post(undo_of(message), follow=True)
    assert words in answer.text
    assert MissedSentence.objects.get().marked_by == author
    assert [act for _, act, _ in trail()] == ["sentence"]


def test_a_refused_correction_lets_the_mark_go(author: User, reviewer: User) -> None:
    message = said()
    sentence_mark(message_id=message.pk, actor=author)
    made = correction_propose(
        missed=MissedSentence.objects.get(), example=example("frigo", "greet"), author=author
    )
    correction_decide(correction_id=made.pk, act=Act.REFUSED, actor=reviewer, reason=Reason.USELESS)
    assert sentence_unmark(message_id=message.pk, actor=reviewer) is False
    assert not MissedSentence.objects.exists()
    made.refresh_from_db()
    assert (made.state, made.message_id) == ("refused", message.pk)


def test_what_the_assistant_missed_by_itself_stays_to_be_corrected(
    client: Client, author: User, reviewer: User
) -> None:
    """Marked by hand before its contact had ended, or kept as missed and marked by nobody."""
    message = said(intent="nlu_fallback")
    sentence_mark(message_id=message.pk, actor=author)
    client.force_login(reviewer)
    answer = client.post(undo_of(message), follow=True)
    assert "elle reste à corriger" in answer.text
    kept = MissedSentence.objects.get()
    assert (kept.marked_by, kept.marked_at) == (None, None)
    refused = client.post(undo_of(message), follow=True)
    assert "Personne n’a signalé cette phrase" in refused.text
    assert MissedSentence.objects.count() == 1
    assert [act for _, act, _ in trail()] == ["sentence", "sentence_undone"]


def test_undoing_needs_both_permissions(
    author: User, client: Client, make_user: Callable[..., User]
) -> None:
    message = said()
    sentence_mark(message_id=message.pk, actor=author)
    assert client.post(undo_of(message)).status_code == 302
    for number, permissions in enumerate(((VIEW_CONVERSATIONS,), (CORRECT,), (REVIEW,))):
        client.force_login(make_user(f"u{number}", *permissions))
        assert client.post(undo_of(message)).status_code == 403
    client.force_login(make_user("lea", VIEW_CONVERSATIONS, CORRECT))
    gone = message.pk
    assert client.get(undo_of(message)).status_code == 405
    assert MissedSentence.objects.exists()
    message.delete()
    assert client.post(f"/console/entrainement/phrases/{gone}/bien-comprise/").status_code == 404
