"""One resident, many ways in: by telephone, on Telegram, on the web, by text message.

They report by telephone, link Telegram, spend their points on the web, vote by text message, take
their data away and have them erased.  Each proof is a code that really comes to their phone; points
are the real wallet's.
"""

import re
import secrets
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from channels_config.sms.tests.twilio_double import TwilioDouble
from channels_config.telegram.tests.telegram_double import TelegramDouble
from tests.support.hub import HubCaller, people_open
from tests.support.ledger import Ledger
from tests.support.operator import Operator
from tests.support.providers import (
    Phone,
    TelegramAccount,
    notices_ring_always,
    telegram_served,
    twilio_served,
)
from tests.support.resident_space import ResidentSpace
from tests.support.system import System, eventually

REFERENCE = re.compile(r"\d(?: \d){2}(?:, \d(?: \d){2}){2}|\d{3}-\d{3}-\d{3}")
CODE = re.compile(r"\b\d{6}\b")
BALLOT = re.compile(r"https?://\S+/consultations/\S+")
COPY = re.compile(r"https?://\S+/mon-espace/copie/[^\s/]+/")
OFFER = re.compile(r'href="(/mon-espace/offres/[0-9a-f-]{36}/)"[^>]*aria-label="[^"]*piscine')
CHOICE = re.compile(r'name="choice" value="([0-9a-f-]{36})"')
REPORT_POINTS = 10


@pytest.fixture
def twilio() -> Iterator[TwilioDouble]:
    yield from twilio_served()


@pytest.fixture
def telegram() -> Iterator[TelegramDouble]:
    yield from telegram_served()


