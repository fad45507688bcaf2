"""Scripted conversations with the real assistant, console and wallet; one test for each.

A script (``conversations/*.yaml``) is a list of::

    - name: what it shows, unique
      channel: web            # sms, voice, telegram …; web when left out
      locale: fr
      points: 60              # what the person has to spend
      phone: true             # they have a mobile, {phone}; on sms and voice they speak from it
      problem: words          # of the choice, should "De quel problème s'agit-il ?" be asked
      facility: true          # a recycling centre stands in Aubagne
      stopped: [wallet]       # processes that are down meanwhile, started again afterwards
      kept: pattern           # a message that comes once they run again
      before: turns of somebody else, earlier
      turns:
      - say: words            # or choose: title of a button, location: [lat, lon], photo: new
        code: true            # first a new code comes to {phone}: {code} is right, {wrong} is not
        hear: regular expression, in any reply     # or a list of them
        never: regular expression, in no reply
        same: true            # "déjà signalé" is meant; otherwise it is answered with no
        offers: titles of the last buttons, or a regular expression that each matches
        form: the form that is active then; "" for none
        remember: {name: regular expression with one group}   # later as {name}
"""

import re
import secrets
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.hub.capabilities import SMS_CHARACTERS_MAX
from bot.hub.render import gsm7, septets
from channels_config.sms.tests.twilio_double import TwilioDouble
from ops.supervision import Supervisor
from tests.support.hub import HubCaller, Person, facility_stands, people_open
from tests.support.ledger import Ledger
from tests.support.providers import twilio_served
from tests.support.system import System, eventually
from tests.support.wallet_caller import WalletCaller, rule_without_limits

FOLDER = Path(__file__).with_name("conversations")
SCRIPTS = [
    script
    for path in sorted(FOLDER.glob("*.yaml"))
    for script in yaml.safe_load(path.read_text(encoding="utf-8"))
]
# Everybody's own: new in every run, because codes to one number are limited.
NUMBERS = {
    script["name"]: f"+33612{secrets.randbelow(10**6):06}"
    for script in SCRIPTS
    if "phone" in script
}
_LINK = re.compile(r"https?://")
_ALREADY = re.compile("Voulez-vous suivre|Do you want to follow")
_WHICH = re.compile("De quel problème|Which problem")
RULE = "conversations.test"


@pytest.fixture(scope="module")
def people(system: System) -> Iterator[dict[str, Person]]:
    """Somebody for every script and one more for what was said before it, opened at once: a shell
    of the console takes seconds."""
    caller = WalletCaller(system)
    rule_without_limits(caller, RULE, points=1, auto_post_after_days=None)
    opened = people_open(
        system,
        [
            (s.get("channel", "web"), bool(s.get("points")), _speaks_from(s) if is_first else "")
            for s in SCRIPTS
            for is_first in (True, False)
        ],
    )
    for script, person in zip(SCRIPTS, opened[::2], strict=True):
        if script.get("points"):
            _give_points(caller, person, script["points"])
    yield {
        name: person
        for script, both in zip(SCRIPTS, zip(opened[::2], opened[1::2], strict=True), strict=True)
        for name, person in zip((script["name"], f"before {script['name']}"), both, strict=True)
    }
    caller.close()


def _speaks_from(script: dict[str, Any]) -> str:
    on_a_number = script.get("channel") in ("sms", "voice")
    return NUMBERS[script["name"]] if on_a_number and script.get("phone") else ""


def _give_points(caller: WalletCaller, person: Person, points: int) -> None:
    assert person.wallet is not None
    caller.open_wallet(person.wallet)
    reward = caller.made(
        "POST",
        "/rewards",
        {
            "wallet_id": str(person.wallet),
            "rule": RULE,
            "evidence": str(uuid.uuid4()),
            "channel": "web",
            "quantity": points,
        },
    )
    caller.made("POST", f"/rewards/{reward['id']}/confirm")


@pytest.fixture(scope="module")
def twilio() -> Iterator[TwilioDouble]:
    yield from twilio_served()


@pytest.fixture(scope="module")
def facility(system: System) -> None:
    facility_stands(system)


def test_there_are_enough_and_each_has_a_name() -> None:
    names = [script["name"] for script in SCRIPTS]
    assert len(names) == len(set(names)) >= 60


@pytest.mark.parametrize("script", SCRIPTS, ids=[script["name"] for script in SCRIPTS])
@pytest.mark.usefixtures("facility")
def test_conversation(
    system: System,
    ledger: Ledger,
    people: dict[str, Person],
    twilio: TwilioDouble,
    script: dict[str, Any],
) -> None:
    person = people[script["name"]]
    if "before" in script:
        _converse(system, people[f"before {script['name']}"], script, script["before"], twilio)
    supervisor = Supervisor(system.config)
    for name in script.get("stopped", []):
        supervisor.stop(name)
    try:
        _converse(system, person, script, script["turns"], twilio)
    finally:
        for name in script.get("stopped", []):
            supervisor.start(name)
        if "stopped" in script:
            system.await_ready()
    if "kept" in script:
        eventually(
            lambda: _texts(ledger, person),
            lambda texts: any(re.search(script["kept"], text) for text in texts),
            what="what was kept",
        )


