"""What the assistant may ask: the article that answers what was understood, or what was written."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict, StringConstraints

from service_kit.openapi import problems
from service_kit.tokens import require_scope

from .searching import article_asked_for, article_for_intent
from .selectors import said

SCOPE = "knowledge:read"
router = Router(tags=["knowledge"])


class AskedIn(Schema):
    """``intent``: what was understood; else ``text``: what was written, which is kept nowhere."""

    model_config = ConfigDict(extra="forbid")

    intent: Annotated[str, StringConstraints(max_length=64)] = ""
    text: Annotated[str, StringConstraints(max_length=2000)] = ""
    locale: Literal["fr", "en"] = "fr"


class ArticleOut(Schema):
    """``answer`` is at most 480 characters; ``source_url`` is empty or a whole address."""

    code: str
    title: str
    answer: str
    source_label: str
    source_url: str


class AnswerOut(Schema):
    """``article`` is null when no published one answers, in this language, exactly that."""

    article: ArticleOut | None


@router.post(
    "/answers",
    response={200: AnswerOut, **problems(400, 401, 403, 422)},
    operation_id="knowledge_answer",
)
def answer(request: HttpRequest, payload: AskedIn) -> AnswerOut:
    """Writes nothing: the same question is answered the same until an article changes."""
    require_scope(request, SCOPE)
    found = None
    if payload.intent:
        found = article_for_intent(intent=payload.intent, locale=payload.locale)
    if found is None and payload.text:
        found = article_asked_for(text=payload.text, locale=payload.locale)
    if found is None:
        return AnswerOut(article=None)
    spoken = said(found, payload.locale)
    return AnswerOut(
        article=ArticleOut(
            code=found.code,
            title=spoken.title,
            answer=spoken.answer,
            source_label=found.source_label,
            source_url=found.source_address,
        )
    )