@pytest.fixture
def consultation(system: System) -> Iterator[str]:
    """The title of a question that is open, and closed afterwards."""
    desk = Operator(
        system.console_url, "superviseur", system.environment["DEMO_SUPERVISOR_PASSWORD"]
    )
    title = f"Des bancs {secrets.token_hex(4)}"
    now = datetime.now(ZoneInfo("Europe/Paris"))
    made = desk.send(
        "/console/consultations/add/",
        title_fr=title,
        title_en=title,
        question_fr="Faut-il des bancs ?",
        question_en="Should there be benches?",
        text_fr="Sur la place.",
        text_en="On the square.",
        choices="Oui | Yes\nNon | No",
        starts_at=(now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
        ends_at=(now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M"),
    )
    page = made.url.path
    desk.send(f"{page}step/", form_on=page, action="open")
    yield title
    desk.send(f"{page}step/", form_on=page, action="close", reason="Fin de l'essai")


def test_one_resident_by_telephone_telegram_web_and_text_message(
    system: System,
    ledger: Ledger,
    operator: Operator,
    twilio: TwilioDouble,
    telegram: TelegramDouble,
    consultation: str,
) -> None:
    notices_ring_always(system)
    phone = Phone(system, twilio)
    codes = Codes(phone)

    # 1. they report by telephone; an operator validates, and ten points are theirs
    reference = _reported(system, phone.number)
    operator.validate(reference)
    wallet_id = ledger.wallet_of_report(reference)
    _await_points(ledger, wallet_id, available=REPORT_POINTS)

    # 2. on Telegram they share their number; somebody is known by it, so a code proves it
    account = TelegramAccount(system, telegram)
    account.say(
        contact={
            "phone_number": phone.number.lstrip("+"),
            "first_name": "Awa",
            "user_id": account.chat,
        }
    )
    account.await_text(lambda text: "6 chiffres" in text)
    account.say(text=(linking := codes.next()))
    account.await_text(lambda text: "ce numéro est relié" in text)
    account.say(text="quel est mon solde ?")
    account.await_text(lambda text: f"Vous avez {REPORT_POINTS} points" in text)

    # 3. on the web they sign in and spend them, once
    space = ResidentSpace(system.console_url)
    home = space.sign_in(phone.number, codes.next)
    assert reference in home
    assert "Telegram" in home
    offer = OFFER.search(space.get("/mon-espace/offres/"))
    assert offer is not None
    voucher = space.send(offer[1])
    assert 'data-testid="voucher-code"' in voucher
    _await_points(ledger, wallet_id, available=0)

    # 4. by text message they ask for their ballot, prove the phone, and vote once
    phone.say("je veux participer à la consultation")
    phone.await_text(lambda text: "6 chiffres" in text)
    phone.say(voting := codes.next())
    told = phone.await_text(lambda text: consultation in text)
    assert told
    link = BALLOT.search(phone.await_text(lambda text: bool(BALLOT.search(text))))
    assert link is not None
    ballot = link[0].removeprefix(system.environment["PUBLIC_BASE_URL"])
    choice = CHOICE.search(space.get(ballot))
    assert choice is not None
    assert 'data-testid="receipt"' in space.send(ballot, choice=choice[1], commune="")
    phone.say("je veux participer à la consultation")
    phone.await_text(lambda text: "déjà voté" in text)
    _await_vote_in_the_wallet(ledger, wallet_id)

    # 5. one person, one wallet; no code stands in what is kept; and they take their data away
    owners = ledger.console(
        "SELECT count(DISTINCT p.resident_id) FROM citizens_contactpoint p"
        " JOIN conversations_conversation c ON c.contact_point_id = p.id"
        " JOIN citizens_resident r ON r.id = p.resident_id WHERE r.wallet_id = %s",
        wallet_id,
    )
    assert owners == [(1,)]
    for code in (linking, voting):
        kept = ledger.console(
            "SELECT count(*) FROM conversations_message WHERE text LIKE %s", f"%{code}%"
        )
        assert kept == [(0,)]
    phone.say("je veux une copie de mes données personnelles")
    copy = COPY.search(phone.await_text(lambda text: bool(COPY.search(text))))
    assert copy is not None
    page = space.get(copy[0].removeprefix(system.environment["PUBLIC_BASE_URL"]))
    assert reference in page
    space.close()

    # 6. erased, after the warning: the person and their wallet lead to each other no more
    phone.say("je veux effacer mes données personnelles")
    phone.await_text(lambda text: "tout effacer" in text)
    phone.say("Oui, tout effacer")
    phone.await_text(lambda text: "effacé" in text and "tout effacer" not in text)
    eventually(
        lambda: ledger.console(
            "SELECT count(*) FROM citizens_resident WHERE wallet_id = %s", wallet_id
        ),
        lambda rows: rows == [(0,)],
        what="the erasure",
    )
    (sums,) = ledger.ledger("SELECT coalesce(sum(points), 0) FROM ledger_posting")
    assert sums[0] == 0
    assert (twilio.refused, telegram.refused) == ([], [])


class Codes:
    """The codes that come to a phone, in order."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._read = 0

    def next(self) -> str:
        """The next code, once it came."""
        found = eventually(self._all, lambda codes: len(codes) > self._read, what="a code")
        self._read += 1
        return found[self._read - 1]

    def _all(self) -> list[str]:
        return [found[0] for text in self._phone.received() if (found := CODE.search(text))]


def _reported(system: System, number: str) -> str:
    """The reference that the voice tells."""
    (caller,) = people_open(system, [("voice", False, number)])
    voice = HubCaller(system, caller.conversation, channel="voice", locale="fr")
    street = f"{1 + secrets.randbelow(200)} boulevard Chave"
    heard = _heard(voice, f"il y a un nid-de-poule au {street} à Marseille")
    if "Voulez-vous suivre" in heard:  # an earlier run's
        heard = _heard(voice, "non")
    assert "bien cela" in heard, heard
    heard = _heard(voice, "1")
    if "Voulez-vous des points" in heard:
        _heard(voice, "1")
    voice.close()
    found = REFERENCE.search(heard)
    assert found is not None, heard
    digits = re.sub(r"\D", "", found[0])
    return "-".join((digits[:3], digits[3:6], digits[6:]))


def _heard(voice: HubCaller, text: str) -> str:
    return "\n".join(reply["text"] for reply in voice.turn({"text": text})["replies"])


def _await_points(ledger: Ledger, wallet_id: uuid.UUID, *, available: int) -> None:
    eventually(
        lambda: ledger.wallet(wallet_id)["available_points"],
        lambda points: points == available,
        what=f"{available} points",
    )


def _await_vote_in_the_wallet(ledger: Ledger, wallet_id: uuid.UUID) -> None:
    eventually(
        lambda: ledger.ledger(
            "SELECT count(*) FROM rewards_reward WHERE wallet_id = %s"
            " AND rule_code = 'consultation.vote'",
            wallet_id,
        ),
        lambda rows: rows == [(1,)],
        what="the points of the vote",
    )
