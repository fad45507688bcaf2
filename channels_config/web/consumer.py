"""The chat's WebSocket: parses a frame, calls one service, renders what is new.

The database is the only memory. The channel layer just says "something new up to seq N" and may
forget to; every answer is read from the database after the last sequence number that this
connection was sent, so a lost notification is made good by the next one, by the client's periodic
ack, or by its next connection.
"""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import InterfaceError, OperationalError

from agent_console.citizens.models import ContactPoint
from agent_console.citizens.services import web_contact_find, web_contact_open, web_token_new
from agent_console.conversations import selectors, services
from agent_console.conversations.announce import conversation_group
from agent_console.conversations.errors import InvalidText
from agent_console.conversations.models import Author, Conversation
from agent_console.conversations.ports import Location
from agent_console.conversations.receiving import Incoming, receive
from channels_config.web import protocol
from channels_config.web.limits import TokenBucket
from channels_config.web.protocol import CloseCode, ErrorCode
from channels_config.web.render import message_out
from channels_config.web.texts import ERROR_TEXTS
from channels_config.web.uploads import UploadRefused, photo_of, upload_of
from service_kit.logs import get_logger
from service_kit.threads import in_database_thread

HELLO_TIMEOUT_S = 15  # a socket that says nothing is closed
SENDS_BURST, SENDS_PER_S = 8, 1.0
FRAMES_BURST, FRAMES_PER_S = 60, 4.0  # over this the connection is closed, not only refused

