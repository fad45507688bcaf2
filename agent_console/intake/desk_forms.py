"""Forms of the desk: what is written, whom it is handed to, what the inbox shows."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone

from agent_console.citizens.addresses import NUMBER_KINDS, address_digest, phone_normalised
from agent_console.citizens.errors import AddressInvalid
from agent_console.citizens.models import ChannelCode
from agent_console.conversations.desk.models import Team
from agent_console.conversations.desk.selectors import (
    OLDEST_FIRST,
    DeskFilter,
    colleagues_of,
    teams,
)
from agent_console.conversations.models import Conversation
from agent_console.references import parse_reference
from agent_console.reports.models import Report

if TYPE_CHECKING:
    _TeamModelForm = forms.ModelForm[Team]
    _UserChoices = forms.ModelMultipleChoiceField[User]
else:  # Django's own class can't be subscripted
    _TeamModelForm = forms.ModelForm
    _UserChoices = forms.ModelMultipleChoiceField

SHOWN: Final = [
    ("", "Toutes"),
    ("mine", "Les miennes"),
    ("unassigned", "Sans conseiller"),
    ("waiting", "En attente"),
    ("late", "En retard"),
    ("alert", "Urgence"),
]
_LOCALES = [("", "Toutes"), ("fr", "Français"), ("en", "Anglais")]


class WritingForm(forms.Form):
    """A reply: its key makes it one however often it comes, ``seen`` is the last number read."""

    key = forms.UUIDField()
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    text = forms.CharField(required=False, strip=False)


class DraftForm(forms.Form):
    """What is being written."""

    key = forms.UUIDField()
    text = forms.CharField(required=False, strip=False)


class TransferForm(forms.Form):
    """One of both: ``user:<id>`` or ``team:<id>``."""

    to = forms.CharField(max_length=40)
    text = forms.CharField(required=False, max_length=1000)

    def chosen(self, actor: User) -> dict[str, Any]:
        """The colleague or the team; empty for neither."""
        kind, _, number = str(self.cleaned_data.get("to") or "").partition(":")
        if not number.isdecimal() or len(number) > 9:
            return {}
        if kind == "user":
            everybody = colleagues_of(actor) | User.objects.filter(pk=actor.pk)
            return {"colleague": everybody.filter(pk=int(number)).first()}
        if kind == "team":
            return {"team": teams().filter(pk=int(number)).first()}
        return {}


class DeskFilterForm(forms.Form):
    """The inbox's filters as they stand in an address; what does not fit is left out."""

    shown = forms.ChoiceField(required=False, choices=SHOWN)
    q = forms.CharField(label="Rechercher", required=False, max_length=200)
    channel = forms.ChoiceField(
        label="Canal", required=False, choices=[("", "Tous"), *ChannelCode.choices]
    )
    locale = forms.ChoiceField(label="Langue", required=False, choices=_LOCALES)
    before = forms.CharField(required=False, max_length=80)

    def wanted(self, user: User) -> DeskFilter:
        """The filter in force."""
        self.is_valid()
        asked = self.cleaned_data
        words = (asked.get("q") or "").replace("\x00", "").strip()
        return DeskFilter(
            shown=asked.get("shown") or "",
            user_id=user.pk,
            channel=asked.get("channel") or "",
            locale=asked.get("locale") or "",
            words=words,
            also=found_otherwise(words) if words else frozenset(),
            before=_cursor_read(asked.get("before") or ""),
        )

    def query(self, *, before: Conversation | None = None, **changed: str) -> str:
        """The address's query for the same filters, with some changed, from the first page on."""
        asked = self.cleaned_data
        values = {name: asked.get(name) or "" for name in ("shown", "q", "channel", "locale")}
        if before is not None:
            at = before.waiting_since if values["shown"] in OLDEST_FIRST else before.last_message_at
            values["before"] = f"{at.isoformat()}_{before.pk}" if at else ""
        values |= changed
        return urlencode({name: value for name, value in values.items() if value})


class _Members(_UserChoices):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name() or obj.get_username()


class TeamForm(_TeamModelForm):
    """A team and who is in it."""

    members = _Members(label="Membres", queryset=User.objects.none(), required=False)

    class Meta:
        model = Team
        fields = ["name", "members"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = self.fields["members"]
        assert isinstance(members, _Members)
        members.queryset = User.objects.with_perm("conversations.answer_conversation").order_by(
            "first_name", "username"
        )


def found_otherwise(words: str) -> frozenset[uuid.UUID]:
    """Conversations of a report's reference, or of a telephone number."""
    found: set[uuid.UUID] = set()
    if reference := parse_reference(words):
        reports = Report.objects.filter(reference=reference, conversation__isnull=False)
        found |= {pk for pk in reports.values_list("conversation_id", flat=True) if pk}
    try:
        phone = phone_normalised(words)
    except AddressInvalid:
        return frozenset(found)
    digest = address_digest(kind=ChannelCode.PHONE, address=phone)
    contacts = Conversation.objects.filter(
        contact_point__kind__in=NUMBER_KINDS, contact_point__key_digest=digest
    )
    return frozenset(found | set(contacts.values_list("pk", flat=True)))


def _cursor_read(text: str) -> tuple[datetime, uuid.UUID] | None:
    at, _, number = text.partition("_")
    try:
        found = datetime.fromisoformat(at), uuid.UUID(number)
    except ValueError:
        return None
    return found if timezone.is_aware(found[0]) else None
