"""Writing, reviewing and publishing articles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from agent_console.intake import access

from .. import services
from ..errors import CodeTaken, IntentTaken, KnowledgeError
from ..forms import ArticleForm, ReviewForm
from ..models import Article
from ..permissions import MANAGE
from ..workflow import Act
from .reading import article_or_404, article_response

_FIRST_REVIEW = timedelta(days=365)
_DONE = {
    Act.PUBLISHED: "L’article est publié : conseillers et assistant le trouvent.",
    Act.WITHDRAWN: "L’article est remis en brouillon.",
    Act.ARCHIVED: "L’article est archivé.",
}
_AT_FIELD = {CodeTaken: "code", IntentTaken: "intent"}
_UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(MANAGE)
def article_new(request: HttpRequest) -> HttpResponse:
    """A draft."""
    actor = _user(request)
    if request.method != "POST":
        first = {"owner": actor, "review_on": timezone.localdate() + _FIRST_REVIEW}
        return _form(request, None, ArticleForm(initial=first))
    form = ArticleForm(request.POST)
    return _save(
        request,
        None,
        form,
        lambda: services.article_create(
            code=form.cleaned_data["code"],
            content=form.content,
            owner=form.cleaned_data["owner"],
            review_on=form.cleaned_data["review_on"],
            actor=actor,
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(MANAGE)
def article_edit(request: HttpRequest, article_id: int) -> HttpResponse:
    """Other words; of two editors the second one is told."""
    article = article_or_404(request, article_id)
    if request.method != "POST":
        return _form(request, article, ArticleForm(instance=article))
    form = ArticleForm(request.POST, instance=Article.objects.get(pk=article.pk))
    return _save(
        request,
        article,
        form,
        lambda: services.article_change(
            article_id=article.pk,
            seen=_seen(request),
            content=form.content,
            owner=form.cleaned_data["owner"],
            review_on=form.cleaned_data["review_on"],
            actor=_user(request),
        ),
    )


@require_POST
@access.needs(MANAGE)
def review(request: HttpRequest, article_id: int) -> HttpResponse:
    """It still holds, until the day that is given."""
    article = article_or_404(request, article_id)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return article_response(request, article, review=form)
    return _act(
        request,
        article,
        lambda: services.article_review(
            article_id=article.pk,
            seen=_seen(request),
            review_on=form.cleaned_data["review_on"],
            actor=_user(request),
        ),
        "L’article est relu.",
    )


@require_POST
@access.needs(MANAGE)
def step(request: HttpRequest, article_id: int) -> HttpResponse:
    """Publish, withdraw, archive."""
    article = article_or_404(request, article_id)
    act = request.POST.get("act", "")
    if act not in _DONE:
        return HttpResponseBadRequest()
    return _act(
        request,
        article,
        lambda: services.article_step(
            article_id=article.pk, seen=_seen(request), act=Act(act), actor=_user(request)
        ),
        _DONE[Act(act)],
    )


@require_POST
@access.needs(MANAGE)
def restore(request: HttpRequest, article_id: int) -> HttpResponse:
    """What an older version said, again."""
    article = article_or_404(request, article_id)
    number = request.POST.get("number", "")
    if not number.isdecimal():
        return HttpResponseBadRequest()
    return _act(
        request,
        article,
        lambda: services.article_restore(
            article_id=article.pk, seen=_seen(request), number=int(number), actor=_user(request)
        ),
        "Cette version est reprise.",
    )


def _save(
    request: HttpRequest, article: Article | None, form: ArticleForm, save: Callable[[], Article]
) -> HttpResponse:
    if not form.is_valid():
        return _form(request, article, form, status=_UNPROCESSABLE)
    try:
        saved = save()
    except KnowledgeError as refusal:
        form.add_error(_AT_FIELD.get(type(refusal)), refusal.message)
        return _form(request, article, form, status=_UNPROCESSABLE)
    messages.success(request, "L’article est enregistré.")
    return redirect(saved)


def _form(
    request: HttpRequest, article: Article | None, form: ArticleForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "section": "knowledge",
        "article": article,
        "form": form,
        "seen": _seen(request) or (article.version if article else 0),
    }
    return render(request, "knowledge/edit.html", context, status=status)


def _act(
    request: HttpRequest, article: Article, act: Callable[[], Article], done: str
) -> HttpResponse:
    try:
        act()
    except KnowledgeError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect(article)


def _seen(request: HttpRequest) -> int:
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() else 0


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
