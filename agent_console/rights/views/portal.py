"""``/mon-espace/mes-donnees/``: see, take away, correct, erase, for whoever is signed in; and the
page behind a copy's link, for whoever asked for it in a chat."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agent_console.citizens.models import ChannelCode
from agent_console.citizens.recognition import Level
from agent_console.identity import sessions
from agent_console.identity.models import PortalSession
from agent_console.identity.texts import MESSAGES
from agent_console.identity.views.space import signed_in
from agent_console.rights.correcting import CorrectionRefused
from agent_console.rights.corrections import correctable_of, correction_make, refusal_status
from agent_console.rights.erasing import resident_erase
from agent_console.rights.export import my_data
from agent_console.rights.links import copy_resident
from agent_console.rights.models import ActKind
from agent_console.rights.recording import act_record
from agent_console.rights.retention import RULES
from agent_console.rights.shown import data_file, sections_of
from agent_console.rights.warning import erasure_warning


@require_safe
@signed_in
def mine(request: HttpRequest, session: PortalSession) -> HttpResponse:
    """All of it, to read."""
    act_record(resident_id=session.resident.pk, kind=ActKind.SEEN, channel=ChannelCode.WEB)
    return _page(request, session)


@require_safe
@signed_in
def mine_file(request: HttpRequest, session: PortalSession) -> HttpResponse:
    """All of it, to take away."""
    data = my_data(resident_id=session.resident.pk)
    act_record(resident_id=session.resident.pk, kind=ActKind.TAKEN, channel=ChannelCode.WEB)
    return data_file(data)


@require_POST
@signed_in
def correct(request: HttpRequest, session: PortalSession) -> HttpResponse:
    """One of the page's forms."""
    try:
        correction_make(
            resident_id=session.resident.pk, said=request.POST.dict(), channel=ChannelCode.WEB
        )
    except CorrectionRefused as refusal:
        return _page(request, session, problem=refusal.message, status=refusal_status(refusal))
    return redirect("rights:mine")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def erase(request: HttpRequest, session: PortalSession) -> HttpResponse:
    """First the warning, then a tick and a fresh code; afterwards nobody is signed in."""
    found = erasure_warning(resident_id=session.resident.pk)
    is_fresh = sessions.session_level(session) >= Level.SPENDING
    problem, status = "", 200
    if request.method == "POST":
        if not is_fresh:
            problem, status = MESSAGES["recognition_needed"], 403
        elif request.POST.get("understood") != "1":
            problem, status = "Cochez la case pour dire que vous avez lu ce qui sera perdu.", 422
        elif request.POST.get("confirm") != found.confirm:
            problem, status = "Ce qui serait effacé a changé : relisez, puis confirmez.", 409
        else:
            resident_erase(resident_id=session.resident.pk, channel=ChannelCode.WEB, actor=None)
            response = render(request, "rights/erased.html", {"text": found.done})
            sessions.cookie_take(response)
            return response
    context = {"warning": found, "is_fresh": is_fresh, "problem": problem}
    return render(request, "rights/erase.html", context, status=status)


@require_safe
def durations(request: HttpRequest) -> HttpResponse:
    """How long what is kept, and why; for everybody."""
    return render(request, "rights/durations.html", {"rules": RULES})


@never_cache
@require_safe
def copy(request: HttpRequest, token: str) -> HttpResponse:
    """What a link opens for an hour: to read, with the file beside it."""
    resident_id = copy_resident(token)
    if resident_id is None:
        return render(request, "rights/copy_over.html", status=410)
    context = {"sections": sections_of(my_data(resident_id=resident_id)), "token": token}
    return render(request, "rights/copy.html", context)


@never_cache
@require_safe
def copy_file(request: HttpRequest, token: str) -> HttpResponse:
    """The same, as a file."""
    resident_id = copy_resident(token)
    if resident_id is None:
        raise Http404
    return data_file(my_data(resident_id=resident_id))


def _page(
    request: HttpRequest, session: PortalSession, *, problem: str = "", status: int = 200
) -> HttpResponse:
    data: dict[str, Any] = my_data(resident_id=session.resident.pk)
    context = {
        "sections": sections_of(data),
        "points": data["points"],
        "correctable": correctable_of(resident_id=session.resident.pk),
        "correct_url": reverse("rights:correct"),
        "problem": problem,
    }
    return render(request, "rights/mine.html", context, status=status)
