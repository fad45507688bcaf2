"""Whether a request is Twilio's, for our account: ``X-Twilio-Signature``, by its own validator.

https://www.twilio.com/docs/usage/webhooks/webhooks-security: HMAC-SHA1, keyed with the account's
primary token, of the exact address that Twilio called and of every parameter; of a JSON body only
the hash, which stands in the address (``bodySHA256``).  The address is built from
``PUBLIC_BASE_URL``, never from headers that whoever calls may choose.
"""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, QueryDict
from django.utils.crypto import constant_time_compare
from twilio.request_validator import RequestValidator

from channels_config.kit.webhooks import Refused, body_bounded

# Bytes: the form of ten media and a text of 1,600 signs is below 8 kB.
BODY_MAX_BYTES = 64 * 1024


def verified_form(request: HttpRequest, *, is_on: bool) -> QueryDict:
    """The parameters of a request that Twilio signed; raises ``Refused`` for any other.

    ``is_on``: whether the channel that is asked is configured.
    """
    if not is_on:
        raise Refused(403, "channel_off")
    body = body_bounded(request, most=BODY_MAX_BYTES)
    signature = request.headers.get("X-Twilio-Signature", "")
    if not signature:
        raise Refused(403, "signature_missing")
    if request.content_type != "application/x-www-form-urlencoded":
        return _verified_json(request, body, signature)
    try:
        form = request.POST
    except (BadRequest, TooManyFieldsSent, RequestDataTooBig, UnicodeError) as error:
        raise Refused(400, "body_malformed") from error
    if not _validator().validate(_address(request), form, signature):
        raise Refused(403, "signature_invalid")
    return _of_our_account(form)


def _verified_json(request: HttpRequest, body: bytes, signature: str) -> QueryDict:
    """Nothing of ours answers to JSON; but a forged body and an unread one are told apart."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise Refused(400, "body_malformed") from error
    if "bodySHA256" not in request.GET or not _validator().validate(
        _address(request), text, signature
    ):
        raise Refused(403, "signature_invalid")
    raise Refused(400, "body_type_refused")


def _of_our_account(form: QueryDict) -> QueryDict:
    # Subaccounts share a parent's number pool, not its conversations.
    if not constant_time_compare(form.get("AccountSid", ""), settings.TWILIO_ACCOUNT_SID):
        raise Refused(403, "account_unknown")
    return form


def _validator() -> RequestValidator:
    return RequestValidator(settings.TWILIO_AUTH_TOKEN)


def _address(request: HttpRequest) -> str:
    return settings.PUBLIC_BASE_URL + request.get_full_path()