logger = get_logger(__name__)


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """One citizen's connection. Channels runs its handlers one after the other."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._token: str | None = None
        self._contact: ContactPoint | None = None
        self._conversation_id: UUID | None = None
        self._sent_seq = 0
        self._acked_seq = 0
        self._typing = False
        self._locale: protocol.Locale = "fr"
        self._hello_timer: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None
        self._sends = TokenBucket(burst=SENDS_BURST, per_second=SENDS_PER_S)
        self._frames = TokenBucket(burst=FRAMES_BURST, per_second=FRAMES_PER_S)

    async def connect(self) -> None:
        await self.accept()
        loop = asyncio.get_running_loop()
        self._hello_timer = loop.call_later(HELLO_TIMEOUT_S, self._on_silence)

    def _on_silence(self) -> None:
        self._closing = asyncio.ensure_future(self.close(CloseCode.HELLO_TIMEOUT))

    async def disconnect(self, code: int) -> None:
        if self._hello_timer is not None:
            self._hello_timer.cancel()
        if self._conversation_id is not None:
            await self.channel_layer.group_discard(
                conversation_group(self._conversation_id), self.channel_name
            )

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """One frame of the client; see ``protocol`` for what is refused and with which code."""
        if not self._frames.take():
            await self._refuse(ErrorCode.RATE_LIMITED, CloseCode.FLOOD)
        elif text_data is None:
            await self._refuse(ErrorCode.INVALID_FRAME, CloseCode.INVALID_FRAME)
        elif len(text_data.encode("utf-8", "replace")) > protocol.FRAME_MAX_BYTES:
            await self._refuse(ErrorCode.FRAME_TOO_LARGE, CloseCode.FRAME_TOO_LARGE)
        else:
            await self._receive_text(text_data)

    async def _receive_text(self, text_data: str) -> None:
        try:
            frame = protocol.parse(text_data)
        except protocol.InvalidFrame:
            await self._refuse(ErrorCode.INVALID_FRAME, CloseCode.INVALID_FRAME)
            return
        message_id = frame.id if isinstance(frame, protocol.Send) else None
        try:
            await self._dispatch_frame(frame)
        except (OperationalError, InterfaceError):
            # Nothing was stored, or the answer was lost: the client sends the same id again.
            logger.warning("chat frame not served", extra={"code": "database_unavailable"})
            await self._error(ErrorCode.UNAVAILABLE, message_id)

    async def _dispatch_frame(self, frame: protocol.ClientFrame) -> None:
        match frame:
            case protocol.Hello():
                await self._on_hello(frame)
            case _ if self._token is None:
                message_id = frame.id if isinstance(frame, protocol.Send) else None
                await self._error(ErrorCode.HELLO_REQUIRED, message_id)
            case protocol.Send():
                await self._on_send(frame, self._token)
            case protocol.Ack():
                await self._on_ack(frame)
            case protocol.Ping():
                await self._write(protocol.Pong())

    async def _on_hello(self, hello: protocol.Hello) -> None:
        if hello.version != protocol.VERSION:
            await self._refuse(ErrorCode.VERSION_UNSUPPORTED, CloseCode.VERSION_UNSUPPORTED)
            return
        if self._token is not None:
            await self._refuse(ErrorCode.INVALID_FRAME, CloseCode.INVALID_FRAME)
            return
        self._locale = hello.locale
        self._contact = await in_database_thread(web_contact_find)(token=hello.session)
        conversation = await self._find_conversation()
        if conversation is not None:
            await self._join(conversation.id)
        last_seq = conversation.last_seq if conversation is not None else 0
        resumed = self._contact is not None
        self._sent_seq = min(hello.after, last_seq) if resumed else 0
        self._token = hello.session if resumed and hello.session else web_token_new()
        if self._hello_timer is not None:
            self._hello_timer.cancel()
        await self._write(
            protocol.Welcome(session=self._token, last_seq=last_seq, upload=upload_of(self._token))
        )
        await self._send_missing()

    async def _on_send(self, frame: protocol.Send, token: str) -> None:
        if not self._sends.take():
            await self._error(ErrorCode.RATE_LIMITED, frame.id)
            return
        try:
            photos = [photo_of(reference, token=token) for reference in frame.photos]
        except UploadRefused:
            await self._error(ErrorCode.PHOTO_UNKNOWN, frame.id)
            return
        if self._contact is None:
            # A visitor who only looks leaves nothing behind.
            self._contact = await in_database_thread(web_contact_open)(
                token=token, locale=self._locale
            )
        place = frame.location
        incoming = Incoming(
            # Ids are the clients' own: prefixed, nobody's can meet somebody else's.
            external_id=f"{self._contact.pk}:{frame.id}",
            text=frame.text,
            choice=frame.choice.replace("\x00", ""),
            photos=photos,
            location=Location(place.latitude, place.longitude) if place else None,
        )
        try:
            message = await in_database_thread(receive)(
                contact_point=self._contact, incoming=incoming
            )
        except InvalidText as refusal:
            await self._error(ErrorCode(refusal.code), frame.id)
            return
        assert message is not None  # nobody blocks a browser session
        if self._conversation_id is None:
            await self._join(message.conversation_id)
        await self._write(protocol.Accepted(id=frame.id, seq=message.seq))
        await self._send_missing()

    async def _on_ack(self, frame: protocol.Ack) -> None:
        if self._conversation_id is None:
            return
        up_to_seq = min(frame.seq, self._sent_seq)
        if up_to_seq > self._acked_seq:
            await in_database_thread(services.deliveries_mark_delivered)(
                conversation_id=self._conversation_id, up_to_seq=up_to_seq
            )
            self._acked_seq = up_to_seq
        await self._send_missing()

    async def conversation_changed(self, event: dict[str, Any]) -> None:
        """The channel layer says that the conversation goes up to ``event["seq"]``."""
        if event["seq"] > self._sent_seq:
            await self._send_missing()

    async def conversation_typing(self, event: dict[str, Any]) -> None:
        """Somebody starts or stops preparing an answer."""
        await self._set_typing(bool(event["on"]))

    async def _find_conversation(self) -> Conversation | None:
        if self._contact is None:
            return None
        return await in_database_thread(selectors.conversation_of)(contact_point=self._contact)

    async def _join(self, conversation_id: UUID) -> None:
        """Joins the group before the next read, so that no message falls between the two."""
        self._conversation_id = conversation_id
        await self.channel_layer.group_add(conversation_group(conversation_id), self.channel_name)

    async def _send_missing(self) -> None:
        while self._conversation_id is not None:
            page = await in_database_thread(selectors.messages_after)(
                conversation_id=self._conversation_id,
                seq=self._sent_seq,
                limit=protocol.PAGE_SIZE,
            )
            if not page:
                return
            self._sent_seq = page[-1].seq
            if page[-1].author != Author.CITIZEN:
                await self._set_typing(False)
            items = [message_out(message) for message in page]
            await self._write(protocol.Messages(items=items, last_seq=self._sent_seq))
            if len(page) < protocol.PAGE_SIZE:
                return

    async def _set_typing(self, on: bool) -> None:
        if on != self._typing:
            self._typing = on
            await self._write(protocol.Typing(on=on))

    async def _error(self, code: ErrorCode, message_id: UUID | None = None) -> None:
        message = ERROR_TEXTS[self._locale][code]
        await self._write(protocol.Error(code=code, message=message, id=message_id))

    async def _refuse(self, code: ErrorCode, close_code: CloseCode) -> None:
        logger.info("chat connection closed", extra={"code": code.value, "channel": "web"})
        await self._error(code)
        await self.close(close_code)

    async def _write(self, frame: protocol.ServerFrame) -> None:
        await self.send(text_data=frame.model_dump_json())
