"""What anybody sees: what goes where, and where that is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agent_console.places.names import fold

from .forms import AroundForm, FacilitiesForm, WasteForm
from .hours import opening_now, week_from
from .nearest import (
    Filters,
    FoundFacility,
    Point,
    facilities_everywhere,
    facilities_in_commune,
    facilities_nearest,
)
from .selectors import examples_are_shown, facility_find, sorting_rules
from .sorting.selectors import Certainty, LocalRule, rules_local, sorting_answer
from .vocabulary import Accessibility, Stream

_LISTED = 100
_NEAR = 20
_BESIDE_RULE = 3


def with_map(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page with a map may show pictures of the tile server, and of nobody else."""

    @wraps(view)
    def shown(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        tiles = urlsplit(settings.MAP_TILES_URL)
        if not tiles.netloc:
            return view(request, *args, **kwargs)
        allowed = csp_update({"img-src": [f"{tiles.scheme}://{tiles.netloc}"]})(view)
        return cast(HttpResponse, allowed(request, *args, **kwargs))

    return shown


@require_safe
def waste_page(request: HttpRequest) -> HttpResponse:
    """`/ou-jeter/?q=&commune=`: a rule, a question, or "je ne sais pas"; and the whole list."""
    form = WasteForm(request.GET)
    is_valid = form.is_valid()
    commune = form.chosen()
    query = form.cleaned_data.get("q", "") if is_valid else ""
    context: dict[str, object] = {
        "form": form,
        "query": query,
        "commune": commune,
    }
    if query:
        answer = sorting_answer(query=query, commune=commune)
        context["answer"] = answer
        context["is_unknown"] = answer.certainty is Certainty.UNKNOWN
        if answer.rule is not None and answer.rule.streams:
            context["places"] = _beside(answer.rule, commune.insee if commune else None)
            context["examples"] = examples_are_shown()
    if not query or context["is_unknown"]:
        context["groups"] = _by_letter(rules_local(list(sorting_rules()), commune=commune))
    return render(request, "facilities/waste.html", context, status=200 if is_valid else 422)


@with_map
@require_safe
def facilities_page(request: HttpRequest) -> HttpResponse:
    """`/points-de-collecte/?commune=&kind=&waste=&open=`."""
    form = FacilitiesForm(request.GET)
    is_valid = form.is_valid()
    commune, filters, now = form.chosen(), form.filters(), timezone.now()
    if commune is None:
        found = facilities_everywhere(filters=filters, at=now, limit=_LISTED)
    else:
        found = facilities_in_commune(insee=commune.insee, filters=filters, at=now, limit=_LISTED)
    return _list(request, form, found, is_around=False, status=200 if is_valid else 422)


@with_map
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def around_page(request: HttpRequest) -> HttpResponse:
    """`/points-de-collecte/autour/`: around a position.

    It comes by POST, so that it stands in no address, no history and no log; nothing keeps it.
    """
    if request.method != "POST":
        return redirect("facilities:list")
    form = AroundForm(request.POST)
    is_valid = form.is_valid()
    found: list[FoundFacility] = []
    if is_valid:
        around = Point(form.cleaned_data["lat"], form.cleaned_data["lon"])
        found = facilities_nearest(
            around=around, filters=form.filters(), at=timezone.now(), limit=_NEAR
        )
    return _list(request, form, found, is_around=is_valid, status=200 if is_valid else 422)


@with_map
@require_safe
def facility_page(request: HttpRequest, facility_id: UUID) -> HttpResponse:
    """`/points-de-collecte/<uuid>/`."""
    facility = facility_find(facility_id=facility_id)
    if facility is None:
        raise Http404
    now = timezone.now()
    context = {
        "facility": facility,
        "opening": opening_now(facility.opening_hours, at=now),
        "week": week_from(facility.opening_hours, at=now),
        "accepts": [Stream(code).label for code in facility.accepts],
        "accessibility": Accessibility(facility.accessibility),
        **_map_context(),
    }
    return render(request, "facilities/facility.html", context)


def _list(
    request: HttpRequest,
    form: FacilitiesForm,
    found: list[FoundFacility],
    *,
    is_around: bool,
    status: int,
) -> HttpResponse:
    context = {
        "form": form,
        "found": found,
        "is_around": is_around,
        "is_cut": len(found) == _LISTED,
        "commune": form.chosen(),
        "examples": any(row.facility.is_example for row in found),
        **_map_context(),
    }
    return render(request, "facilities/list.html", context, status=status)


def _map_context() -> dict[str, object]:
    return {
        "tiles_url": settings.MAP_TILES_URL,
        "tiles_attribution": settings.MAP_TILES_ATTRIBUTION,
    }


def _beside(rule: LocalRule, insee: str | None) -> list[FoundFacility]:
    """Some places that take the waste; without a commune none, rather than far ones."""
    if insee is None:
        return []
    filters = Filters(streams=rule.streams)
    return facilities_in_commune(
        insee=insee, filters=filters, at=timezone.now(), limit=_BESIDE_RULE
    )


def _by_letter(rules: list[LocalRule]) -> list[tuple[str, list[LocalRule]]]:
    """Rules under the first letter of their name, accents aside."""
    groups: dict[str, list[LocalRule]] = {}
    for rule in sorted(rules, key=lambda rule: fold(rule.name)):
        groups.setdefault(fold(rule.name)[:1].upper(), []).append(rule)
    return list(groups.items())
