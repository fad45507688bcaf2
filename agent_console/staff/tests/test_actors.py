"""One number per account, the same for ever, however many ask at once."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.db import connection

from agent_console.staff.models import StaffActor
from agent_console.staff.selectors import names_of
from agent_console.staff.services import actor_of


def test_a_number_stays(make_user: Callable[..., User]) -> None:
    user = make_user("nadia")
    assert actor_of(user=user) == actor_of(user=user)
    assert actor_of(user=user) != actor_of(user=make_user("camille"))


@pytest.mark.django_db(transaction=True)
def test_two_first_requests_at_once_get_one_number(make_user: Callable[..., User]) -> None:
    user = make_user("nadia")

    def ask() -> uuid.UUID:
        try:
            return actor_of(user=user)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = {future.result() for future in [pool.submit(ask) for _ in range(8)]}
    assert numbers == set(StaffActor.objects.values_list("actor_id", flat=True))
    assert len(numbers) == 1


def test_numbers_are_read_back_as_names(make_user: Callable[..., User]) -> None:
    named = make_user("nadia")
    named.first_name, named.last_name = "Nadia", "Roux"
    named.save()
    bare = make_user("camille")
    known = {actor_of(user=named): "Nadia Roux", actor_of(user=bare): "camille"}
    assert names_of(actor_ids=[*known, uuid.uuid4()]) == known
