"""Talking with the assistant: heard once, answered once, in French, by voice or keys."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import pytest
from django.test import Client
from twilio.request_validator import RequestValidator

from agent_console.calls.announcements import announcement_end, announcement_start
from agent_console.calls.models import AnnouncementKind, Call
from agent_console.citizens.models import ContactPoint
from agent_console.conversations.blocking import conversation_block
from agent_console.conversations.models import Author, Conversation, Message
from channels_config.sms.tests.twilio_double import ACCOUNT, TOKEN
from channels_config.voice import limits

from .conftest import BASE, FORM, Assistant, Ring
from .payloads import payload
from .vocabulary import read

quick = pytest.mark.usefixtures("one_transaction")
Send = Callable[[str, Mapping[str, str]], str]


@quick
def test_a_report_by_voice_and_keys_is_read_back_and_kept(
    ring: Ring, assistant: Assistant, metropolis: None
) -> None:
    phone = ring()
    greeting = phone.dial()
    assert greeting.startswith("Bonjour")
    assert "assistant automatique" in greeting
    assert phone.asked is not None
    hints = phone.asked.attrib["hints"]
    assert "boulevard" in hints
    assert "Marseille" in hints
    assert "éclairage" in hints  # a category
    assert phone.asked.attrib["speechTimeout"] == "3"

    assistant.will_say("Un trou devant le 12 rue Paradis. C'est bien cela ?", "Oui", "Non")
    read_back = phone.say("il y a un trou devant le 12 rue Paradis")
    assert read_back.endswith("Pour Oui, tapez 1. Pour Non, tapez 2.")
    assert phone.asked.attrib["numDigits"] == "1"

    assistant.will_say("C'est noté sous le 123-456-789. Suivi : https://a.fr/x", form="")
    noted = phone.press("1")
    assert noted == "C'est noté sous le 1 2 3, 4 5 6, 7 8 9."
    assert assistant.heard == ["il y a un trou devant le 12 rue Paradis", "dit Oui"]
    kept = Message.objects.filter(author=Author.CITIZEN).order_by("seq")
    assert [(one.text, one.choice) for one in kept][1] == ("1", "dit Oui")

    # Nothing is half made: a silence offers more, the next one ends the call.
    assert "autre chose" in phone.silence()
    assert "Au revoir" in phone.silence()
    assert phone.is_over
    states = Message.objects.exclude(author=Author.CITIZEN).values_list(
        "delivery__state", flat=True
    )
    assert set(states) == {"delivered"}
    call = Call.objects.get()
    assert (call.state, call.ended_how, call.is_half_made) == ("ended", "completed", False)


@quick
def test_a_call_in_the_forms_that_twilio_sends(send: Send, assistant: Assistant) -> None:
    document = send(f"{BASE}/channels/voice/twilio", payload("incoming"))
    assistant.will_say("12 rue Paradis. C'est bien cela ?", "Oui", "Non")
    assistant.will_say("C'est noté.", form="")
    for name in ("speech", "keys"):
        stored = send(_gathers_to(document), payload(name))
        assistant.work()
        (redirect,) = read(stored)
        document = send(redirect.text or "", payload(name))
    assert assistant.heard == ["Il y a un trou devant le 12 rue Paradis à Marseille.", "dit Oui"]
    document = send(_gathers_to(document), payload("silence"))
    assert "autre chose" in document
    send(f"{BASE}/channels/voice/twilio/status", payload("completed"))
    assert Call.objects.get().ended_how == "completed"


@quick
def test_a_step_that_is_asked_again_is_neither_lost_nor_repeated(
    ring: Ring, send: Send, assistant: Assistant
) -> None:
    phone = ring()
    phone.dial()
    assistant.will_say("Où est-ce ?")
    asked = phone.asked
    assert asked is not None
    first = phone.say("un trou")
    seen = len(phone.followed)
    phone.asked = asked  # Twilio saw no answer, and asks again
    assert phone.say("un trou") == first
    assert assistant.heard == ["un trou"]
    assert phone.followed[seen:] == phone.followed[seen - 2 : seen]
    # After an error of ours the fallback address takes up where it was.
    again = phone.dial("/channels/voice/twilio/fallback")
    assert again.startswith("Excusez-nous")
    assert again.endswith(first)
    assert Call.objects.count() == 1
    assert Message.objects.filter(author=Author.CITIZEN).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_jobs")
def test_a_slow_answer_is_picked_up_when_it_is_announced(
    ring: Ring, assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = ring()
    phone.dial()
    assistant.is_slow = True
    assistant.will_say("Voilà.")
    monkeypatch.setattr(limits, "ANSWER_WAIT_S", 30.0)  # only the event ends it in time
    began = time.monotonic()
    worker = threading.Timer(0.3, assistant.work)
    worker.start()
    assert phone.say("bonjour") == "Voilà."
    worker.join()
    assert time.monotonic() - began < 20


@quick
def test_who_waits_too_long_hears_words_then_a_person(ring: Ring, assistant: Assistant) -> None:
    phone = ring()
    phone.dial()
    assistant.is_slow = True
    assistant.will_say("Trop tard.")
    said = phone.say("bonjour")
    assert said.startswith("Un instant, je regarde. Je cherche encore")
    assert "gardé" in said
    tries = [one for one in phone.followed if "/answer?" in one]
    assert len(tries) == limits.ANSWER_TRIES
    assistant.work()  # what was said is answered all the same, and kept
    assert Message.objects.filter(text="Trop tard.").exists()


@quick
@pytest.mark.usefixtures("desk_open")
@pytest.mark.parametrize("kind", ["silence", "noise", "fallback"])
def test_three_misses_in_other_words_each_lead_to_a_person(
    ring: Ring, assistant: Assistant, kind: str
) -> None:
    phone = ring()
    phone.dial()
    if kind == "fallback":
        for number in range(3):
            assistant.will_say(f"Pardon {number} ?", intent="nlu_fallback", form="")
    ways: dict[str, Callable[[], str]] = {
        "silence": phone.silence,
        "noise": lambda: phone.say("hmm", confidence="0.05"),
        "fallback": lambda: phone.say("blabla"),
    }
    miss = ways[kind]
    words = [miss(), miss()]
    assert len(set(words)) == 2
    before = phone.is_waiting
    assert "en parler à quelqu’un" in miss()
    assert (before, phone.is_waiting) == (False, True)


@quick
@pytest.mark.usefixtures("desk_open")
def test_asking_for_a_person_in_words_leads_to_the_queue(ring: Ring, assistant: Assistant) -> None:
    phone = ring()
    phone.dial()
    assistant.will_say("Appelez le 0 800.", intent="talk_to_human", form="")
    assert "conseiller" in phone.say("je voudrais parler à quelqu'un")
    assert phone.is_waiting


@quick
@pytest.mark.usefixtures("desk_open")
def test_a_key_is_heard_at_once_unless_several_digits_are_asked_for(
    ring: Ring, assistant: Assistant
) -> None:
    phone = ring()
    phone.dial()
    assistant.will_say("Où est-ce ?")
    phone.say("un trou")
    assert phone.asked is not None
    assert phone.asked.attrib["numDigits"] == "1"  # 0 waits for no other key
    assistant.will_say("Votre code ?", "Nouveau code", form="proof_form")
    phone.say("mon solde")
    assert phone.asked is not None
    assert "numDigits" not in phone.asked.attrib
    assert phone.asked.attrib["finishOnKey"] == "#"
    assistant.will_say("Merci.", form="")
    phone.press("082915#")
    assert assistant.heard[-1] == "082915"
    phone.press("0")
    assert phone.is_waiting


@quick
def test_star_says_it_again_and_goodbye_hangs_up(ring: Ring, assistant: Assistant) -> None:
    phone = ring()
    phone.dial()
    assistant.will_say("Où est-ce ?", "Ici", "Là")
    first = phone.say("un trou")
    assert phone.press("*") == first
    assistant.will_say("Au revoir.", intent="goodbye", form="")
    assert phone.say("au revoir") == "Au revoir."
    assert phone.is_over


@quick
def test_a_withheld_number_has_a_conversation_for_each_call(
    ring: Ring, assistant: Assistant
) -> None:
    for number in ("anonymous", "+266696687", "", "+33612000001", "+33612000001"):
        phone = ring(number)
        phone.dial()
        assistant.will_say("Oui ?", form="")
        phone.say("bonjour")
        phone.hang_up()
    assert Conversation.objects.count() == 4
    assert ContactPoint.objects.filter(address_sealed=None).count() == 3


@quick
def test_what_was_left_open_is_taken_up_at_the_next_call(ring: Ring, assistant: Assistant) -> None:
    phone = ring("+33491000042")
    phone.dial()
    assistant.will_say("Où est-ce ?")
    phone.say("un trou")
    phone.hang_up()
    again = ring("+33491000042")
    assert again.dial().endswith("Nous reprenons où vous en étiez. Où est-ce ?")


@quick
def test_an_announcement_is_heard_at_once_and_no_longer(
    ring: Ring, make_user: Callable[..., object]
) -> None:
    boss = make_user("cheffe")
    made = announcement_start(
        kind=AnnouncementKind.STORM,
        text="Vigilance rouge : restez chez vous.",
        closes_desk=False,
        actor=boss,  # type: ignore[arg-type]
    )
    assert "Vigilance rouge" in ring().dial()
    announcement_end(announcement_id=made.pk, actor=boss)  # type: ignore[arg-type]
    assert "Vigilance rouge" not in ring().dial()


@quick
def test_a_blocked_number_is_not_answered(ring: Ring, assistant: Assistant) -> None:
    phone = ring("+33612000099")
    phone.dial()
    conversation_block(conversation_id=Conversation.objects.get().pk)
    phone.say("encore moi")
    assert phone.is_over
    refused = ring("+33612000099")
    refused.dial()
    assert refused.was_rejected
    assert not Message.objects.exists()


@quick
@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("", {"CallSid": "x"}, 400),
        ("/turn?step=1", {"CallSid": "CA" + "0" * 32}, 400),  # a call that never began
        ("/turn?step=-1", {}, 400),
        ("/answer?step=9", {}, 400),
        ("/offer?reason=free", {}, 400),
        ("/leg?leg=x", {}, 400),
        ("/desk?call_back=0", {}, 400),
        ("", {"AccountSid": "AC" + "9" * 32}, 403),
        ("/turn?step=1&forged", {}, 403),
        ("/answer?step=1&forged", {}, 403),
    ],
)
def test_what_is_forged_or_malformed_is_refused_and_nothing_is_stored(
    ring: Ring, client: Client, path: str, form: dict[str, str], status: int
) -> None:
    phone = ring()
    phone.dial()
    given = {"AccountSid": ACCOUNT, "CallSid": phone.sid, "From": phone.number} | form
    there = f"/channels/voice/twilio{path}"
    signed = BASE + there.removesuffix("&forged")
    answer = client.post(
        there,
        urlencode(given),
        content_type=FORM,
        headers={"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(signed, given)},
    )
    assert answer.status_code == status, answer.content
    assert not Message.objects.exists()


def _gathers_to(document: str) -> str:
    return next(read(document).iter("Gather")).attrib["action"]
