"""``/console/residents/<uuid>/my-data/``: a person's rights, exercised by a colleague for them.

The colleague makes sure who is speaking, as for points; what they do is kept with their name.
"""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agent_console.citizens.consent_texts import consent_text
from agent_console.citizens.consents import Said, consent_answer, consent_of, consents_of
from agent_console.citizens.models import ChannelCode, ConsentAnswer, ConsentBy, Resident
from agent_console.intake import access
from agent_console.intake.selectors import resident_find
from agent_console.rights.correcting import CorrectionRefused
from agent_console.rights.corrections import correctable_of, correction_make
from agent_console.rights.erasing import resident_erase
from agent_console.rights.export import my_data
from agent_console.rights.models import ActKind
from agent_console.rights.recording import act_record, acts_of
from agent_console.rights.shown import data_file, sections_of
from agent_console.rights.warning import erasure_warning
from agent_console.staff.auditing import audit
from agent_console.staff.confirming import confirmed
from agent_console.staff.models import Act

SEE, ERASE = "rights.see_personal_data", "rights.erase_resident"
CONSENT = "citizens.record_consent"
_ANSWERS = {"yes": ConsentAnswer.AGREED, "no": ConsentAnswer.REFUSED}
_WHO = {"person": ConsentBy.OPERATOR, "behalf": ConsentBy.BEHALF}


@never_cache
@require_safe
@access.needs(SEE)
def page(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """All that is kept, what they answered, what was done about it."""
    resident = _resident(resident_id)
    data = my_data(resident_id=resident.pk)
    _record(request, resident, ActKind.SEEN, Act.PERSONAL_DATA)
    context = {
        "section": "residents",
        "resident": resident,
        "sections": sections_of(data),
        "correctable": correctable_of(resident_id=resident.pk),
        "correct_url": reverse("personal-data:correct", args=[resident.pk]),
        "consent": consent_of(resident_id=resident.pk),
        "consents": consents_of(resident_id=resident.pk),
        "consent_text": consent_text(),
        "warning": erasure_warning(resident_id=resident.pk),
        "acts": acts_of(resident_id=resident.pk),
    }
    return render(request, "rights/console/resident.html", context)


@confirmed
@never_cache
@require_safe
@access.needs(SEE)
def take_away(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """A copy for the person, to be handed or sent to them; it is kept nowhere."""
    resident = _resident(resident_id)
    data = my_data(resident_id=resident.pk)
    _record(request, resident, ActKind.TAKEN, Act.COPY)
    return data_file(data)


@require_POST
@access.needs(SEE)
def correct(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """What they say is wrong, set right for them."""
    resident = _resident(resident_id)
    try:
        correction_make(
            resident_id=resident.pk,
            said=request.POST.dict(),
            channel=ChannelCode.PHONE,
            actor=_agent(request),
        )
        messages.success(request, "C’est corrigé.")
    except CorrectionRefused as refusal:
        messages.error(request, refusal.message)
    return redirect("personal-data:resident", resident_id=resident.pk)


@require_POST
@access.needs(CONSENT)
def consent(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """What they answered on the telephone, or somebody for them."""
    resident = _resident(resident_id)
    answer = _ANSWERS.get(request.POST.get("answer", ""))
    by = _WHO.get(request.POST.get("by", "person"))
    if answer is None or by is None:
        messages.error(request, "Choisissez une réponse.")
    else:
        said = Said(answer, ChannelCode.PHONE, by=by, actor=_agent(request))
        consent_answer(resident_id=resident.pk, said=said)
        messages.success(request, "La réponse est notée. Rien ne change pour ses demandes.")
    return redirect("personal-data:resident", resident_id=resident.pk)


@confirmed
@require_POST
@access.needs(ERASE)
def erase(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """At their request, after the warning was read to them."""
    resident = _resident(resident_id)
    found = erasure_warning(resident_id=resident.pk)
    if request.POST.get("understood") != "1":
        messages.error(request, "Lisez l’avertissement à la personne, puis cochez la case.")
    elif request.POST.get("confirm") != found.confirm:
        messages.error(request, "Ce qui serait effacé a changé : relisez l’avertissement.")
    else:
        resident_erase(resident_id=resident.pk, channel=ChannelCode.PHONE, actor=_agent(request))
        messages.success(request, "Les données de cette personne sont effacées.")
        return redirect("console:inbox")
    return redirect("personal-data:resident", resident_id=resident.pk)


@transaction.atomic
def _record(request: HttpRequest, resident: Resident, kind: ActKind, act: Act) -> None:
    """ONE transaction: what the person may ask about, and the trail of colleagues."""
    agent = _agent(request)
    act_record(resident_id=resident.pk, kind=kind, channel=ChannelCode.PHONE, actor=agent)
    audit(actor=agent, act=act, resident_id=resident.pk)


def _resident(resident_id: UUID) -> Resident:
    resident = resident_find(resident_id=resident_id)
    if resident is None or resident.erased_at is not None:
        raise Http404
    return resident


def _agent(request: HttpRequest) -> User:
    return cast(User, request.user)  # `needs` lets nobody else through
