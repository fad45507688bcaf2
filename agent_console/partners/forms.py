"""Forms of the partners' portal."""

from __future__ import annotations

from typing import Any

from django import forms

from agent_console.intake.forms import KeyForm, SignInForm

from .texts import DISPUTE_REASONS


class CashierSignInForm(SignInForm):
    """The agents' form; a phone's keyboard must not capitalise a user name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}


class ProblemForm(KeyForm):
    """What is wrong with a voucher; a choice, no free text, so that no name slips in."""

    reason = forms.ChoiceField(
        label="Que s’est-il passé\u202f?",
        choices=DISPUTE_REASONS,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez ce qui s’est passé.",
            "invalid_choice": "Choisissez ce qui s’est passé.",
        },
    )