def _texts(ledger: Ledger, person: Person) -> list[str]:
    rows = ledger.console(
        "SELECT text FROM conversations_message WHERE conversation_id = %s", person.conversation
    )
    return [str(text) for (text,) in rows]


def _converse(
    system: System,
    person: Person,
    script: dict[str, Any],
    turns: list[dict[str, Any]],
    twilio: TwilioDouble,
) -> None:
    channel = script.get("channel", "web")
    caller = HubCaller(
        system, person.conversation, channel=channel, locale=script.get("locale", "fr")
    )
    known = {"number": str(1 + time.time_ns() // 1000 % 9000)}
    if "phone" in script:
        known["phone"] = NUMBERS[script["name"]]
    codes: list[str] = []
    offered: list[dict[str, str]] = []
    try:
        for turn in turns:
            if "code" in turn:
                codes = _codes(twilio, known["phone"], more_than=len(codes))
                known |= {"code": codes[-1], "wrong": f"{(int(codes[-1]) + 1) % 10**6:06}"}
            content = _content(turn, known, offered)
            answer = caller.turn(content)
            if "same" not in turn and _ALREADY.search(answer["replies"][-1]["text"]):
                answer = _and_then(answer, caller.turn({"choice": "Non"}))  # an earlier run's
            if "problem" in script and _WHICH.search(answer["replies"][-1]["text"]):
                offered = answer["replies"][-1]["buttons"]
                payload = next(b["payload"] for b in offered if script["problem"] in b["title"])
                answer = _and_then(answer, caller.turn({"choice": payload}))
            offered = next((r["buttons"] for r in answer["replies"][::-1] if r["buttons"]), [])
            _check(turn, answer, known, offered, said=content)
            _check_channel(channel, answer)
    finally:
        caller.close()


def _codes(twilio: TwilioDouble, phone: str, *, more_than: int) -> list[str]:
    """The codes that came to a phone, once there is another one."""

    def came() -> list[str]:
        texts = twilio.texts(phone)
        return [found[0] for text in texts if (found := re.search(r"\b\d{6}\b", text))]

    return eventually(came, lambda codes: len(codes) > more_than, what="a code", timeout_s=30)


def _and_then(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two answers as one: what was said in both, and where the second left things."""
    return {**second, "replies": [*first["replies"], *second["replies"]]}


def _content(
    turn: dict[str, Any], known: dict[str, str], offered: list[dict[str, str]]
) -> dict[str, Any]:
    content: dict[str, Any] = {}
    if "say" in turn:
        content["text"] = str(turn["say"]).format(**known)
    if "choose" in turn:
        wanted = str(turn["choose"]).format(**known)
        fitting = [b for b in offered if re.search(wanted, b["title"])]
        assert fitting, f"{wanted!r} is not among {offered}"
        content["choice"] = fitting[0]["payload"]
    if "location" in turn:
        latitude, longitude = turn["location"]
        content["location"] = {"latitude": latitude, "longitude": longitude}
    if "photo" in turn:
        content["attachment"] = {"photo": str(uuid.uuid4())}
    return content


def _check(
    turn: dict[str, Any],
    answer: dict[str, Any],
    known: dict[str, str],
    offered: list[dict[str, str]],
    *,
    said: dict[str, Any],
) -> None:
    heard = "\n".join(reply["text"] for reply in answer["replies"])
    heard = heard.replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
    about = f"{said} was heard as {answer['intent']} and answered: {heard}"
    for pattern in _listed(turn.get("hear")):
        assert re.search(pattern.format(**known), heard), f"no {pattern!r}; {about}"
    for pattern in _listed(turn.get("never")):
        assert not re.search(pattern.format(**known), heard), f"{pattern!r} said; {about}"
    titles = [button["title"] for button in offered]
    if isinstance(turn.get("offers"), list):
        assert titles == turn["offers"], about
    elif "offers" in turn:
        assert titles, about
        assert all(re.search(turn["offers"], title) for title in titles), f"{titles}; {about}"
    if "form" in turn:
        assert (answer["active_form"] or "") == turn["form"], about
    for name, pattern in (turn.get("remember") or {}).items():
        found = re.search(pattern, heard)
        assert found, f"nothing to remember for {name}; {about}"
        known[name] = found[1]


def _check_channel(channel: str, answer: dict[str, Any]) -> None:
    for reply in answer["replies"]:
        if channel == "sms":
            assert reply["text"] == gsm7(reply["text"]), reply
            assert septets(reply["text"]) <= SMS_CHARACTERS_MAX, reply
        if channel == "voice":
            assert not _LINK.search(reply["text"]), reply


def _listed(patterns: Any) -> list[str]:
    if patterns is None:
        return []
    return [str(p) for p in patterns] if isinstance(patterns, list) else [str(patterns)]
