"""A report by SMS from a text to settled points; one by Telegram with a photo and a position."""

import re
from collections.abc import Iterator

import pytest

from agent_console.photos.tests.pictures import encoded, scene
from channels_config.sms.tests.twilio_double import TwilioDouble
from channels_config.telegram.tests.telegram_double import TelegramDouble
from tests.support.ledger import Ledger
from tests.support.operator import Operator
from tests.support.providers import (
    Phone,
    TelegramAccount,
    notices_ring_always,
    telegram_served,
    twilio_served,
)
from tests.support.system import System, eventually

# A street each: the same problem at the same place would be somebody else's report already.
BY_SMS = "Bonjour, il y a un nid-de-poule devant le 3 rue Breteuil à Marseille"
BY_TELEGRAM = "Bonjour, il y a un nid-de-poule devant le 6 rue Nationale à Marseille"
REFERENCE = re.compile(r"\b\d{3}-\d{3}-\d{3}\b")
_DELIVERIES = """
    SELECT d.state FROM conversations_delivery d
    JOIN conversations_message m ON m.id = d.message_id
    WHERE m.conversation_id = (SELECT conversation_id FROM reports_report WHERE reference = %s)
"""


@pytest.fixture
def twilio() -> Iterator[TwilioDouble]:
    yield from twilio_served()


@pytest.fixture
def telegram() -> Iterator[TelegramDouble]:
    yield from telegram_served()


def test_a_report_by_sms_ends_in_settled_points(
    system: System, ledger: Ledger, operator: Operator, twilio: TwilioDouble
) -> None:
    notices_ring_always(system)
    phone = Phone(system, twilio)
    phone.say(BY_SMS)
    question = phone.await_text(lambda text: "C'est bien cela" in text)
    assert "\n1 Oui" in question
    phone.say("1")
    created = phone.await_text(lambda text: bool(REFERENCE.search(text)))
    found = REFERENCE.search(created)
    assert found is not None
    reference = found[0]
    question = phone.await_text(lambda text: "Voulez-vous des points" in text)
    assert "\n2 Non" in question
    phone.say("1")
    phone.await_text(lambda text: "Vos points arriveront" in text)

    operator.validate(reference)
    phone.await_text(lambda text: "Bonne nouvelle" in text and reference in text)
    wallet_id = ledger.wallet_of_report(reference)
    eventually(
        lambda: ledger.wallet(wallet_id),
        lambda wallet: wallet.get("settled_points") == 10,
        what="settlement on the chain",
    )

    phone.confirm_all()
    states = eventually(
        lambda: ledger.console(_DELIVERIES, reference.replace("-", "")),
        lambda rows: {state for (state,) in rows} == {"delivered"},
        what="every message delivered",
    )
    assert len(states) == len(phone.received())
    assert twilio.refused == []

    # Quiet on request, and never asked back.
    phone.say("Arrêt")
    phone.await_text(lambda text: "C'est noté" in text)


def test_a_report_by_telegram_has_its_photo(
    system: System, ledger: Ledger, operator: Operator, telegram: TelegramDouble
) -> None:
    notices_ring_always(system)
    telegram.files["AgACphoto"] = encoded(scene(7), "JPEG")
    account = TelegramAccount(system, telegram)
    account.say(
        caption=BY_TELEGRAM,
        photo=[
            {"file_id": "AgACsmall", "file_unique_id": "s", "width": 90, "height": 67},
            {"file_id": "AgACphoto", "file_unique_id": "l", "width": 640, "height": 480},
        ],
    )
    account.await_button("Oui")
    account.press("Oui")
    created = account.await_text(lambda text: bool(REFERENCE.search(text)))
    found = REFERENCE.search(created)
    assert found is not None
    reference = found[0]
    photos = ledger.console(
        "SELECT count(*) FROM reports_reportphoto p JOIN reports_report r ON r.id = p.report_id"
        " WHERE r.reference = %s",
        reference.replace("-", ""),
    )
    assert photos == [(1,)]
    edited = eventually(
        lambda: telegram.calls("editMessageReplyMarkup"), bool, what="the keyboard's edit"
    )
    assert edited[0]["reply_markup"]["inline_keyboard"][0][0]["text"] == "✓ Oui"

    operator.validate(reference)
    account.await_text(lambda text: "Bonne nouvelle" in text and reference in text)

    said = len(account.received())
    account.say(location={"latitude": 43.2905, "longitude": 5.3789})
    eventually(account.received, lambda texts: len(texts) > said, what="an answer to a position")
    kept = ledger.console(
        "SELECT m.latitude, m.longitude FROM conversations_message m JOIN reports_report r"
        " ON r.conversation_id = m.conversation_id"
        " WHERE r.reference = %s AND m.latitude IS NOT NULL",
        reference.replace("-", ""),
    )
    assert kept == [(43.2905, 5.3789)]
    assert telegram.refused == []
