"""Twilio over HTTP, as far as we use it: requests are held to Twilio's own published OpenAPI.

The description is the one that the npm package ``@twilio/cli-core`` ships; ``openapi-core`` checks
each request against it.  What is asked, and how each request is to be answered, is the test's.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from openapi_core import OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest
from openapi_core.exceptions import OpenAPIError
from twilio.request_validator import RequestValidator
from werkzeug import Request, Response
from werkzeug.serving import make_server

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "the-token-that-signs-in-tests"
_ROOT = Path(__file__).resolve().parents[3]
_DESCRIPTION = _ROOT / "node_modules/@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json"
_PATHS = (
    "/2010-04-01/Accounts/{AccountSid}/Messages.json",
    "/2010-04-01/Accounts/{AccountSid}/Calls.json",
    "/2010-04-01/Accounts/{AccountSid}/Calls/{Sid}.json",
    "/2010-04-01/Accounts/{AccountSid}/Recordings/{Sid}.json",
    "/2010-04-01/Accounts/{AccountSid}/Conferences.json",
    "/2010-04-01/Accounts/{AccountSid}/Conferences/{Sid}.json",
    "/2010-04-01/Accounts/{AccountSid}/Conferences/{ConferenceSid}/Participants/{CallSid}.json",
)
_RECORDING = re.compile(r"/Recordings/(RE[0-9a-f]{32})\.json$")
# A call that is there and is to be changed.
_CALL = re.compile(r"/Calls/(CA[0-9a-f]{32})\.json$")
_ROOM = re.compile(r"/Conferences/(CF[0-9a-f]{32})\.json$")
_PARTICIPANT = re.compile(r"/Conferences/(CF[0-9a-f]{32})/Participants/(CA[0-9a-f]{32})\.json$")

Answer = Callable[[], Response]


@dataclass
class TwilioDouble:
    """``asked``: forms that were valid and taken, in order.  ``answers``: what the next requests
    get instead of being taken.  ``refused``: what was not as Twilio describes it.  ``recordings``:
    those that are there.  ``rooms``: conferences in progress, number by name, and who is in each;
    ``participants``: what was asked of somebody in one, in order."""

    port: int
    account: str = ACCOUNT
    token: str = TOKEN
    asked: list[dict[str, str]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    recordings: set[str] = field(default_factory=set)
    rooms: dict[str, str] = field(default_factory=dict)
    in_rooms: dict[str, set[str]] = field(default_factory=dict)
    participants: list[dict[str, str]] = field(default_factory=list)
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    media_answers: list[Answer] = field(default_factory=list)
    requests: int = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def texts(self, to: str | None = None) -> list[str]:
        """Bodies of the messages taken, to one number or to all."""
        return [one["Body"] for one in self.asked if "Body" in one and to in (None, one["To"])]

    def calls_changed(self) -> list[dict[str, str]]:
        """What was asked of calls that were there, in order."""
        return [one for one in self.asked if "To" not in one]

    def calls_made(self) -> list[dict[str, str]]:
        """Calls that were asked for and led by our documents, in order."""
        return [one for one in self.asked if "To" in one and "Url" in one]

    def status_of(self, taken: Mapping[str, str], status: str, **more: str) -> httpx.Response:
        """Call the status address of a message that was taken, signed, as Twilio would."""
        form = {"AccountSid": self.account, "MessageSid": taken["sid"], "MessageStatus": status}
        return post_signed(taken["StatusCallback"], form | more, token=self.token)

    def answer(self, request: Request) -> Response:
        """What one request gets."""
        self.requests += 1
        if "/Media/" in request.path:
            return self._media(request)
        fault = self._fault(request)
        if fault:
            self.refused.append(fault)
            return _problem(400, 21001, fault)
        if self.answers:
            return self.answers.pop(0)()
        if recording := _RECORDING.search(request.path):
            return self._recording(recording[1])
        if "/Conferences" in request.path:
            return self._conference(request)
        kind = "CA" if request.path.endswith("/Calls.json") else "SM"
        changed = _CALL.search(request.path)
        sid = changed[1] if changed else kind + secrets.token_hex(16)
        taken = dict(request.form) | {"sid": sid}
        self.asked.append(taken)
        return _json(201, _resource(taken, self.account))

    def _fault(self, request: Request) -> str:
        if request.authorization is None or request.authorization.username is None:
            return "no credentials"
        try:
            _description(self.base_url).validate_request(WerkzeugOpenAPIRequest(request))
        except OpenAPIError as error:
            return f"{type(error).__name__}: {error} {error.__cause__ or ''}"
        is_new = request.path.endswith(("/Calls.json", "/Messages.json"))
        if is_new and not re.match(r"\+|client:\w{1,121}$", request.form.get("To", "")):
            return "To is neither E.164 nor a client"
        return ""

    def opened(self, name: str, sid: str) -> str:
        """Somebody (their call's ``sid``) joined the conference ``name``; its number."""
        room = self.rooms.setdefault(name, "CF" + secrets.token_hex(16))
        self.in_rooms.setdefault(room, set()).add(sid)
        return room

    def left(self, sid: str) -> None:
        """Somebody left; a conference without anybody is over."""
        for name, room in list(self.rooms.items()):
            self.in_rooms[room].discard(sid)
            if not self.in_rooms[room]:
                del self.rooms[name]

    def _conference(self, request: Request) -> Response:
        if participant := _PARTICIPANT.search(request.path):
            room, sid = participant.groups()
            if sid not in self.in_rooms.get(room, ()):
                return _problem(404, 20404, "not found")
            self.participants.append(dict(request.form) | {"room": room, "sid": sid})
            return _json(200, {"call_sid": sid, "conference_sid": room})
        if closed := _ROOM.search(request.path):
            self.rooms = {name: sid for name, sid in self.rooms.items() if sid != closed[1]}
            return _json(200, {"sid": closed[1], "status": "completed"})
        name = request.args["FriendlyName"]
        found = [self.rooms[name]] if name in self.rooms else []
        rows = [{"sid": sid, "friendly_name": name, "status": "in-progress"} for sid in found]
        return _json(200, {"conferences": rows, "page": 0, "next_page_uri": None, "uri": ""})

    def _recording(self, sid: str) -> Response:
        if sid not in self.recordings:
            return _problem(404, 20404, "not found")
        self.recordings.remove(sid)
        return Response(status=204)

    def _media(self, request: Request) -> Response:
        if request.authorization is None:
            return Response(status=401)
        if self.media_answers:
            return self.media_answers.pop(0)()
        if request.path not in self.media:
            return Response(status=404)
        kind, content = self.media[request.path]
        return Response(content, content_type=kind)


def serve(double: TwilioDouble) -> Iterator[TwilioDouble]:
    """Serve ``double`` on its port (0: a free one, written into it) until the generator ends."""
    server = make_server(
        "127.0.0.1", double.port, Request.application(double.answer), threaded=True
    )
    double.port = server.port
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def problem(status: int, code: int, **headers: str) -> Answer:
    """An answer in the form of Twilio's errors; ``retry_after`` becomes a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: _problem(status, code, "made up", named)


def post_signed(url: str, form: Mapping[str, str], *, token: str = TOKEN) -> httpx.Response:
    """Call a webhook as Twilio does: its exact address and all parameters are signed."""
    signature = RequestValidator(token).compute_signature(url, dict(form))
    return httpx.post(
        url, data=dict(form), headers={"X-Twilio-Signature": signature}, trust_env=False
    )


def _problem(
    status: int, code: int, message: str, headers: Mapping[str, str] | None = None
) -> Response:
    answer = _json(status, {"code": code, "message": message, "status": status, "more_info": ""})
    answer.headers.update(headers or {})
    return answer


def _json(status: int, body: object) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")


def _resource(taken: Mapping[str, str], account: str) -> dict[str, Any]:
    return {
        "sid": taken["sid"],
        "account_sid": account,
        "to": taken.get("To"),
        "from": taken.get("From"),
        "status": "queued",
    }


@cache
def _description(base_url: str) -> OpenAPI:
    whole = _whole_description()
    paths = {name: deepcopy(whole["paths"][name]) for name in _PATHS}
    for path in paths.values():
        path["servers"] = [{"url": base_url}]
    return OpenAPI.from_dict({**whole, "paths": paths, "servers": [{"url": base_url}]})


@cache
def _whole_description() -> dict[str, Any]:
    described: dict[str, Any] = json.loads(_DESCRIPTION.read_text(encoding="utf-8"))
    return described
