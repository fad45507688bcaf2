"""``/console/entrainement/``: proposals, read by somebody else; what was taken for what."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agent_console.conversations.models import Message
from agent_console.intake import access
from agent_console.meanings import understood_label

from ..errors import TrainingError
from ..forms import AskedForm, RefusalForm, categories
from ..models import Correction
from ..permissions import ANY, REVIEW
from ..selectors import Asked, confusions, correction_find, corrections, counts_by_intent
from ..sentence import mask_counts
from ..services import correction_decide
from ..workflow import Act, Reason, State

_PER_PAGE = 50
_DONE = {
    Act.ACCEPTED: "La correction est acceptée.",
    Act.REFUSED: "La correction est refusée.",
    Act.REOPENED: "La correction est de nouveau à relire.",
}
UNPROCESSABLE = 422


@require_safe
@access.needs(*ANY)
def correction_list(request: HttpRequest) -> HttpResponse:
    """`?etat=&intention=&compris=&export=`: those to read first, unless another state is asked."""
    form = AskedForm({"etat": State.PROPOSED, **request.GET.dict()})
    given = form.cleaned_data if form.is_valid() else {}
    asked = Asked(
        state=given.get("etat", State.PROPOSED).replace("toutes", ""),
        intent=given.get("intention", ""),
        understood=given["compris"] if given and "compris" in request.GET else None,
        export=given.get("export"),
    )
    onward = request.GET.copy()
    onward.pop("page", None)
    context = {
        "section": "training",
        "tab": "corrections",
        "form": form,
        "page": Paginator(corrections(asked), _PER_PAGE).get_page(request.GET.get("page")),
        "onward": onward.urlencode(),
        "understood": understood_label(asked.understood) if asked.understood is not None else "",
        "is_first_state": asked == Asked(state=State.PROPOSED),
        "counts": counts_by_intent(),
    }
    return render(request, "training/corrections.html", context)


@require_safe
@access.needs(*ANY)
def correction_page(request: HttpRequest, correction_id: int) -> HttpResponse:
    """One of them, its history, and what can be done."""
    return _page(request, _correction(correction_id), RefusalForm())


@require_POST
@access.needs(REVIEW)
def decide(request: HttpRequest, correction_id: int) -> HttpResponse:
    """Accept, refuse with a reason, or take a decision back."""
    act = request.POST.get("act", "")
    if act not in _DONE:
        return HttpResponseBadRequest()
    correction = _correction(correction_id)
    form = RefusalForm(request.POST)
    if act == Act.REFUSED and not form.is_valid():
        return _page(request, correction, form)
    try:
        correction_decide(
            correction_id=correction.pk,
            act=Act(act),
            actor=cast(User, request.user),
            reason=Reason(form.cleaned_data["reason"]) if act == Act.REFUSED else None,
        )
    except TrainingError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _DONE[Act(act)])
    return redirect("training:correction", correction.pk)


@require_safe
@access.needs(*ANY)
def confusion_table(request: HttpRequest) -> HttpResponse:
    """What people meant, by what the assistant took it for."""
    context = {"section": "training", "tab": "confusions", "table": confusions()}
    return render(request, "training/confusions.html", context)


def _correction(correction_id: int) -> Correction:
    correction = correction_find(correction_id=correction_id)
    if correction is None:
        raise Http404
    return correction


def _origin(correction: Correction) -> Message | None:
    """The sentence in its conversation, while there is one."""
    if correction.message_id is None:
        return None
    return Message.objects.filter(pk=correction.message_id).first()


def _page(request: HttpRequest, correction: Correction, form: RefusalForm) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "training",
        "tab": "",
        "one": correction,
        "category": dict(categories()).get(correction.category, correction.category),
        "masks": mask_counts(correction.text),
        "steps": correction.steps.select_related("actor"),
        "message": _origin(correction),
        "form": form,
        "is_own": correction.author == request.user,
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "training/correction.html", context, status=status)
