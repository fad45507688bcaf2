"""What supervisors fill in about rewards and sorting."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from typing import Any

from django import forms

from .models import CENTS_MAX, WEEKS_MAX, WEEKS_MIN, Study
from .services import StudyTerms
from .tonnages import FILE_BYTES_MAX

_WEEKS_DEFAULT = 26
_FIRST_YEAR, _LAST_YEAR = 2019, 2100


class _Form(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class StudyForm(_Form):
    """Where and when rewards began, and with which communes that is compared."""

    began_on = forms.DateField(
        label="Premier jour des récompenses",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ended_on = forms.DateField(
        label="Dernier jour, si elles se sont arrêtées",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    weeks = forms.IntegerField(
        label="Semaines comparées, de chaque côté",
        min_value=WEEKS_MIN,
        max_value=WEEKS_MAX,
        initial=_WEEKS_DEFAULT,
    )
    rewarded = forms.MultipleChoiceField(
        label="Communes récompensées", widget=forms.CheckboxSelectMultiple
    )
    compared = forms.MultipleChoiceField(
        label="Communes de comparaison", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, communes: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("rewarded", "compared"):
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = list(communes.items())
        self._names = communes

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        both = set(cleaned.get("rewarded", ())) & set(cleaned.get("compared", ()))
        if both:
            names = ", ".join(sorted(self._names[insee] for insee in both))
            self.add_error(
                "compared", f"Dans les deux groupes : {names}. Une commune n’est que dans un seul."
            )
        began_on, ended_on = cleaned.get("began_on"), cleaned.get("ended_on")
        if began_on and ended_on and ended_on < began_on:
            self.add_error("ended_on", "Le dernier jour vient avant le premier.")
        return cleaned

    @property
    def terms(self) -> StudyTerms:
        """Once it is valid."""
        return StudyTerms(**{name: self.cleaned_data[name] for name in StudyTerms.__annotations__})


def study_initial(study: Study) -> dict[str, Any]:
    """The form as the study is."""
    return {name: getattr(study, name) for name in StudyTerms.__annotations__}


class TonnagesForm(_Form):
    """A file of tonnages."""

    file = forms.FileField(
        label="Fichier CSV",
        widget=forms.ClearableFileInput(
            attrs={"accept": ".csv,text/csv", "aria-describedby": "aide-fichier"}
        ),
    )

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > FILE_BYTES_MAX:
            raise forms.ValidationError("Le fichier dépasse 1 Mo : coupez-le.")
        return bytes(file.read())


class SitesForm(_Form):
    """A commune for each site; those left empty stay unknown."""

    def __init__(
        self, *args: Any, sites: list[str], communes: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        # Named after the site, not after its place in a list that may have changed meanwhile.
        self._sites = {f"site-{sha256(site.encode()).hexdigest()[:16]}": site for site in sites}
        for name, site in self._sites.items():
            self.fields[name] = forms.ChoiceField(
                label=site, required=False, choices=[("", "Non connue"), *communes.items()]
            )

    @property
    def communes(self) -> dict[str, str]:
        """Site → commune; once it is valid."""
        return {
            site: self.cleaned_data[name]
            for name, site in self._sites.items()
            if self.cleaned_data[name]
        }


class SpendingForm(_Form):
    """What a year cost."""

    year = forms.IntegerField(label="Année", min_value=_FIRST_YEAR, max_value=_LAST_YEAR)
    euros = forms.DecimalField(
        label="Dépenses, en euros HT",
        min_value=0,
        max_value=CENTS_MAX // 100,
        decimal_places=2,
        localize=True,
    )

    @property
    def cents(self) -> int:
        """Once it is valid."""
        return int(Decimal(self.cleaned_data["euros"]) * 100)
