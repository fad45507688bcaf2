"""``/console/connaissances/``: the list, an article, what is found while talking."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agent_console.intake import access

from ..forms import AskedForm, ReviewForm
from ..models import Article
from ..permissions import MANAGE, READ
from ..searching import Locale, articles_found
from ..selectors import article_find, articles, is_overdue, review_count, said
from ..workflow import STEPS, Act

_PER_PAGE = 50
_FOUND_MAX = 5
_REVIEW_AGAIN = timedelta(days=365)
_LABELS = {
    Act.PUBLISHED: "Publier",
    Act.WITHDRAWN: "Remettre en brouillon",
    Act.ARCHIVED: "Archiver",
}


@require_safe
@access.needs(READ, MANAGE)
def article_list(request: HttpRequest) -> HttpResponse:
    """Search; drafts and archived ones are for who may change them."""
    may_manage = _user(request).has_perm(MANAGE)
    form = AskedForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    found = articles(
        state=given.get("etat", "") if may_manage else "published",
        words=given.get("q", ""),
        only_review=bool(given.get("a_relire")) and may_manage,
    )
    onward = request.GET.copy()
    onward.pop("page", None)
    context = {
        "section": "knowledge",
        "form": form,
        "page": Paginator(found, _PER_PAGE).get_page(request.GET.get("page")),
        "onward": onward.urlencode(),
        "may_manage": may_manage,
        "to_review": review_count() if may_manage else 0,
        "today": timezone.localdate(),
        "is_searching": any(given.values()),
    }
    return render(request, "knowledge/articles.html", context)


@require_safe
@access.needs(READ, MANAGE)
def article_page(request: HttpRequest, article_id: int) -> HttpResponse:
    """What it says, where it comes from, and for supervisors what can be done."""
    return article_response(request, article_or_404(request, article_id))


@require_safe
@access.needs(READ, MANAGE)
def found_part(request: HttpRequest) -> HttpResponse:
    """``?q=&langue=``: what is found while somebody talks or writes."""
    words = request.GET.get("q", "").replace("\x00", "")[:200]
    locale: Locale = "en" if request.GET.get("langue") == "en" else "fr"
    rows = articles_found(words=words, locale=locale, limit=_FOUND_MAX)
    if locale == "en" and not rows:  # better read in French than nothing
        rows = articles_found(words=words, locale="fr", limit=_FOUND_MAX)
    context = {
        "words": words.strip(),
        "found": [said(one, locale) for one in rows],
        "may_quote": "citer" in request.GET,
        "today": timezone.localdate(),
    }
    return render(request, "knowledge/parts/found.html", context)


def article_or_404(request: HttpRequest, article_id: int) -> Article:
    """A published one; any, for who may change it."""
    article = article_find(article_id=article_id)
    if article is None or not (article.state == "published" or _user(request).has_perm(MANAGE)):
        raise Http404
    return article


def article_response(
    request: HttpRequest, article: Article, *, review: ReviewForm | None = None
) -> HttpResponse:
    """The page; ``review`` is what was refused of it."""
    acts = [act for (state, act) in STEPS if state == article.state]
    next_review = timezone.localdate() + _REVIEW_AGAIN
    context: dict[str, Any] = {
        "section": "knowledge",
        "article": article,
        "quotation": said(article, "fr").quotation,
        "overdue": is_overdue(article),
        "may_manage": _user(request).has_perm(MANAGE),
        "acts": [(act, _LABELS[Act(act)]) for act in acts],
        "review": review or ReviewForm(initial={"review_on": next_review}),
        "versions": article.versions.select_related("actor"),
    }
    status = 422 if review is not None else 200
    return render(request, "knowledge/article.html", context, status=status)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
