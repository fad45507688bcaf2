"""Resolving what a citizen said about a place."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, StringConstraints

from service_kit.openapi import problems
from service_kit.tokens import require_scope

from .models import Commune
from .selectors import commune_find

router = Router(tags=["places"])
PlaceText = Annotated[str, StringConstraints(strict=True, max_length=300, strip_whitespace=True)]


class CommuneOut(Schema):
    """``postcode`` is empty when the commune has several."""

    insee: str
    name: str
    postcode: str


class ResolveIn(Schema):
    """What was said: the whole place, and the commune when it was heard apart."""

    model_config = ConfigDict(extra="forbid")

    text: PlaceText = ""
    commune: PlaceText = ""


class ResolveOut(Schema):
    """``found`` is false when no commune of the Metropolis is named."""

    found: bool
    in_territory: bool
    label: str
    commune: CommuneOut | None


@router.post(
    "/resolve",
    response={200: ResolveOut, **problems(401, 403, 422)},
    operation_id="place_resolve",
)
def resolve(request: HttpRequest, payload: ResolveIn) -> ResolveOut:
    """The commune that a text means."""
    require_scope(request, "places:read")
    commune = commune_find(payload.commune) or commune_find(payload.text)
    if commune is None:
        return ResolveOut(found=False, in_territory=False, label=payload.text, commune=None)
    return ResolveOut(
        found=True,
        in_territory=True,
        label=", ".join(part for part in (payload.text, commune.name) if part),
        commune=_commune_out(commune),
    )


def _commune_out(commune: Commune) -> CommuneOut:
    return CommuneOut(
        insee=commune.insee,
        name=commune.name,
        postcode=commune.postcodes[0] if len(commune.postcodes) == 1 else "",
    )
