"""``/console/entrainement/phrases/<message>/``: what a missed sentence means."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from agent_console.analytics.models import MissedSentence
from agent_console.intake import access
from agent_console.meanings import understood_label

from ..errors import AlreadyCorrected
from ..forms import CorrectionForm
from ..permissions import CORRECT
from ..selectors import live_of, missed_find
from ..sentence import clean, mask_counts, pieces
from ..services import correction_propose

UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(CORRECT)
def correct(request: HttpRequest, message_id: int) -> HttpResponse:
    """The form; then what would be kept; then, by the button that only stands there, the act.

    A sentence that was marked a moment ago is not shown before it is masked.
    """
    missed = missed_find(message_id=message_id)
    if missed is None:
        raise Http404
    live = live_of(message_id=message_id)
    if live is not None and request.method != "POST":
        return redirect("training:correction", live.pk)
    if not missed.text:
        waiting = {"section": "training", "tab": "", "missed": missed}
        return render(request, "training/masking.html", waiting)
    sentence = clean(missed.text)
    form = CorrectionForm(request.POST or None, sentence=sentence)
    is_valid = request.method == "POST" and form.is_valid()
    if is_valid and "confirm" in request.POST and form.is_shown:
        actor = cast(User, request.user)
        try:
            made = correction_propose(missed=missed, example=form.example, author=actor)
        except MissedSentence.DoesNotExist as gone:
            raise Http404 from gone
        except AlreadyCorrected as refusal:
            messages.error(request, refusal.message)
            return redirect("training:correct", message_id)
        messages.success(request, "La correction est proposée. Une autre personne la relira.")
        return redirect("training:correction", made.pk)
    turn = getattr(missed.message, "turn", None)
    context: dict[str, Any] = {
        "section": "training",
        "tab": "",
        "missed": missed,
        "pieces": pieces(sentence),
        "masks": mask_counts(sentence),
        "understood": understood_label(turn.intent if turn else ""),
        "confidence": turn.confidence if turn else None,
        "form": form,
        "preview": _preview(form) if is_valid else None,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "training/correct.html", context, status=status)


def _preview(form: CorrectionForm) -> dict[str, Any]:
    example = form.example
    return {
        "pieces": pieces(example.text, example.marks),
        "masks": mask_counts(example.text),
        "line": example.line,
        "intent": understood_label(example.intent),
        "category": dict(form.fields["category"].choices).get(example.category, ""),  # type: ignore[attr-defined]
        "tag": form.tag,
    }
