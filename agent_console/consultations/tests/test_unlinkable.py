"""A database administrator tries to learn who voted what, from everything that the database shows.

They copy every table of the whole database with its hidden columns (``xmin``, ``ctid``) after each
vote, as backups between votes would, and again after the count.  They know who is on the roll (they
have the key of the digests too), when each vote came, and, to learn from, what every second voter
voted.  What they lack is the urn.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import sqrt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agent_console.citizens.models import ChannelCode, Resident
from agent_console.citizens.tests.given import with_wallet
from agent_console.consultations.counting import ballots_count
from agent_console.consultations.models import Consultation
from agent_console.consultations.services import consultations_close_due
from agent_console.consultations.tests.conftest import AIX, ended, vote
from agent_console.consultations.urn import urn_open
from agent_console.consultations.voting import vote_cast, voter_digest

VOTERS = 120
# Guessing between two choices is right half of the time.  Traits are tried on every second voter:
# five standard deviations above a half is what chance does once in three million tries.
BETTER_THAN_CHANCE = 0.5 + 5 * 0.5 / sqrt(VOTERS / 2)

type Row = dict[str, str]
type Copy = dict[str, list[Row]]


def database_copied() -> Copy:
    """Every row of every table, with the hidden columns, each value as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = sorted(name for (name,) in cursor.fetchall())
        copy: Copy = {}
        for table in tables:
            cursor.execute(
                f'SELECT xmin::text, ctid::text, to_jsonb(t)::text FROM "{table}" t'  # noqa: S608
            )
            copy[table] = [
                {"xmin": xmin, "ctid": ctid, "row": row} for xmin, ctid, row in cursor.fetchall()
            ]
    return copy


@dataclass
class Election:
    """What happened (``truth``: voter → place of their choice), and what the administrator has."""

    consultation: Consultation
    truth: dict[str, int]
    codes: dict[str, str]
    copies: list[Copy]
    after: Copy
    envelopes: dict[str, bytes]

    @property
    def order(self) -> list[str]:
        """Voters as they came."""
        return list(self.truth)


@pytest.fixture
def election(make_consultation: Callable[..., Consultation], committed_jobs: None) -> Election:
    consultation = make_consultation()
    before = database_copied()
    truth, codes, copies, envelopes = {}, {}, [before], {}
    dice = random.SystemRandom()
    for _ in range(VOTERS):
        resident = with_wallet()
        voter = voter_digest(consultation.pk, resident.pk).hex()
        truth[voter] = dice.choice((1, 2))
        codes[voter] = vote(consultation, resident, truth[voter]).code
        copies.append(database_copied())
        envelopes[voter] = _envelope_of(copies[-1], _roll(copies[-1])[voter]["xmin"])
    ended(consultation)
    consultations_close_due(now=timezone.now())
    ballots_count(consultation_id=consultation.pk)
    return Election(consultation, truth, codes, copies, database_copied(), envelopes)


@pytest.mark.django_db(transaction=True)
def test_an_administrator_does_no_better_than_chance(election: Election) -> None:
    # Who came when and which envelope is whose is plain: it does not help.
    assert len(election.envelopes) == VOTERS
    guesses = {
        "sums in their rows' places": _paired(election, _units(election.after)),
        "receipts in their rows' places": _learned(
            election, {voter: _place_of(election, code) for voter, code in election.codes.items()}
        ),
        **{
            f"byte {place} of the envelope": _learned(
                election, {voter: sealed[place] for voter, sealed in election.envelopes.items()}
            )
            for place in range(len(next(iter(election.envelopes.values()))))
        },
        "length of the envelope": _learned(
            election, {voter: len(sealed) for voter, sealed in election.envelopes.items()}
        ),
        "rows that each vote added": _learned(election, _rows_added(election)),
        "first character of the receipt": _learned(
            election, {voter: code[0] for voter, code in election.codes.items()}
        ),
    }
    too_good = {name: share for name, share in guesses.items() if share > BETTER_THAN_CHANCE}
    assert too_good == {}


@pytest.mark.django_db(transaction=True)
def test_no_row_names_a_choice_beside_anything_of_a_voter(election: Election) -> None:
    """Between opening and count no row mentions a choice; after it, only sums do."""
    choices = [str(one.pk) for one in election.consultation.choices.all()]
    for copy in [*election.copies, election.after]:
        told = {
            table
            for table, rows in copy.items()
            for row in rows
            if any(choice in row["row"] for choice in choices)
        }
        expected = {"consultations_choice"}
        if copy is election.after:
            expected |= {"consultations_tally"}
        assert told == expected
    # Sums are written by one transaction, which is no voter's.
    voters = {row["xmin"] for row in election.after["consultations_rollentry"]}
    counted = {
        row["xmin"]
        for table in ("consultations_tally", "consultations_countedballot")
        for row in election.after[table]
    }
    assert len(voters) == VOTERS
    assert len(counted) == 1
    assert not counted & voters
    assert election.after["consultations_sealedballot"] == []
    # Codes stand in their own order, whatever that of the votes was.
    places = [row["row"] for row in sorted(_rows(election, "countedballot"), key=_ctid)]
    assert places == sorted(places)


