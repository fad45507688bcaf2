"""Forms of signing in."""

from __future__ import annotations

from django import forms


class CodeForm(forms.Form):
    """A code of the authenticator, or a recovery code."""

    code = forms.CharField(
        label="Code",
        max_length=32,
        error_messages={"required": "Saisissez le code."},
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
                "aria-describedby": "aide-code",
            }
        ),
    )

    def refuse(self, message: str) -> None:
        """Say why the code does not do."""
        self.add_error("code", message)
        self.fields["code"].widget.attrs["aria-describedby"] = "erreur-code aide-code"
