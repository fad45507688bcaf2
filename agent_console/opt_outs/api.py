"""What a person tells the assistant about messages they did not ask for."""

import uuid
from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema

from agent_console.citizens.models import ContactPoint
from service_kit.openapi import problems
from service_kit.problems import refuse
from service_kit.tokens import require_scope

from .models import OptOutSource
from .services import news_set

router = Router(tags=["conversations"])
_PATH = "/{uuid:conversation_id}/opt-out"
_SCOPE = "contacts:write"


class OptOut(Schema):
    """``opted_out_at`` is null while news is wanted."""

    opted_out_at: datetime | None


@router.put(
    _PATH,
    response={200: OptOut, **problems(401, 403, 404)},
    operation_id="conversation_opt_out",
)
def opt_out(request: HttpRequest, conversation_id: uuid.UUID) -> ContactPoint:
    """Send nothing unasked any more to who writes here; asking again keeps the first moment."""
    return _set(request, conversation_id, wants_news=False)


@router.delete(
    _PATH,
    response={200: OptOut, **problems(401, 403, 404)},
    operation_id="conversation_opt_in",
)
def opt_in(request: HttpRequest, conversation_id: uuid.UUID) -> ContactPoint:
    """Send news again; what was kept back meanwhile is not.  Asking again changes nothing."""
    return _set(request, conversation_id, wants_news=True)


def _set(request: HttpRequest, conversation_id: uuid.UUID, *, wants_news: bool) -> ContactPoint:
    require_scope(request, _SCOPE)
    point = ContactPoint.objects.filter(conversation__pk=conversation_id).first()
    if point is None:
        refuse(404, "conversation_unknown", "Cette conversation n’existe pas.")
    return news_set(
        contact_point_id=point.pk,
        wants_news=wants_news,
        source=OptOutSource.SERVICE,
    )
