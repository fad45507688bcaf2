"""`/console/calls/interpreters/`: whom operators can call into a talk, by language."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from agent_console.calls import interpreters
from agent_console.calls.desk import number_unsealed
from agent_console.calls.errors import CallError, PhoneInvalid
from agent_console.calls.models import Interpreter
from agent_console.citizens.numbers import readable
from agent_console.intake import access

from .access import CHANGE_INTERPRETERS
from .forms import InterpreterForm


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(CHANGE_INTERPRETERS)
def page(request: HttpRequest) -> HttpResponse:
    """The list, and one more."""
    form = InterpreterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = interpreters.interpreter_add(
                wish=interpreters.InterpreterWish(**form.cleaned_data),
                actor=cast(User, request.user),
            )
        except CallError as refused:
            form.add_error("number" if isinstance(refused, PhoneInvalid) else None, refused.message)
        else:
            messages.success(request, f"{made.name} peut être appelé pour : {made.language}.")
            return redirect("calls:interpreters")
    rows = [(one, _number(one)) for one in Interpreter.objects.select_related("changed_by")]
    context = {"section": "telephone", "form": form, "rows": rows}
    status = 422 if form.errors else 200
    return render(request, "phone_desk/interpreters.html", context, status=status)


@require_POST
@access.needs(CHANGE_INTERPRETERS)
def change(request: HttpRequest, interpreter_id: int, choice: str) -> HttpResponse:
    """Call them no more (``off``), or again (``on``)."""
    if choice not in ("on", "off"):
        raise Http404
    try:
        interpreters.interpreter_set_active(
            interpreter_id=interpreter_id,
            is_active=choice == "on",
            actor=cast(User, request.user),
        )
    except Interpreter.DoesNotExist as error:
        raise Http404 from error
    messages.success(request, "C’est noté.")
    return redirect("calls:interpreters")


def _number(row: Interpreter) -> str:
    number = number_unsealed(row.number_sealed)
    return readable(number) if number else ""
