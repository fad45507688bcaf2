"""Whose a contact is: shared, given to somebody new, taken away and given back."""

import pytest

from agent_console.citizens.codes import code_request, phone_contact
from agent_console.citizens.errors import (
    CodeEnded,
    ContactUnlinked,
    LinkConflict,
    RecognitionNeeded,
)
from agent_console.citizens.linking import (
    Linked,
    LinkOutcome,
    contacts_join,
    link_confirm,
    link_start,
    link_vouched,
)
from agent_console.citizens.links import (
    contact_new_holder,
    contact_share,
    contact_speaks,
    contact_unlink,
    link_restore,
)
from agent_console.citizens.models import (
    ChannelCode,
    CodePurpose,
    ContactLink,
    ContactPoint,
    LinkHow,
)
from agent_console.citizens.recognition import Level, level_at, recognise_by_code, recognition_end
from agent_console.citizens.selectors import is_shared, links_ended, links_of, residents_same
from agent_console.citizens.services import contact_at, resident_of_contact

from .conftest import Phones

pytestmark = pytest.mark.django_db(transaction=True)


def speaker(contact: ContactPoint) -> object:
    return ContactPoint.objects.get(pk=contact.pk).resident


def test_the_first_act_links_and_a_call_from_the_same_number_is_theirs(
    mobile: ContactPoint,
) -> None:
    resident = resident_of_contact(contact_point_id=mobile.pk)
    called = contact_at(kind=ChannelCode.VOICE, address="0612345678")

    assert resident_of_contact(contact_point_id=called.pk) == resident
    assert resident_of_contact(contact_point_id=mobile.pk) == resident
    hows = ContactLink.objects.order_by("id").values_list("how", flat=True)
    assert list(hows) == [LinkHow.FIRST, LinkHow.SAME_NUMBER]


def test_two_share_a_number_and_each_is_spoken_to(mobile: ContactPoint) -> None:
    first = resident_of_contact(contact_point_id=mobile.pk)
    second = contact_share(contact_point_id=mobile.pk)

    assert is_shared(contact_point=mobile)
    assert speaker(mobile) == second
    assert contact_speaks(contact_point_id=mobile.pk, resident_id=first.pk) == first
    assert resident_of_contact(contact_point_id=mobile.pk) == first
    contact_unlink(contact_point_id=mobile.pk, resident_id=first.pk, how=LinkHow.OPERATOR)
    assert speaker(mobile) == second
    with pytest.raises(ContactUnlinked):
        contact_speaks(contact_point_id=mobile.pk, resident_id=first.pk)


def test_a_new_holder_begins_anew_and_the_old_one_keeps_the_past(mobile: ContactPoint) -> None:
    old = resident_of_contact(contact_point_id=mobile.pk)
    new = contact_new_holder(contact_point_id=mobile.pk)

    assert speaker(mobile) == new != old
    ended = links_ended(resident_id=old.pk).get()
    assert ended.ended_how == LinkHow.NEW_HOLDER
    with pytest.raises(ContactUnlinked):
        link_restore(link_id=ended.pk, how=LinkHow.OWN_REQUEST)


def test_unlinking_is_undone(mobile: ContactPoint) -> None:
    resident = resident_of_contact(contact_point_id=mobile.pk)
    link = contact_unlink(
        contact_point_id=mobile.pk, resident_id=resident.pk, how=LinkHow.OWN_REQUEST
    )
    assert speaker(mobile) is None
    link_restore(link_id=link.pk, how=LinkHow.OWN_REQUEST)
    assert speaker(mobile) == resident
    assert links_of(resident_id=resident.pk).count() == 1
    assert ContactLink.objects.count() == 2


def joined(here: ContactPoint, other: ContactPoint, phones: Phones) -> Linked:
    code_id = link_start(asked_from=here, contact_point=other, requester="r", request_key=None)
    return link_confirm(code_id=code_id, code=phones.code_of(code_id), asked_from=here)


def test_a_new_number_is_linked_to_whoever_asked(
    contact_point: ContactPoint, mobile: ContactPoint, phones: Phones
) -> None:
    resident = resident_of_contact(contact_point_id=contact_point.pk)
    joined(contact_point, mobile, phones)

    assert speaker(mobile) == resident
    here = ContactPoint.objects.get(pk=contact_point.pk)
    assert level_at(contact_point=here) is Level.SPENDING
    assert links_of(resident_id=resident.pk).get(contact_point=mobile).verified_at is not None


def test_a_session_without_a_past_joins_whose_number_it_is(
    contact_point: ContactPoint, mobile: ContactPoint, phones: Phones
) -> None:
    resident = resident_of_contact(contact_point_id=mobile.pk)
    joined(contact_point, mobile, phones)
    assert speaker(contact_point) == resident


def test_two_pasts_become_one_person(
    contact_point: ContactPoint, mobile: ContactPoint, phones: Phones
) -> None:
    web = resident_of_contact(contact_point_id=contact_point.pk)
    texter = resident_of_contact(contact_point_id=mobile.pk)
    joined(contact_point, mobile, phones)

    assert speaker(contact_point) == speaker(mobile) == texter
    assert residents_same(resident_id=web.pk) == {web.pk, texter.pk}


