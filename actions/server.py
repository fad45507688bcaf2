"""The action server: ``python -m actions.server``.

Same contract as ``rasa_sdk.endpoint`` (POST /webhook), with three differences: callers show a
token, an error never returns or logs the request (it holds the conversation), and nothing lists
the actions to strangers.
"""

from __future__ import annotations

import hmac
import json
import logging
import time
from typing import Any

from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from actions.bookings import (
    AskBookingChoice,
    AskBookingConfirmed,
    AskBookingSlot,
    SubmitBooking,
    ValidateBookingForm,
)
from actions.callbacks import RequestCallBack
from actions.clients import connect, use_services
from actions.consents import KeepConsent
from actions.fallback import Fallback
from actions.http import ServiceRefused, ServiceUnavailable
from actions.knowledge import HowToEarn, OutOfScope
from actions.linking import AskLinkCode, LinkAccount, SubmitLink, ValidateLinkForm
from actions.logs import configure_logging
from actions.lookup import AskLookupValue, Lookup, ValidateLookupForm
from actions.my_data import MyData, SubmitData, ValidateDataForm
from actions.opening import TalkToHuman
from actions.pickups import (
    AskPickupConfirmed,
    AskPickupSlot,
    SubmitPickup,
    ValidatePickupForm,
)
from actions.proof import AskProofCode, SubmitProof, ValidateProofForm
from actions.report_form import (
    AskReportAnswer,
    AskReportCategory,
    AskReportSame,
    ValidateReportForm,
)
from actions.reports import ReportFeedback, SendKeptReports, SubmitReport
from actions.rewards import (
    AskRedeemConfirmed,
    AskRedeemOffer,
    ListRewards,
    SubmitRedeem,
    ValidateRedeemForm,
)
from actions.rights import JoinConsultation, OptOut
from actions.route import BackToForm, Route
from actions.safety import Emergency
from actions.session import Affirm, Deny, StartSession
from actions.settings import Settings, settings_from_environment
from actions.social import Cancel, Goodbye, Greet, Help, Repeat, SetLanguage, Undo
from actions.wallet import TellBalance, TellHistory

logger = logging.getLogger(__name__)

ACTIONS: tuple[type[Action], ...] = (
    Affirm,
    AskBookingChoice,
    AskBookingConfirmed,
    AskBookingSlot,
    AskLinkCode,
    AskLookupValue,
    AskPickupConfirmed,
    AskPickupSlot,
    AskProofCode,
    AskRedeemConfirmed,
    AskRedeemOffer,
    AskReportAnswer,
    AskReportCategory,
    AskReportSame,
    BackToForm,
    Cancel,
    Deny,
    Emergency,
    Fallback,
    Goodbye,
    Greet,
    Help,
    HowToEarn,
    JoinConsultation,
    KeepConsent,
    LinkAccount,
    ListRewards,
    Lookup,
    MyData,
    OptOut,
    OutOfScope,
    Repeat,
    ReportFeedback,
    Route,
    SendKeptReports,
    SetLanguage,
    StartSession,
    SubmitBooking,
    SubmitData,
    SubmitLink,
    SubmitPickup,
    SubmitProof,
    SubmitRedeem,
    SubmitReport,
    RequestCallBack,
    TalkToHuman,
    TellBalance,
    TellHistory,
    Undo,
    ValidateBookingForm,
    ValidateDataForm,
    ValidateLinkForm,
    ValidateLookupForm,
    ValidatePickupForm,
    ValidateProofForm,
    ValidateRedeemForm,
    ValidateReportForm,
)
# A long conversation with the domain is under 1 MB; more is not one of ours.
MAX_BODY_BYTES = 8 * 1024 * 1024


def action_executor() -> ActionExecutor:
    """rasa_sdk's executor with our actions and no package scan."""
    executor = ActionExecutor()
    for action in ACTIONS:
        executor.register_action(action)
    return executor


def create_app(settings: Settings, *, name: str = "actions") -> Sanic:
    """The Sanic application. ``name`` must be unique in a process."""
    if not settings.actions_token:
        raise ValueError("an action server without a token would obey anybody")
    app = Sanic(name, configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BODY_BYTES
    executor = action_executor()
    expected = f"Bearer {settings.actions_token}".encode()

    @app.get("/healthz")
    async def healthz(_: Request) -> HTTPResponse:
        return json_response({"status": "ok"})

    @app.get("/readyz")
    async def readyz(_: Request) -> HTTPResponse:
        # Ready means: the actions are loaded. Console and wallet answer for themselves.
        missing = [] if executor.actions else ["actions"]
        body = {"status": "unavailable" if missing else "ready", "missing": missing}
        return json_response(body, status=503 if missing else 200)

    @app.post("/webhook")
    async def webhook(request: Request) -> HTTPResponse:
        shown = request.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(shown, expected):
            return json_response({"code": "unauthorized"}, status=401)
        try:
            call: Any = json.loads(request.body)
        except ValueError:
            call = None
        if not isinstance(call, dict):
            return json_response({"code": "invalid_request"}, status=422)
        return await run_action(executor, call)

    return app


async def run_action(executor: ActionExecutor, call: dict[str, Any]) -> HTTPResponse:
    """Run one action. 400 is Rasa's word for a rejection; every other failure fails the turn."""
    action = str(call.get("next_action"))
    started = time.monotonic()
    status = 200
    body: dict[str, Any] = {}
    try:
        body = await executor.run(call) or {"events": [], "responses": []}
    except ActionExecutionRejection as rejection:
        status, body = 400, {"error": "rejected", "action_name": rejection.action_name}
    except ActionNotFoundException:
        status, body = 404, {"code": "action_unknown", "action_name": action}
    except ServiceUnavailable as error:
        status, body = 503, {"code": f"{error.service}_unavailable"}
    except ServiceRefused as error:
        status, body = 502, {"code": f"{error.service}_refused"}
        logger.error("refused", extra={"action": action, "code": error.code})
    except Exception:
        status, body = 500, {"code": "action_failed"}
        logger.exception("action failed", extra={"action": action})
    logger.info(
        "action run",
        extra={
            "action": action,
            "status": status,
            "duration_ms": round((time.monotonic() - started) * 1000),
        },
    )
    return json_response(body, status=status)


def main() -> None:
    """Serve until told to stop. Exits with a message when a setting is missing."""
    configure_logging()
    settings = settings_from_environment()
    use_services(connect(settings))
    logger.info("listening")
    app = create_app(settings)
    app.run(host=settings.host, port=settings.port, access_log=False, motd=False, workers=1)


if __name__ == "__main__":
    main()
