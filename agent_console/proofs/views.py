"""``/preuves/<uuid>/``: open to whoever has the address; it names nobody."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from agent_console.wallet.chain import proof_get
from agent_console.wallet.http import WalletError, WalletRefused
from service_kit.logs import get_logger

UNAVAILABLE = 503
# A proof never changes; one that is on its way may be there in a second.
_SETTLED_MAX_AGE_S = 3600

logger = get_logger(__name__)


@require_safe
def entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """The proof, or that it is on its way; 404 for what is no entry of ours."""
    context: dict[str, object] = {"entry_id": entry_id}
    try:
        proof = proof_get(entry_id)
    except WalletRefused as refusal:
        raise Http404 from refusal
    except WalletError as failure:
        logger.warning("proof not read", extra={"code": type(failure).__name__, "route": "proof"})
        context["is_unavailable"] = True
        return render(request, "proofs/entry.html", context, status=UNAVAILABLE)
    response = render(request, "proofs/entry.html", context | {"proof": proof})
    if proof is None:
        patch_cache_control(response, no_store=True)
    else:
        patch_cache_control(response, public=True, max_age=_SETTLED_MAX_AGE_S)
    return response
