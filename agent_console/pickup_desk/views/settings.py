"""Supervisors: sectors, communes' rules, the catalogue, and who changed what."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from agent_console.pickup_desk import access
from agent_console.pickup_desk.forms import CommuneForm, ItemForm, RuleForm, SectorForm
from agent_console.pickup_desk.views.common import actor, form_page, page, refuse, sector_or_404
from agent_console.pickups.errors import PickupError
from agent_console.pickups.models import CommuneRule, Item, Sector
from agent_console.pickups.selectors import settings as selectors
from agent_console.pickups.services import settings as services
from agent_console.pickups.volumes import cubic_metres
from agent_console.places.models import Commune


@require_safe
@access.needs(access.VIEW)
def overview(request: HttpRequest) -> HttpResponse:
    """Rules, sectors and objects on one page."""
    context = {
        "tab": "settings",
        "rules": selectors.rules(),
        "sectors": selectors.sectors(),
        "accepted": selectors.items(is_accepted=True, with_withdrawn=True),
        "forbidden": selectors.items(is_accepted=False, with_withdrawn=True),
        "changes": selectors.changes(limit=20),
        "commune_form": CommuneForm(),
    }
    return page(request, "pickup_desk/settings.html", context)


@access.needs(access.MANAGE)
def rule(request: HttpRequest, key: str) -> HttpResponse:
    """The rule of a commune, or (`default`) of all that have none."""
    commune = None if key == "default" else _commune(key)
    general = CommuneRule.objects.filter(commune=None).first()
    present = CommuneRule.objects.filter(commune=commune).first()
    shown = present or general
    initial: dict[str, Any] = {}
    if shown is not None:
        initial = {name: getattr(shown, name) for name in RuleForm.base_fields}
        initial["max_litres"] = cubic_metres(shown.max_litres).split("\u00a0")[0]
    form = RuleForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            services.rule_set(
                insee=commune.insee if commune else None,
                terms=services.RuleTerms(**form.cleaned_data),
                actor=actor(request),
            )
        except PickupError as error:
            refuse(form, error)
        else:
            messages.success(request, "La règle est enregistrée.")
            return redirect("pickups:settings")
    context = {
        "tab": "settings",
        "commune": commune,
        "rule": present,
        "changes": selectors.changes(kind="rule", key=key),
    }
    return form_page(request, "pickup_desk/rule.html", form, context)


@require_safe
@access.needs(access.MANAGE)
def rule_choose(request: HttpRequest) -> HttpResponse:
    """To the rule of the commune that was chosen."""
    form = CommuneForm(request.GET)
    if not form.is_valid():
        return redirect("pickups:settings")
    return redirect("pickups:rule", key=form.cleaned_data["commune"].insee)


@require_POST
@access.needs(access.MANAGE)
def rule_remove(request: HttpRequest, key: str) -> HttpResponse:
    """Let the general rule hold again."""
    services.rule_remove(insee=_commune(key).insee, actor=actor(request))
    messages.success(request, "La règle générale vaut de nouveau pour cette commune.")
    return redirect("pickups:settings")


@access.needs(access.MANAGE)
def item(request: HttpRequest, code: str = "") -> HttpResponse:
    """An object of the catalogue, or a new one."""
    present = Item.objects.filter(pk=code).first()
    if code and present is None:
        raise Http404
    form = ItemForm(
        request.POST if request.method == "POST" else None,
        initial=_item_initial(present) if present else {"is_accepted": "oui"},
    )
    if form.is_valid() and _item_saved(request, present, form):
        messages.success(request, "L’objet est enregistré.")
        return redirect("pickups:settings")
    context = {
        "tab": "settings",
        "item": present,
        "changes": selectors.changes(kind="item", key=code) if code else [],
    }
    return form_page(request, "pickup_desk/item.html", form, context)


@access.needs(access.MANAGE)
def sector(request: HttpRequest, code: str = "") -> HttpResponse:
    """A sector, or a new one."""
    present = sector_or_404(code) if code else None
    initial: dict[str, Any] = {}
    if present is not None:
        initial = {
            "name": present.name,
            "operator_name": present.operator_name,
            "operator_phone": present.operator_phone,
            "communes": list(present.communes.values_list("insee", flat=True)),
        }
    form = SectorForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        try:
            services.sector_set(
                code=code or _free_code(given["name"], Sector),
                name=given["name"],
                operator_name=given["operator_name"],
                operator_phone=given["operator_phone"],
                communes=[commune.insee for commune in given["communes"]],
                actor=actor(request),
            )
        except PickupError as error:
            refuse(form, error)
        else:
            messages.success(request, "Le secteur est enregistré.")
            return redirect("pickups:settings")
    context = {
        "tab": "settings",
        "sector": present,
        "changes": selectors.changes(kind="sector", key=code) if code else [],
    }
    return form_page(request, "pickup_desk/sector.html", form, context)


def _item_saved(request: HttpRequest, present: Item | None, form: ItemForm) -> bool:
    given = form.cleaned_data
    try:
        services.item_set(
            code=present.code if present else _free_code(given["label_fr"], Item),
            actor=actor(request),
            **given,
        )
    except PickupError as error:
        refuse(form, error)
        return False
    return True


def _item_initial(item: Item) -> dict[str, Any]:
    return {
        "label_fr": item.label_fr,
        "label_en": item.label_en,
        "synonyms": "\n".join(item.synonyms),
        "is_accepted": "oui" if item.is_accepted else "non",
        "litres": item.litres,
        "instead_fr": item.instead_fr,
        "instead_en": item.instead_en,
        "is_offered": item.is_offered,
    }


def _free_code(label: str, model: type[Item] | type[Sector]) -> str:
    """A code made of a name, with a number when it is taken."""
    base = slugify(label)[:28] or "x"
    code, number = base, 1
    while model.objects.filter(pk=code).exists():
        number += 1
        code = f"{base}-{number}"
    return code


def _commune(insee: str) -> Commune:
    commune = Commune.objects.filter(pk=insee).first()
    if commune is None:
        raise Http404
    return commune
