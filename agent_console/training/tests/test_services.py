"""Proposed by one, accepted by another, exported once; what a gone conversation takes with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction

from agent_console.analytics.models import MissedSentence
from agent_console.conversations.models import Message
from agent_console.training.errors import (
    AlreadyCorrected,
    NothingToExport,
    OwnCorrection,
    SameSentence,
    StepRefused,
)
from agent_console.training.models import Correction, Export
from agent_console.training.selectors import confusions, counts_by_intent
from agent_console.training.services import (
    correction_decide,
    correction_propose,
    export_make,
    words_forget,
)
from agent_console.training.workflow import STEPS, Act, Reason, State

from .conftest import example, missed

pytestmark = pytest.mark.django_db
Accept = Callable[..., Correction]
PATCH = Path(__file__).parents[3] / "bot" / "tests" / "corrections_patch.yml"
# As they were accepted; the file holds them by meaning.
ACCEPTED = (
    example("ça coule devant chez moi", "report_issue", "water_leak"),
    example(
        "y a un cratère 12 rue Paradis à Marseille, [personne] s’est cassé le pied",
        "report_issue",
        "pothole",
        address="12 rue Paradis",
        commune="Marseille",
    ),
    example("bien le bonsoir: à vous # tous"),
    example("la bagnole [plaque] est au même endroit", "report_issue", "abandoned_vehicle"),
    example("j’ai un truc à vous dire sur la rue", "report_issue", "unspecified"),
    example("mettez aussi le [téléphone] dessus", "link_account", phone="[téléphone]"),
    example("écrivez à [e-mail] ou virez sur [compte bancaire]", "out_of_scope"),
    example("gros nid de poule", "report_issue", "pothole"),
    example(
        "demain mon canapé près de la gare, réf 123-456-789",
        "book_pickup",
        date="demain",
        item="canapé",
        place="la gare",
        reference="123-456-789",
    ),
    example("mon pot de yaourt", "ask_sorting_rule", waste="pot de yaourt"),
    example("file le ticket de bus", "redeem_reward", reward="ticket de bus"),
)


def propose(author: User, text: str = "salut la compagnie", **kwargs: str) -> Correction:
    return correction_propose(missed=missed(text), example=example(text, **kwargs), author=author)


def test_a_proposal_keeps_what_was_understood_and_who_said_what_it_means(author: User) -> None:
    made = propose(author, "trou 12 rue Paradis", intent="report_issue", address="12 rue Paradis")
    made.refresh_from_db()
    assert (made.understood, made.confidence, made.state) == ("nlu_fallback", 0.31, "proposed")
    assert made.example.line == "trou [12 rue Paradis](address)"
    assert [(step.act, step.actor) for step in made.steps.all()] == [(Act.PROPOSED, author)]


def test_a_sentence_has_one_live_correction(author: User, reviewer: User) -> None:
    sentence, said = missed("salut"), example("salut")
    made = correction_propose(missed=sentence, example=said, author=author)
    assert correction_propose(missed=sentence, example=said, author=author) == made
    other = example("salut", "goodbye")
    for who, what in ((reviewer, said), (author, other)):
        with pytest.raises(AlreadyCorrected):
            correction_propose(missed=sentence, example=what, author=who)
    correction_decide(correction_id=made.pk, act=Act.REFUSED, actor=reviewer, reason=Reason.INTENT)
    again = correction_propose(missed=sentence, example=other, author=author)
    with pytest.raises(AlreadyCorrected):  # the second one stands in the way
        correction_decide(correction_id=made.pk, act=Act.REOPENED, actor=reviewer)
    assert Correction.objects.get(pk=made.pk).state == State.REFUSED
    assert again.state == State.PROPOSED


def test_a_sentence_that_has_just_gone_is_not_corrected(author: User) -> None:
    sentence = missed("salut")
    Message.objects.filter(pk=sentence.message_id).delete()
    with pytest.raises(MissedSentence.DoesNotExist):
        correction_propose(missed=sentence, example=example("salut"), author=author)


def test_nobody_decides_about_their_own(author: User) -> None:
    made = propose(author)
    for act in (Act.ACCEPTED, Act.REFUSED):
        with pytest.raises(OwnCorrection):
            correction_decide(correction_id=made.pk, act=act, actor=author)
    with pytest.raises(IntegrityError), transaction.atomic():  # nor does the database let them
        Correction.objects.filter(pk=made.pk).update(state=State.ACCEPTED, decided_by=author)


def test_decisions_are_taken_back_and_history_keeps_all_of_it(author: User, reviewer: User) -> None:
    made = propose(author)
    for act in (Act.REFUSED, Act.REOPENED, Act.ACCEPTED):
        reason = Reason.NAMES if act == Act.REFUSED else None
        correction_decide(correction_id=made.pk, act=act, actor=reviewer, reason=reason)
    made.refresh_from_db()
    assert (made.state, made.decided_by) == (State.ACCEPTED, reviewer)
    assert [(step.act, step.reason, step.actor) for step in made.steps.all()] == [
        (Act.PROPOSED, "", author),
        (Act.REFUSED, Reason.NAMES, reviewer),
        (Act.REOPENED, "", reviewer),
        (Act.ACCEPTED, "", reviewer),
    ]


@pytest.mark.parametrize("act", [Act.ACCEPTED, Act.REFUSED, Act.REOPENED])
@pytest.mark.parametrize("state", [State.PROPOSED, State.ACCEPTED, State.REFUSED])
def test_what_is_not_in_the_table_is_refused(
    state: State, act: Act, author: User, reviewer: User
) -> None:
    made = propose(author)
    decided_by = None if state == State.PROPOSED else reviewer
    Correction.objects.filter(pk=made.pk).update(state=state, decided_by=decided_by)
    if (state, act) in STEPS:
        correction_decide(correction_id=made.pk, act=act, actor=reviewer)
        assert Correction.objects.get(pk=made.pk).state == STEPS[state, act]
    else:
        with pytest.raises(StepRefused):
            correction_decide(correction_id=made.pk, act=act, actor=reviewer)


def test_the_same_sentence_is_accepted_once_whatever_it_is_said_to_mean(
    author: User, reviewer: User, accept: Accept
) -> None:
    accept(example("Salut la compagnie"))
    other = propose(author, "salut la compagnie", intent="goodbye")
    with pytest.raises(SameSentence):
        correction_decide(correction_id=other.pk, act=Act.ACCEPTED, actor=reviewer)
    assert Correction.objects.get(pk=other.pk).state == State.PROPOSED


def test_an_export_is_the_file_that_the_assistant_s_test_reads(
    accept: Accept, metropolis: None
) -> None:
    for one in ACCEPTED:
        accept(one)
    export = export_make(actor=None)
    assert export.count == len(ACCEPTED)
    assert export.content.encode() == PATCH.read_bytes()


def test_an_export_holds_what_is_new_and_stays_as_it_was(
    author: User, reviewer: User, accept: Accept
) -> None:
    propose(author, "pas encore relue")
    first = accept(example("salut"))
    made = export_make(actor=author)
    assert "- salut\n" in made.content
    assert "relue" not in made.content
    with pytest.raises(NothingToExport):
        export_make(actor=author)
    with pytest.raises(StepRefused):  # what the assistant learns can't be taken back
        correction_decide(correction_id=first.pk, act=Act.REOPENED, actor=reviewer)
    accept(example("au plaisir", "goodbye"))
    second = export_make(actor=None)
    assert "salut" not in second.content
    assert second.count == 1
    assert Export.objects.get(pk=made.pk).content == made.content
    assert list(made.corrections.all()) == [first]


def test_the_command_writes_a_file_and_a_past_one_again(tmp_path: Path, accept: Accept) -> None:
    file, again = tmp_path / "new.yml", tmp_path / "again.yml"
    with pytest.raises(CommandError, match="Rien à exporter"):
        call_command("export_training", file)
    accept(example("salut"))
    with pytest.raises(CommandError, match="dossier"):
        call_command("export_training", tmp_path / "nowhere" / "new.yml")
    with pytest.raises(CommandError, match="--number"):  # made, and not lost
        call_command("export_training", tmp_path)
    export = Export.objects.get()
    call_command("export_training", file, number=export.pk)
    call_command("export_training", again, number=export.pk)
    assert file.read_bytes() == again.read_bytes() == export.content.encode()
    with pytest.raises(CommandError, match="pas d’export"):
        call_command("export_training", file, number=export.pk + 1)
    accept(example("au plaisir", "goodbye"))
    call_command("export_training", file)
    assert "au plaisir" in file.read_text(encoding="utf-8")


def test_counts_and_confusions(author: User, accept: Accept) -> None:
    accept(example("salut"))
    export_make(actor=None)
    accept(example("yo"), understood="out_of_scope")
    accept(example("wesh"), understood="out_of_scope")
    accept(example("ciao", "goodbye"), understood="")
    propose(author, "hé")
    propose(author, "tchao", intent="goodbye")
    assert [
        (one.intent, one.proposed, one.accepted, one.exported) for one in counts_by_intent()
    ] == [("greet", 1, 3, 1), ("goodbye", 1, 1, 0)]
    table = confusions()
    assert table.columns == ["Hors sujet", "Sans réponse", "Rien d’assez sûr"]
    assert [(row.label, [cell.count for cell in row.cells], row.total) for row in table.rows] == [
        ("Saluer", [2, 0, 1], 3),
        ("Prendre congé", [0, 1, 0], 1),
    ]


def test_the_runtime_role_does_all_of_it_and_rewrites_no_history(
    author: User, reviewer: User
) -> None:
    sentence, other = missed("salut"), missed("et au 14")
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE mdmp_console_runtime")
        try:
            said = example("salut")
            made = correction_propose(missed=sentence, example=said, author=author)
            correction_decide(correction_id=made.pk, act=Act.ACCEPTED, actor=reviewer)
            correction_propose(missed=other, example=example("et au 14"), author=author)
            export_make(actor=author)
            words_forget(conversation_ids=[other.message.conversation_id])
            for statement in (
                "UPDATE training_step SET id = id",
                "DELETE FROM training_step",
                "UPDATE training_export SET id = id",
                "DELETE FROM training_export",
            ):
                with pytest.raises(ProgrammingError, match="denied"), transaction.atomic():
                    cursor.execute(statement)
        finally:
            cursor.execute("RESET ROLE")
    assert Correction.objects.get(message=other.message_id).state == State.DROPPED
