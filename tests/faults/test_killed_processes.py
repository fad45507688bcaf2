"""Any one process may die at any moment of the path: it completes, nothing twice, nothing lost."""

import re
import uuid
from typing import Any

import httpx
import pytest
import requests
from web3.exceptions import Web3Exception

from tests.support.chat import ChatClient
from tests.support.ledger import Ledger
from tests.support.operator import Operator
from tests.support.system import System, eventually

# A place each: the same problem at the same place would be somebody else's report to follow.
SENTENCE = "Bonjour, il y a un nid-de-poule devant le 12 rue Paradis à {commune}"
VALIDATED = "Bonne nouvelle"  # "S'il est validé" is said before
REFERENCE = re.compile(r"\b\d{3}-\d{3}-\d{3}\b")
PROCESSES = {
    "worker": "Aubagne",
    "rasa": "Martigues",
    "wallet": "Istres",
    "wallet_worker": "Vitrolles",
    "relayer": "Marignane",
    "actions": "Salon-de-Provence",
    "console": "Aix-en-Provence",
    "chain": "Miramas",
    "valkey": "Gardanne",
    "postgres": "Allauch",
}


@pytest.mark.parametrize("process", PROCESSES)
def test_the_path_completes_whatever_dies(
    system: System, ledger: Ledger, citizen: ChatClient, operator: Operator, process: str
) -> None:
    # killed in the middle of a turn …
    sentence = SENTENCE.format(commune=PROCESSES[process])
    citizen.say(sentence)
    citizen.await_accepted()
    eventually(lambda: _turns_not_begun(ledger), lambda turns: turns == 0, what="the turn's begin")
    died = system.kill(process)
    citizen.await_message(lambda message: "C’est bien cela" in message["text"])

    # … as soon as it runs again, with the citizen's answer just sent …
    citizen.say("oui")
    died = system.kill_when_running(process, after=died)
    created = citizen.await_message(lambda message: bool(REFERENCE.search(message["text"])))
    reference = REFERENCE.search(created["text"])
    assert reference is not None
    citizen.say("Oui, j’ai 15 ans ou plus")
    citizen.await_message(lambda message: "Vos points arriveront" in message["text"])

    # … and again with the operator's decision just taken
    system.await_ready()
    operator.validate(reference[0])
    system.kill_when_running(process, after=died)
    citizen.await_message(lambda message: VALIDATED in message["text"])

    system.await_ready()
    wallet_id = ledger.wallet_of_report(reference[0])
    wallet = eventually(
        lambda: _wallet(ledger, wallet_id),
        lambda found: found.get("settled_points") == 10,
        what="settlement on the chain",
    )
    assert (wallet["available_points"], wallet["pending_points"]) == (10, 0)
    proof = wallet["last_settlement"]
    on_chain = eventually(
        lambda: _balance(ledger, wallet["address"], proof["contract_address"]),
        lambda points: points == 10,
        what="the balance on the chain",
    )
    assert on_chain == 10
    _nothing_twice(ledger, citizen, sentence, reference[0], wallet_id)
    system.await_ready()


def _nothing_twice(
    ledger: Ledger, citizen: ChatClient, sentence: str, reference: str, wallet_id: uuid.UUID
) -> None:
    said = citizen.texts()
    assert said.count(sentence) == said.count("oui") == 1
    assert sum(bool(REFERENCE.search(text)) and "enregistré" in text for text in said) == 1
    assert sum(VALIDATED in text for text in said) == 1
    assert sorted(citizen.messages) == list(range(1, len(citizen.messages) + 1))
    reports = ledger.console(
        "SELECT count(*) FROM reports_report WHERE conversation_id ="
        " (SELECT conversation_id FROM reports_report WHERE reference = %s)",
        reference.replace("-", ""),
    )
    assert reports == [(1,)]
    rewards = ledger.ledger("SELECT count(*) FROM rewards_reward WHERE wallet_id = %s", wallet_id)
    assert rewards == [(1,)]
    assert ledger.ledger("SELECT sum(points) FROM ledger_posting") == [(0,)]


def _turns_not_begun(ledger: Ledger) -> int:
    rows = ledger.console(
        "SELECT count(*) FROM procrastinate_jobs"
        " WHERE task_name = 'conversations.answer' AND status = 'todo'"
    )
    return int(rows[0][0])


def _wallet(ledger: Ledger, wallet_id: uuid.UUID) -> dict[str, Any]:
    """The wallet, or nothing while its service restarts."""
    try:
        return ledger.wallet(wallet_id)
    except httpx.HTTPError:
        return {}


def _balance(ledger: Ledger, address: str, contract_address: str) -> int:
    """The balance, or -1 while the node restarts or has no contract yet."""
    try:
        return ledger.balance_on_chain(address, contract_address)
    except (requests.RequestException, Web3Exception):
        return -1
