"""Providers and processes fail in the middle: every text answered once, every answer delivered."""

from collections.abc import Iterator, Mapping

import pytest

from channels_config.sms.tests.twilio_double import Answer, TwilioDouble, problem
from tests.support.ledger import Ledger
from tests.support.providers import Phone, twilio_served
from tests.support.system import System, eventually
from tests.support.voice import telephone

SENTENCE = "Bonjour, il y a un nid-de-poule devant le 12 rue Paradis à Marseille"
SPOKEN = "il y a un nid-de-poule devant le 21 rue de Rome à Marseille"
_SAID = """
    SELECT m.author, m.text, d.state FROM conversations_message m
    LEFT JOIN conversations_delivery d ON d.message_id = m.id
    WHERE m.conversation_id =
        (SELECT conversation_id FROM conversations_message WHERE external_id = %s)
    ORDER BY m.seq
"""
_TURNS = """
    SELECT state FROM conversations_turn WHERE conversation_id =
        (SELECT conversation_id FROM conversations_message WHERE external_id = %s)
"""


@pytest.fixture
def twilio() -> Iterator[TwilioDouble]:
    yield from twilio_served()


def _ill() -> list[Answer]:
    """A provider's bad minute: an error, a limit, and an answer that says nothing."""
    return [problem(500, 20500), problem(429, 20429, retry_after="1"), problem(503, 0)]


@pytest.mark.parametrize("process", ["worker", "console", "valkey"])
def test_nothing_is_lost_or_answered_twice_whatever_dies(
    system: System, ledger: Ledger, twilio: TwilioDouble, process: str
) -> None:
    twilio.answers = _ill()
    phone = Phone(system, twilio)
    sid = phone.say(SENTENCE)
    died = system.kill(process)
    phone.say(SENTENCE, sid=sid)  # the provider saw no answer, or too late
    system.kill_when_running("worker", after=died)  # between any two steps
    phone.await_text(lambda text: "C'est bien cela" in text)
    said = len(set(phone.received()))
    phone.say("2")
    system.kill_when_running(process, after=died)
    eventually(
        lambda: set(phone.received()), lambda texts: len(texts) > said, what="the next answer"
    )
    phone.say(SENTENCE, sid=sid)  # ten minutes later

    rows = eventually(
        lambda: ledger.console(_SAID, f"twilio:{sid}"),
        lambda found: all(state in (None, "sent") for _, _, state in found),
        what="every answer handed over",
    )
    assert [text for author, text, _ in rows if author == "citizen"] == [SENTENCE, "2"]
    answered = ledger.console(_TURNS, f"twilio:{sid}")
    assert answered == [("done",), ("done",)]
    # At least once, and nothing else: each answer of ours came, in order, perhaps twice.
    ours = [_words(text) for author, text, _ in rows if author != "citizen"]
    came = [_words(text.partition("\n1 ")[0]) for text in phone.received()]
    assert list(dict.fromkeys(came)) == list(dict.fromkeys(ours))
    assert twilio.refused == []
    system.await_ready()


@pytest.mark.parametrize(
    ("process", "first_words"),
    [("worker", ("Un instant", "J'ai noté")), ("console", ("Excusez-nous",))],
)
def test_a_process_that_dies_during_a_spoken_turn_loses_and_repeats_nothing(
    system: System,
    ledger: Ledger,
    twilio: TwilioDouble,
    process: str,
    first_words: tuple[str, ...],  # a new worker may be quicker than the caller's patience
) -> None:
    mobile = Phone(system, twilio)
    phone = telephone(system, twilio, number=mobile.number)
    phone.dial()
    asked, post = phone.asked, phone._post

    def dying(address: str, form: Mapping[str, str]) -> str:
        if "/turn?" not in address:
            return post(address, form)
        phone._post = post
        if process == "worker":  # what was said is stored, and somebody thinks about it
            system.kill(process)
            return post(address, form)
        post(address, form)
        system.kill(process)  # its answer is lost: the provider asks elsewhere
        system.await_ready()
        return post(address.partition("/turn?")[0] + "/fallback", form)

    phone._post = dying
    said = phone.say(SPOKEN)
    assert said.startswith(first_words), said
    assert "C'est bien cela" in said
    phone.asked = asked  # the provider asks for the same step again
    again = phone.say(SPOKEN)
    assert again in said
    rows = ledger.console(_SAID, f"twilio:{phone.sid}:1")
    assert [text for author, text, _ in rows if author == "citizen"] == [SPOKEN]
    ours = [text for author, text, _ in rows if author != "citizen"]
    assert len(ours) == len(set(ours))
    assert ledger.console(_TURNS, f"twilio:{phone.sid}:1") == [("done",)]
    phone.hang_up()
    # The half-made report is kept, its author is told how to go on, and goes on by text.
    mobile.await_text(lambda text: "Répondez OUI" in text)
    mobile.say("oui")
    mobile.await_text(lambda text: "On reprend" in text)
    mobile.await_text(lambda text: "21 rue de Rome" in text)
    assert twilio.refused == []
    system.await_ready()


def _words(text: str) -> str:
    """``text`` whatever its spaces are: an SMS has plain ones."""
    return " ".join(text.split())
