"""Somebody asks for a person: two operators want the conversation, one has it, nothing is said over
what they have not seen, and the assistant goes on afterwards."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.support.chat import ChatClient
from tests.support.staff_page import staff_page
from tests.support.system import System

_MEANWHILE = "Finalement ce n'est plus la peine"


def test_two_operators_and_one_citizen(
    system: System, citizen: ChatClient, browser: Browser, images: Path
) -> None:
    citizen.say("je veux parler à un conseiller")
    promise = citizen.await_message(lambda m: "conseiller" in m["text"] and "ici" in m["text"])
    camille, nadia = (
        staff_page(browser, system, "operateur", "DEMO_OPERATOR_PASSWORD"),
        staff_page(browser, system, "superviseur", "DEMO_SUPERVISOR_PASSWORD"),
    )
    # A page that hears of nothing is as correct as any.
    nadia.context.route_web_socket("**/ws/console/", lambda socket: socket.close())
    nadia.context.route("**/desk/?fence=*", lambda route: route.abort())
    for page in (camille, nadia):
        page.goto("/console/conversations/?shown=unassigned")
        page.get_by_test_id("desk-row").get_by_role("link").last.click()
        expect(page.get_by_test_id("standing")).to_contain_text("demande une personne")
    camille.get_by_test_id("take").click()
    expect(camille.get_by_test_id("standing")).to_contain_text("Vous répondez")
    nadia.get_by_test_id("take").click()
    expect(nadia.locator(".flash")).to_contain_text("Camille l’a déjà.")
    joined = citizen.await_message(lambda m: "a rejoint la conversation" in m["text"])
    expect(camille.get_by_test_id("viewer")).to_contain_text("Nadia")

    reply = camille.get_by_label("Votre réponse")
    reply.fill("J'envoie une équipe.")
    expect(camille.get_by_test_id("preview-count")).to_contain_text("Brouillon gardé")
    camille.reload()
    expect(reply).to_have_value("J'envoie une équipe.")
    camille.screenshot(path=images / "conversation.png", full_page=True)

    # The network goes while the citizen changes their mind: nothing leaves unseen, nothing is lost.
    camille.context.set_offline(True)
    camille.get_by_test_id("send").click()
    expect(camille.locator("[data-network]")).to_be_visible()
    citizen.say(_MEANWHILE)
    citizen.await_accepted()
    camille.context.set_offline(False)
    with camille.expect_response("**/reply/"):
        camille.get_by_test_id("send").click()
    expect(camille.get_by_text(_MEANWHILE).first).to_be_visible()
    if camille.get_by_test_id("missed").is_visible():
        reply.fill("Très bien, je n'envoie personne.")
        camille.get_by_test_id("send").click()
    answer = citizen.await_message(lambda m: m["author"] == "agent")
    assert [m["author"] for m in citizen.messages.values()].count("agent") == 1
    asked = citizen.await_message(lambda m: m["text"] == _MEANWHILE)
    assert promise["seq"] < asked["seq"] < answer["seq"]
    expect(reply).to_have_value("")

    camille.get_by_text("Rendre à l’assistant").first.click()
    camille.get_by_label("Résumé envoyé").fill("Rien à faire.")
    camille.get_by_test_id("hand-back").click()
    expect(camille.get_by_test_id("standing")).to_contain_text("L’assistant répond")
    citizen.await_message(lambda m: "En résumé : Rien à faire." in m["text"])
    before = len(citizen.messages)
    citizen.say("bonjour")
    citizen.await_message(lambda m: m["author"] == "bot" and m["seq"] > before)
    # Not one word of the assistant between the take-over and the hand-back.
    spoken = [(m["author"], m["seq"]) for m in citizen.messages.values()]
    assert not [seq for who, seq in spoken if who == "bot" and joined["seq"] < seq <= before]