def test_a_lost_answer_is_heard_again_and_nothing_else_is(
    contact_point: ContactPoint, mobile: ContactPoint, phones: Phones
) -> None:
    resident_of_contact(contact_point_id=contact_point.pk)
    code_id = link_start(
        asked_from=contact_point, contact_point=mobile, requester="r", request_key=None
    )
    code = phones.code_of(code_id)
    first = link_confirm(code_id=code_id, code=code, asked_from=contact_point)
    again = link_confirm(code_id=code_id, code=code, asked_from=contact_point)
    assert (first.outcome, again.resident) == (LinkOutcome.LINKED, first.resident)
    wrong = f"{(int(code) + 1) % 1_000_000:06}"
    with pytest.raises(CodeEnded):
        link_confirm(code_id=code_id, code=wrong, asked_from=contact_point)
    with pytest.raises(CodeEnded):  # somebody else who saw it
        link_confirm(code_id=code_id, code=code, asked_from=phone_contact(number="0698765432"))
    contact_unlink(
        contact_point_id=mobile.pk, resident_id=first.resident.pk, how=LinkHow.OWN_REQUEST
    )
    with pytest.raises(CodeEnded):  # it links nothing a second time
        link_confirm(code_id=code_id, code=code, asked_from=contact_point)


def test_what_is_linked_already_is_said(
    contact_point: ContactPoint, mobile: ContactPoint, phones: Phones
) -> None:
    assert joined(contact_point, mobile, phones).outcome is LinkOutcome.LINKED
    assert joined(contact_point, mobile, phones).outcome is LinkOutcome.ALREADY
    recognition_end(contact_point=contact_point)
    with pytest.raises(RecognitionNeeded):  # from now on a phone is asked
        joined(contact_point, phone_contact(number="0698765432"), phones)


def test_a_forged_number_links_no_phone_of_its_own(mobile: ContactPoint, phones: Phones) -> None:
    """Whoever sends from somebody's number could otherwise take their points with a phone."""
    resident = resident_of_contact(contact_point_id=mobile.pk)
    called = contact_at(kind=ChannelCode.VOICE, address="0612345678")  # nobody is known here yet
    own = phone_contact(number="0698765432")
    for here in (mobile, called):
        with pytest.raises(RecognitionNeeded):
            joined(here, own, phones)
    assert speaker(own) is None
    code_id = code_request(
        contact_point=mobile, purpose=CodePurpose.RECOGNISE, requester="r", asked_from=mobile
    )
    recognise_by_code(code_id=code_id, code=phones.code_of(code_id), contact_point=mobile)
    assert joined(mobile, own, phones).resident == resident


def test_a_newcomer_proves_the_number_that_they_text_from(
    mobile: ContactPoint, phones: Phones
) -> None:
    code_id = code_request(
        contact_point=mobile, purpose=CodePurpose.RECOGNISE, requester="r", asked_from=mobile
    )
    resident = recognise_by_code(
        code_id=code_id, code=phones.code_of(code_id), contact_point=mobile
    )
    assert speaker(mobile) == resident


def test_a_channels_word_links_what_nobody_had_and_opens_nothing_else(
    contact_point: ContactPoint, mobile: ContactPoint, phones: Phones
) -> None:
    linked = link_vouched(asked_from=contact_point, contact_point=mobile)
    assert linked is not None
    assert ContactLink.objects.get(contact_point=mobile).how == LinkHow.VOUCHED
    again = link_vouched(asked_from=contact_point, contact_point=mobile)
    assert again is not None
    assert again.outcome is LinkOutcome.ALREADY
    # Another account says the same number, known by now: its holder may have changed.
    other = contact_at(kind=ChannelCode.TELEGRAM, address="99")
    called = contact_at(kind=ChannelCode.VOICE, address="0612345678")
    assert link_vouched(asked_from=other, contact_point=called) is None
    assert speaker(other) is None


def test_a_shared_or_long_unproved_number_is_left_to_a_person(
    contact_point: ContactPoint, mobile: ContactPoint
) -> None:
    resident_of_contact(contact_point_id=contact_point.pk)
    resident_of_contact(contact_point_id=mobile.pk)
    ContactLink.objects.filter(contact_point=mobile).update(since="2020-01-01T00:00:00Z")
    with pytest.raises(LinkConflict):
        contacts_join(here=contact_point, other=mobile)

    contact_share(contact_point_id=mobile.pk)
    with pytest.raises(LinkConflict):
        contacts_join(here=contact_point, other=mobile)
    other = phone_contact(number="0698765432")
    assert contacts_join(here=contact_point, other=other).merge is None


def test_a_number_that_called_is_the_same_person_when_it_is_texted(
    contact_point: ContactPoint, mobile: ContactPoint, phones: Phones
) -> None:
    called = contact_at(kind=ChannelCode.VOICE, address="0612345678")
    caller = resident_of_contact(contact_point_id=called.pk)
    assert joined(contact_point, mobile, phones).resident == caller
    assert speaker(contact_point) == speaker(mobile) == caller


def test_a_number_that_called_long_ago_is_left_to_a_person(
    contact_point: ContactPoint, mobile: ContactPoint
) -> None:
    called = contact_at(kind=ChannelCode.VOICE, address="0612345678")
    resident_of_contact(contact_point_id=called.pk)
    ContactLink.objects.update(since="2020-01-01T00:00:00Z")
    with pytest.raises(LinkConflict):
        contacts_join(here=contact_point, other=mobile)
