"""Writes about the list of interpreters.  Each public function is one transaction."""

from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import transaction

from .desk import number_sealed
from .errors import InterpreterInvalid
from .models import Interpreter


@dataclass(frozen=True)
class InterpreterWish:
    """Whom to call for which language, at a number as people write it."""

    language: str
    name: str
    number: str = field(repr=False)


@transaction.atomic
def interpreter_add(*, wish: InterpreterWish, actor: User) -> Interpreter:
    """One more; raises ``InterpreterInvalid``, ``PhoneInvalid``."""
    language, name = " ".join(wish.language.split()).lower(), " ".join(wish.name.split())
    if not language or not name:
        raise InterpreterInvalid
    return Interpreter.objects.create(
        language=language[:40],
        name=name[:80],
        number_sealed=number_sealed(wish.number),
        changed_by=actor,
    )


@transaction.atomic
def interpreter_set_active(*, interpreter_id: int, is_active: bool, actor: User) -> None:
    """Call them no more, or again; raises ``Interpreter.DoesNotExist``."""
    row = Interpreter.objects.select_for_update().get(pk=interpreter_id)
    row.is_active, row.changed_by = is_active, actor
    row.save(update_fields=["is_active", "changed_by", "changed_at"])
