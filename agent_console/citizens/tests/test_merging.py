"""Two residents are one, and two again: random lives of contacts."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_console.citizens.errors import MergeRefused
from agent_console.citizens.links import contact_share, contact_unlink
from agent_console.citizens.merging import resident_merge, resident_unmerge
from agent_console.citizens.models import (
    ContactLink,
    ContactPoint,
    LinkHow,
    Resident,
    ResidentMerge,
)
from agent_console.citizens.selectors import (
    is_same_person,
    resident_current,
    residents_same,
    wallets_of,
)
from agent_console.citizens.services import (
    resident_of_contact,
    wallet_assign,
    web_contact_open,
    web_token_new,
)
from agent_console.citizens.tests.given import agreed

pytestmark = pytest.mark.django_db


def somebody(contacts: int = 1) -> Resident:
    first, *others = [web_contact_open(token=web_token_new()) for _ in range(contacts)]
    resident = resident_of_contact(contact_point_id=first.pk)
    for other in others:
        ContactLink.objects.create(
            contact_point=other, resident=resident, how=LinkHow.CODE, since=timezone.now()
        )
        ContactPoint.objects.filter(pk=other.pk).update(resident=resident)
    return resident


def speakers() -> dict[object, object]:
    return dict(ContactPoint.objects.values_list("pk", "resident"))


def test_merged_and_apart_again() -> None:
    kept, merged = somebody(), somebody(2)
    before = speakers()
    merge = resident_merge(kept_id=kept.pk, merged_id=merged.pk, actor=None)

    assert set(speakers().values()) == {kept.pk}
    assert resident_current(resident_id=merged.pk) == kept
    assert is_same_person(one=kept.pk, other=merged.pk)

    resident_unmerge(merge_id=merge.pk, actor=None)
    assert speakers() == before
    assert not is_same_person(one=kept.pk, other=merged.pk)


def test_a_contact_given_away_since_does_not_come_back() -> None:
    kept, merged = somebody(), somebody()
    contact = ContactPoint.objects.get(resident=merged)
    merge = resident_merge(kept_id=kept.pk, merged_id=merged.pk, actor=None)
    contact_unlink(contact_point_id=contact.pk, resident_id=kept.pk, how=LinkHow.OWN_REQUEST)
    resident_unmerge(merge_id=merge.pk, actor=None)
    assert ContactPoint.objects.get(pk=contact.pk).resident is None


def test_what_is_refused() -> None:
    one, two, three = somebody(), somebody(), somebody()

    def refused(code: str, kept: Resident, merged: Resident) -> None:
        with pytest.raises(MergeRefused) as refusal:
            resident_merge(kept_id=kept.pk, merged_id=merged.pk, actor=None)
        assert refusal.value.code == code

    refused("merge_same", one, one)
    first = resident_merge(kept_id=one.pk, merged_id=two.pk, actor=None)
    refused("merge_gone", one, two)
    refused("merge_gone", two, three)
    refused("merge_gone", two, one)
    second = resident_merge(kept_id=three.pk, merged_id=one.pk, actor=None)
    assert residents_same(resident_id=two.pk) == {one.pk, two.pk, three.pk}

    def not_undone(code: str, merge: ResidentMerge) -> None:
        with pytest.raises(MergeRefused) as refusal:
            resident_unmerge(merge_id=merge.pk, actor=None)
        assert refusal.value.code == code

    not_undone("merge_followed", first)
    resident_unmerge(merge_id=second.pk, actor=None)
    not_undone("merge_undone", second)
    ResidentMerge.objects.update(undo_until=timezone.now() - timedelta(seconds=1))
    not_undone("merge_too_late", first)


def test_a_wallet_drawn_after_the_merge_is_of_whom_they_are_now() -> None:
    kept, merged = somebody(), somebody()
    resident_merge(kept_id=kept.pk, merged_id=merged.pk, actor=None)
    agreed(kept)
    wallet = wallet_assign(resident_id=merged.pk)
    assert Resident.objects.get(pk=kept.pk).wallet_id == wallet
    assert wallets_of(resident_id=merged.pk) == {wallet}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(st.tuples(st.sampled_from("msu"), st.integers(0, 3), st.integers(0, 3))))
def test_every_contact_has_a_speaker_who_is_linked_there(
    steps: list[tuple[str, int, int]],
) -> None:
    people = [somebody() for _ in range(4)]
    contacts = [ContactPoint.objects.get(resident=one) for one in people]
    for what, one, other in steps:
        try:
            if what == "m":
                resident_merge(kept_id=people[one].pk, merged_id=people[other].pk, actor=None)
            elif what == "s":
                contact_share(contact_point_id=contacts[one].pk)
            else:
                merge = ResidentMerge.objects.filter(merged=people[one]).first()
                if merge is not None:
                    resident_unmerge(merge_id=merge.pk, actor=None)
        except MergeRefused:
            continue
        for contact in ContactPoint.objects.filter(pk__in=[one.pk for one in contacts]):
            linked = contact.links.filter(ended_at=None).values_list("resident", flat=True)
            assert contact.resident_id in set(linked)
            assert not Resident.objects.filter(pk__in=linked).exclude(merged_into=None).exists()
