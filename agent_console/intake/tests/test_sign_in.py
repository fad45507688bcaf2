"""Signing in and out, in French, with Django's own authentication."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse


def sign_in(client: Client, password: str, **more: str) -> object:
    return client.post(
        reverse("console:login"), {"username": "operatrice", "password": password, **more}
    )


def test_a_stranger_is_sent_to_the_form_and_back(client: Client, operator: User) -> None:
    response = client.get("/console/?state=received")
    assert response.status_code == 302
    assert response.headers["Location"] == "/console/login/?next=/console/%3Fstate%3Dreceived"
    sign_in(client, "Un mot de passe 42", next="/console/?state=received")
    assert client.get("/console/").status_code == 200


def test_a_wrong_password_says_so_in_french(client: Client, operator: User) -> None:
    response = client.post(reverse("console:login"), {"username": "operatrice", "password": "faux"})
    assert "Identifiant ou mot de passe incorrect." in response.text
    assert 'aria-describedby="erreur-connexion"' in response.text
    assert client.get("/console/").status_code == 302


def test_the_form_never_leads_to_another_site(client: Client, operator: User) -> None:
    response = client.post(
        reverse("console:login"),
        {
            "username": "operatrice",
            "password": "Un mot de passe 42",
            "next": "https://evil.example/",
        },
    )
    assert response.headers["Location"] == "/console/"


def test_a_form_without_its_token_is_refused(operator: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post(
        reverse("console:login"), {"username": "operatrice", "password": "Un mot de passe 42"}
    )
    assert response.status_code == 403


def test_signing_out_ends_the_session(console: Client) -> None:
    response = console.post(reverse("console:logout"))
    assert response.headers["Location"] == reverse("console:login")
    assert console.get("/console/").status_code == 302


@pytest.mark.parametrize("name", ["console:conversations-part", "console:reports-part"])
def test_a_fragment_without_session_reloads_its_page(client: Client, db: None, name: str) -> None:
    response = client.get(reverse(name), headers={"HX-Request": "true"})
    assert response.headers["HX-Refresh"] == "true"
    assert response.content == b""
