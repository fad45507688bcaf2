"""The chat's protocol as AsyncAPI 3.0 (https://www.asyncapi.com/docs/reference/specification/v3.0.0).

Made from the very models that read and write the frames, so that it can't say anything else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from channels_config.web import protocol
from channels_config.web.protocol import CloseCode, ErrorCode

CLIENT_FRAMES: tuple[type[BaseModel], ...] = (
    protocol.Hello,
    protocol.Send,
    protocol.Ack,
    protocol.Ping,
)
SERVER_FRAMES: tuple[type[BaseModel], ...] = (
    protocol.Welcome,
    protocol.Messages,
    protocol.Accepted,
    protocol.Typing,
    protocol.Pong,
    protocol.Error,
)
# The server's answers to each client frame, by its name; ``messages`` and ``typing`` also come
# by themselves.
_REPLIES: Mapping[type[BaseModel], tuple[type[BaseModel], ...]] = {
    protocol.Hello: (protocol.Welcome, protocol.Messages, protocol.Error),
    protocol.Send: (protocol.Accepted, protocol.Messages, protocol.Error),
    protocol.Ack: (protocol.Messages,),
    protocol.Ping: (protocol.Pong,),
}
_SCHEMAS = "#/components/schemas/"
_CHANNEL = "#/channels/chat"
_DESCRIPTION = f"""\
JSON text frames of at most {protocol.FRAME_MAX_BYTES} bytes over `/ws/chat/`. The page's `Origin`
must be allowed; another one is answered 403. Say `hello` first, with the last `seq` that you
hold. Send one message at a time, again under the same `id` until it is accepted: it is stored
once. `ack` says what you hold and is answered with what you lack. Fields may be added within
version {protocol.VERSION}: ignore those that you do not know; whatever else changes makes a new
version.

Close codes: {", ".join(f"{int(code)} {code.name.lower()}" for code in CloseCode)}.

Error codes: {", ".join(ErrorCode)}. After `rate_limited` and `unavailable` send the same `id`
again in a few seconds.

Pictures are posted first, as `multipart/form-data` with `ticket` and `photo`, to `upload.url` of
the `welcome`; the answer (201) holds `photo`, a reference to send within 20 hours. Refusals are
`application/problem+json`. The folder `channels_config/web` tells the exchange as a story."""


def document() -> dict[str, Any]:
    """The description, ready to be written."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Métropole Dans Ma Poche: web chat",
            "version": f"{protocol.VERSION}.0.0",
            "description": _DESCRIPTION,
            "license": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/en/"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "console": {
                "host": "{host}",
                "protocol": "wss",
                "variables": {"host": {"description": "Host of the console process."}},
            }
        },
        "channels": {
            "chat": {
                "address": "/ws/chat/",
                "servers": [{"$ref": "#/servers/console"}],
                "messages": {
                    _name(frame): {"$ref": f"#/components/messages/{_name(frame)}"}
                    for frame in (*CLIENT_FRAMES, *SERVER_FRAMES)
                },
                "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
            }
        },
        "operations": {
            **{f"receive_{_name(frame)}": _received(frame) for frame in CLIENT_FRAMES},
            "tell": {
                "action": "send",
                "channel": {"$ref": _CHANNEL},
                "summary": "What the server says by itself.",
                "messages": [_on_channel(protocol.Messages), _on_channel(protocol.Typing)],
            },
        },
        "components": {
            "messages": {_name(frame): _message(frame) for frame in CLIENT_FRAMES + SERVER_FRAMES},
            "schemas": _schemas(),
        },
    }


def document_text() -> str:
    """``document`` as it is kept in the repository: indented JSON, one final newline."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _received(frame: type[BaseModel]) -> dict[str, Any]:
    return {
        "action": "receive",
        "channel": {"$ref": _CHANNEL},
        "messages": [_on_channel(frame)],
        "reply": {
            "channel": {"$ref": _CHANNEL},
            "messages": [_on_channel(answer) for answer in _REPLIES[frame]],
        },
    }


def _message(frame: type[BaseModel]) -> dict[str, Any]:
    return {
        "name": _name(frame),
        "summary": (frame.__doc__ or "").strip().partition("\n")[0],
        "payload": {"$ref": _SCHEMAS + frame.__name__},
    }


def _on_channel(frame: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"{_CHANNEL}/messages/{_name(frame)}"}


def _name(frame: type[BaseModel]) -> str:
    """The frame's ``type``."""
    return str(frame.model_fields["type"].annotation.__args__[0])  # type: ignore[union-attr]


def _schemas() -> dict[str, Any]:
    _, definitions = models_json_schema(
        [
            *((frame, "validation") for frame in CLIENT_FRAMES),
            *((frame, "serialization") for frame in SERVER_FRAMES),
        ],
        ref_template=_SCHEMAS + "{model}",
    )
    schemas: dict[str, Any] = definitions["$defs"]
    for frame in (*CLIENT_FRAMES, *SERVER_FRAMES):
        # Pydantic lets a constant with a default be left out; ours is always there.
        schema = schemas[frame.__name__]
        schema["required"] = sorted({"type", *schema.get("required", [])})
    return dict(sorted(schemas.items()))