@pytest.mark.django_db
def test_no_statement_of_a_vote_names_choice_or_commune(
    make_consultation: Callable[..., Consultation],
) -> None:
    """What a log of all statements holds, or whoever watches them as they run."""
    consultation = make_consultation(insee=[AIX])
    choice = consultation.choices.get(position=2)
    resident = with_wallet()
    with CaptureQueriesContext(connection) as log:
        vote_cast(
            consultation_id=consultation.pk,
            resident_id=resident.pk,
            choice_id=choice.pk,
            insee=AIX,
            channel=ChannelCode.SMS,
            key="turn:1",
        )
    said = " ".join(query["sql"] for query in log.captured_queries)
    assert "consultations_rollentry" in said
    for named in (str(choice.pk), choice.pk.hex, AIX):
        assert named not in said


@pytest.mark.django_db(transaction=True)
def test_the_same_attack_succeeds_with_the_urn(
    make_consultation: Callable[..., Consultation], committed_jobs: None
) -> None:
    """The attack is a real one: whoever has the urn before the count reads every vote."""
    consultation = make_consultation()
    truth = {}
    for place in (1, 2, 2, 1):
        resident = Resident.objects.create()
        vote(consultation, resident, place)
        truth[voter_digest(consultation.pk, resident.pk).hex()] = place
    copy = database_copied()
    urn = urn_open(consultation_id=consultation.pk, fingerprint=consultation.urn_fingerprint)
    places = {choice.pk: choice.position for choice in consultation.choices.all()}
    read = {}
    for voter, row in _roll(copy).items():
        ballot = urn.unseal(_envelope_of(copy, row["xmin"]))
        assert ballot is not None
        read[voter] = places[ballot.choice_id]
    assert read == truth


def _roll(copy: Copy) -> dict[str, Row]:
    """Voter (hexadecimal digest) → their row."""
    found = {}
    for row in copy["consultations_rollentry"]:
        voter = row["row"].split('"voter": "\\\\x')[1][:64]
        found[voter] = row
    return found


def _envelope_of(copy: Copy, xmin: str) -> bytes:
    """The envelope that the same transaction wrote."""
    rows = [row["row"] for row in copy["consultations_sealedballot"] if row["xmin"] == xmin]
    assert len(rows) == 1
    return bytes.fromhex(rows[0].split('"envelope": "\\\\x')[1].split('"')[0])


def _rows(election: Election, table: str) -> list[Row]:
    return election.after[f"consultations_{table}"]


def _ctid(row: Row) -> tuple[int, ...]:
    return tuple(int(part) for part in row["ctid"].strip("()").split(","))


def _units(copy: Copy) -> list[int]:
    """One item per vote, in the order of the sums' rows: 1, 1, 1, 2, 2 …"""
    units: list[int] = []
    places = {
        row["row"].split('"id": "')[1][:36]: int(row["row"].split('"position": ')[1][0])
        for row in copy["consultations_choice"]
    }
    for row in sorted(copy["consultations_tally"], key=_ctid):
        choice = row["row"].split('"choice_id": "')[1][:36]
        votes = int(row["row"].split('"votes": ')[1].split("}")[0].split(",")[0])
        units += [places[choice]] * votes
    return units


def _paired(election: Election, units: list[int]) -> float:
    """The share of voters of whom the unit in their place is right."""
    pairs = zip(election.order, units, strict=True)
    return sum(election.truth[voter] == unit for voter, unit in pairs) / VOTERS


def _place_of(election: Election, code: str) -> int:
    ordered = sorted(_rows(election, "countedballot"), key=_ctid)
    place = next(place for place, row in enumerate(ordered) if code in row["row"])
    return place * 8 // VOTERS


def _rows_added(election: Election) -> dict[str, str]:
    """How many rows each vote added to which table."""
    counts = [{table: len(rows) for table, rows in copy.items()} for copy in election.copies]
    return {
        voter: str({table: after[table] - before[table] for table in after})
        for voter, before, after in zip(election.order, counts[:-1], counts[1:], strict=True)
    }


def _learned(election: Election, trait: Mapping[str, object]) -> float:
    """How well a trait tells the choice: the majority of each of its values is learned on every
    other voter and tried on the rest."""
    seen: dict[object, list[int]] = defaultdict(list)
    known, others = election.order[::2], election.order[1::2]
    for voter in known:
        seen[trait[voter]].append(election.truth[voter])
    most = _majority(election.truth[voter] for voter in known)
    right = sum(
        election.truth[voter] == (_majority(seen[trait[voter]]) if seen[trait[voter]] else most)
        for voter in others
    )
    return right / len(others)


def _majority(places: Iterable[int]) -> int:
    listed = list(places)
    return 1 if listed.count(1) * 2 >= len(listed) else 2
