"""Residents who text: signed webhooks as Twilio sends them, and Twilio's side of the answers."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlencode

from twilio.request_validator import RequestValidator

from ops.config import HOST

from .arrivals import request_bytes

PATH = "/channels/sms/twilio"
# Courtesy, a report in one sentence, a question, a way back: what assistants mostly hear.
SAID = (
    "bonjour",
    "il y a un gros nid-de-poule devant le 12 rue Paradis à Marseille",
    "que savez-vous faire ?",
    "non, laissez tomber",
    "à quelle heure ferme la piscine",
    "merci au revoir",
)


def number(index: int) -> str:
    """A French mobile; the range kept for fiction is no valid one. Nothing is sent to it."""
    return f"+33612{index:06d}"


class Texters:
    """Makes signed webhooks."""

    def __init__(self, environment: Mapping[str, str], *, first: int) -> None:
        self._account = environment["TWILIO_ACCOUNT_SID"]
        self._validator = RequestValidator(environment["TWILIO_AUTH_TOKEN"])
        self._address = environment["PUBLIC_BASE_URL"].rstrip("/") + PATH
        self._first = first

    def webhook(self, sender: int, text: str) -> bytes:
        """A text of the sender of this index, never sent before."""
        form = {
            "AccountSid": self._account,
            "MessageSid": "SM" + secrets.token_hex(16),
            "From": number(self._first + sender),
            "To": "+33937000001",
            "Body": text,
            "NumMedia": "0",
        }
        return request_bytes(
            PATH,
            urlencode(form).encode(),
            kind="application/x-www-form-urlencoded",
            X_Twilio_Signature=self._validator.compute_signature(self._address, form),
        )

    def phone(self, sender: int) -> str:
        return number(self._first + sender)


class Carrier:
    """Takes what is sent to telephones, at once, and wakes whoever waits for it."""

    def __init__(self) -> None:
        self.taken = 0
        self._waiting: dict[str, asyncio.Future[float]] = {}
        self._changed = asyncio.Condition()

    def next_to(self, phone: str) -> asyncio.Future[float]:
        """When the next text to ``phone`` comes, in the loop's time."""
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting[phone] = future
        return future

    async def taken_in_all(self, count: int) -> None:
        """Returns once that many texts have come."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.taken >= count)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the worker's."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = next(
                    int(line.partition(b":")[2])
                    for line in head.lower().split(b"\r\n")
                    if line.startswith(b"content-length:")
                )
                form = parse_qs((await reader.readexactly(length)).decode())
                await self._take(form["To"][0])
                body = json.dumps({"sid": "SM" + secrets.token_hex(16), "status": "queued"})
                writer.write(
                    f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
                )
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            writer.close()  # the worker's end, or ours

    async def _take(self, phone: str) -> None:
        async with self._changed:
            self.taken += 1
            self._changed.notify_all()
        future = self._waiting.pop(phone, None)
        if future is not None and not future.done():
            future.set_result(asyncio.get_running_loop().time())


@asynccontextmanager
async def carrier_at(port: int) -> AsyncIterator[Carrier]:
    """Twilio where the system looks for it."""
    carrier = Carrier()
    server = await asyncio.start_server(carrier.serve, HOST, port)
    try:
        yield carrier
    finally:
        server.close()
