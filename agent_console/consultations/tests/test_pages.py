"""The public pages: reading for anybody, voting for the verified, results, files, proposals."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from agent_console.citizens.models import Resident
from agent_console.consultations import errors, links
from agent_console.consultations.counting import ballots_count
from agent_console.consultations.models import Consultation, Proposal, ProposalState
from agent_console.consultations.proposals import (
    proposal_decide,
    proposal_mask,
    proposal_submit,
)
from agent_console.consultations.services import consultation_publish, consultations_close_due
from agent_console.consultations.tests.conftest import AIX, ballot_of, ended, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(consultation: Consultation, supervisor: User) -> Consultation:
    """24 ballots: 12 of Aix, divided; 12 without a commune."""
    for number in range(24):
        insee = AIX if number < 12 else ""
        vote(consultation, Resident.objects.create(), 1 + (number % 4 == 0), insee=insee)
    ended(consultation)
    consultations_close_due(now=timezone.now())
    ballots_count(consultation_id=consultation.pk)
    return consultation_publish(consultation_id=consultation.pk, actor=supervisor)


def _page(consultation: Consultation, more: str = "") -> str:
    return f"/consultations/{consultation.pk}/{more}"


def test_anybody_reads_and_nobody_unverified_votes(
    client: Client, consultation: Consultation
) -> None:
    assert "Piétonniser le cours" in client.get("/consultations/").text
    page = client.get(_page(consultation))
    assert "La mairie hésite." in page.text
    assert 'name="choice"' not in page.text
    assert "The town hall hesitates." in client.get(_page(consultation, "?lang=en")).text
    assert client.post(_page(consultation), {"choice": "x"}).status_code == 405
    forged = client.post("/consultations/bulletin/x.y.web:1:z/", {"choice": "x"})
    assert forged.status_code == 410
    assert client.get(f"/consultations/{uuid.uuid4()}/").status_code == 404
    assert client.get(_page(consultation, "resultats/")).status_code == 404


def test_who_has_the_link_votes_and_sees_the_receipt_again(
    client: Client, consultation: Consultation
) -> None:
    address = ballot_of(consultation, Resident.objects.create())
    page = client.get(address)
    assert 'name="choice"' in page.text
    assert "no-store" in page.headers["Cache-Control"]
    empty = client.post(address, {"key": str(uuid.uuid4())})
    assert empty.status_code == 422
    assert "Choisissez une réponse." in empty.text
    choice = consultation.choices.get(position=1)
    sent = {"choice": str(choice.pk), "commune": "", "key": str(uuid.uuid4())}
    cast = client.post(address, sent)
    code = cast.text.split('class="code">')[1].split("<")[0]
    assert code in client.post(address, sent).text  # pressed twice
    assert code in client.get(address).text
    assert client.post(address, {**sent, "key": str(uuid.uuid4())}).status_code == 409


def test_a_link_ends(
    client: Client, consultation: Consultation, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = ballot_of(consultation, Resident.objects.create())
    monkeypatch.setattr(links, "LASTS_S", -1)
    for more in ("", "propositions/"):
        assert client.post(f"{address}{more}", {}).status_code == 410


def test_results_table_files_and_receipts(client: Client, published: Consultation) -> None:
    page = client.get(_page(published, "resultats/"))
    assert "24\xa0bulletins" in page.text.replace("&nbsp;", "\xa0")
    assert "<svg" in page.text
    assert "style=" not in page.text
    file = client.get(_page(published, "resultats.csv"))
    assert file.content.startswith(b"\xef\xbb\xbfcommune;choix;votes\r\n")
    lines = file.content.decode("utf-8-sig").split("\r\n")
    assert lines[1:3] == ["Total;Oui;18", "Total;Non;6"]
    assert "Aix-en-Provence;Oui;9" in lines
    assert "Autres communes, ou non dit;Non;3" in lines
    listed = client.get(_page(published, "recepisses.csv"))
    assert listed.content.startswith(b"\xef\xbb\xbfrecepisse\r\n")
    codes = listed.content.decode("utf-8-sig").split()
    assert len(codes) == 25
    assert codes[1:] == sorted(codes[1:])
    asked = client.post(_page(published, "recepisse/"), {"code": codes[5].lower()})
    assert "Oui&nbsp;: ce bulletin" in asked.text
    wrong = client.post(_page(published, "recepisse/"), {"code": "AAAA"})
    assert "Aucun bulletin compté" in wrong.text


def test_small_communes_are_not_shown(
    client: Client, make_consultation: Callable[..., Consultation], supervisor: User
) -> None:
    consultation = make_consultation()
    for number in range(20):
        vote(
            consultation, Resident.objects.create(), 1 + number % 2, insee=AIX if number < 9 else ""
        )
    ended(consultation)
    consultations_close_due(now=timezone.now())
    ballots_count(consultation_id=consultation.pk)
    consultation_publish(consultation_id=consultation.pk, actor=supervisor)
    for address in ("resultats/", "resultats.csv"):
        assert "Aix-en-Provence" not in client.get(_page(consultation, address)).text


def test_a_proposal_is_masked_then_read_then_shown(
    client: Client, consultation: Consultation, supervisor: User
) -> None:
    address = ballot_of(consultation, Resident.objects.create(), "propositions/")
    sent = {"text": "Des bancs. Appelez-moi au 06 12 34 56 78."}
    assert client.post(address, sent).status_code == 200
    proposal = Proposal.objects.get()
    with pytest.raises(errors.ProposalUnread):
        proposal_decide(proposal_id=proposal.pk, is_accepted=True, reason="", actor=supervisor)
    proposal_mask(proposal_id=proposal.pk)
    proposal.refresh_from_db()
    assert "06 12" not in proposal.text
    assert "Des bancs" not in client.get(_page(consultation)).text
    with pytest.raises(errors.ReasonMissing):
        proposal_decide(proposal_id=proposal.pk, is_accepted=False, reason=" ", actor=supervisor)
    proposal_decide(proposal_id=proposal.pk, is_accepted=True, reason="", actor=supervisor)
    assert "Des bancs" in client.get(_page(consultation)).text
    proposal_decide(proposal_id=proposal.pk, is_accepted=False, reason="doublon", actor=supervisor)
    assert "Des bancs" not in client.get(_page(consultation)).text
    assert proposal.decisions.count() == 2


def test_only_moderators_decide_and_only_open_ones_take_proposals(
    client: Client,
    make_consultation: Callable[..., Consultation],
    make_user: Callable[..., User],
) -> None:
    consultation = make_consultation()
    resident = Resident.objects.create()
    made = proposal_submit(
        consultation_id=consultation.pk, resident_id=resident.pk, text="Des arbres"
    )
    Proposal.objects.filter(pk=made.pk).update(state=ProposalState.WAITING)
    with pytest.raises(errors.PermissionMissing):
        proposal_decide(proposal_id=made.pk, is_accepted=True, reason="", actor=make_user("autre"))
    ended(consultation)
    with pytest.raises(errors.ConsultationClosed):
        proposal_submit(consultation_id=consultation.pk, resident_id=resident.pk, text="Trop tard")
    local = make_consultation(insee=[AIX])
    address = ballot_of(local, resident, "propositions/")
    assert client.post(address, {"text": "Des arbres"}).status_code == 422
    assert client.post(address, {"text": "Des arbres", "commune": AIX}).status_code == 200
    assert local.proposals.count() == 1
    silent = make_consultation(accepts_proposals=False)
    with pytest.raises(errors.ProposalsOff):
        proposal_submit(consultation_id=silent.pk, resident_id=resident.pk, text="Non")
