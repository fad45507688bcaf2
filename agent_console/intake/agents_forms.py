"""Forms of the routing: what an agent can be offered, and the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import User

from agent_console.conversations.desk.models import Team
from agent_console.conversations.routing.models import (
    LOCALES,
    WRITTEN_CHANNELS,
    AssignmentRules,
    Skillset,
)

if TYPE_CHECKING:
    _TeamChoices = forms.ModelMultipleChoiceField[Team]
    _RulesModelForm = forms.ModelForm[AssignmentRules]
else:  # Django's own class can't be subscripted
    _TeamChoices = forms.ModelMultipleChoiceField
    _RulesModelForm = forms.ModelForm

_CHECKED = forms.CheckboxSelectMultiple


class SkillsForm(forms.Form):
    """``seen``: the newest change that its page showed."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    capacity = forms.IntegerField(
        label="Conversations à la fois", min_value=1, max_value=Skillset.CAPACITY_MAX
    )
    locales = forms.MultipleChoiceField(
        label="Langues", choices=LOCALES, widget=_CHECKED, required=False
    )
    channels = forms.MultipleChoiceField(
        label="Canaux", choices=WRITTEN_CHANNELS, widget=_CHECKED, required=False
    )
    teams = _TeamChoices(
        label="Équipes", queryset=Team.objects.all(), widget=_CHECKED, required=False
    )

    @classmethod
    def of(cls, user: User, skills: Skillset, *, seen: int) -> SkillsForm:
        """What stands now."""
        return cls(
            initial={
                "seen": seen,
                "capacity": skills.capacity,
                "locales": skills.locales,
                "channels": skills.channels,
                "teams": user.desk_teams.all(),
            }
        )


class RulesForm(_RulesModelForm):
    """How conversations find their agent."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    class Meta:
        model = AssignmentRules
        fields = ["is_automatic", "answer_within_min", "told_after_min"]
        help_texts = {
            "is_automatic": "Sans cela, chacun prend dans la file, comme aujourd’hui.",
            "answer_within_min": "Ensuite la conversation est proposée au suivant ; prise mais"
            " restée sans réponse, elle retourne dans la file.",
            "told_after_min": "Une fois, avec le numéro d’appel, les horaires et le rappel.",
        }

    def saved_with(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: self.cleaned_data[name] for name in [*self.Meta.fields, "seen"]}
