"""Answers that clients poll: unchanged ones are not sent again (RFC 9110, section 13)."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags, quote_etag
from ninja import Schema

NOT_MODIFIED = 304


def tagged(request: HttpRequest, body: Schema) -> HttpResponse:
    """``body`` as JSON with its ETag, or 304 when the client has it already."""
    text = body.model_dump_json().encode()
    tag = quote_etag(hashlib.sha256(text).hexdigest()[:32])
    sent = parse_etags(request.headers.get("If-None-Match", ""))
    response = (
        HttpResponse(status=NOT_MODIFIED)
        if tag in sent or "*" in sent
        else HttpResponse(text, content_type="application/json")
    )
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response
