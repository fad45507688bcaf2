"""The urn: seals ballots so that no database can open them, and makes their receipt codes.

Its keys come from two things outside the database, by HKDF-SHA256 (RFC 5869): the installation's
secret ``CONSOLE_URN_KEY``, and 32 random bytes in a file of the consultation's own, destroyed once
the ballots are counted.  From then on nobody can open an envelope of an old backup, secret or not.

Envelopes are AES-256-GCM with a random nonce over a payload of fixed length, bound to their
consultation: equal votes give unequal envelopes of equal length.
"""

import base64
import hashlib
import hmac
import os
import secrets
import tempfile
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from .errors import UrnUnavailable

_KEY_BYTES = 32
_NONCE_BYTES = 12
_CODE_BYTES = 10  # 80 bits, 16 characters of base32
_INSEE_BYTES = 5
_PAYLOAD_BYTES = _CODE_BYTES + 16 + _INSEE_BYTES
# Characters that base32 does not have, as people read them.
_MISREAD = str.maketrans("018", "OIB")


@dataclass(frozen=True)
class Ballot:
    """What is inside an envelope; ``insee`` is empty when no commune was said."""

    code: str
    choice_id: uuid.UUID
    insee: str


@dataclass(frozen=True)
class Urn:
    """The keys of one consultation; ``fingerprint`` tells them apart and opens nothing."""

    consultation_id: uuid.UUID
    fingerprint: str
    _sealing: bytes = field(repr=False)
    _coding: bytes = field(repr=False)

    def code(self, roll_id: uuid.UUID) -> str:
        """The receipt code of a roll entry: the same again, and unknowable without the urn."""
        digest = hmac.new(self._coding, roll_id.bytes, hashlib.sha256).digest()
        return base64.b32encode(digest[:_CODE_BYTES]).decode()

    def seal(self, ballot: Ballot) -> bytes:
        """The envelope of a ballot."""
        payload = (
            base64.b32decode(ballot.code)
            + ballot.choice_id.bytes
            + ballot.insee.encode("ascii").ljust(_INSEE_BYTES, b"\0")
        )
        if len(payload) != _PAYLOAD_BYTES:
            raise ValueError("a ballot has one length")
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._sealing).encrypt(nonce, payload, self.consultation_id.bytes)

    def unseal(self, envelope: bytes) -> Ballot | None:
        """The ballot of an envelope; ``None`` when it was not sealed here."""
        nonce, sealed = envelope[:_NONCE_BYTES], envelope[_NONCE_BYTES:]
        try:
            payload = AESGCM(self._sealing).decrypt(nonce, sealed, self.consultation_id.bytes)
        except (InvalidTag, ValueError):
            return None
        choice_end = _CODE_BYTES + 16
        return Ballot(
            code=base64.b32encode(payload[:_CODE_BYTES]).decode(),
            choice_id=uuid.UUID(bytes=payload[_CODE_BYTES:choice_end]),
            insee=payload[choice_end:].rstrip(b"\0").decode("ascii"),
        )


def code_shown(code: str) -> str:
    """``ABCDEFGHIJKLMNOP`` as people copy it: ``ABCD-EFGH-IJKL-MNOP``."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def code_read(text: str) -> str:
    """What somebody typed, as codes are kept; it may be no code at all."""
    return "".join(char for char in text.upper() if char.isalnum()).translate(_MISREAD)


def urn_make(*, consultation_id: uuid.UUID) -> Urn:
    """The urn of a consultation, its file made on first need (mode 0600, on disk before we return).

    A crash afterwards leaves a file that the next opening takes up.
    """
    path = _path(consultation_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".urn-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(temporary, path)  # never replaces a file that somebody made meanwhile
        finally:
            Path(temporary).unlink()
        _flush_folder(path.parent)
    return _derived(consultation_id, _bytes_of(path))


def urn_open(*, consultation_id: uuid.UUID, fingerprint: str) -> Urn:
    """The urn that a consultation was opened with; raises ``UrnUnavailable``."""
    urn = _derived(consultation_id, _bytes_of(_path(consultation_id)))
    if not hmac.compare_digest(urn.fingerprint, fingerprint):
        raise UrnUnavailable
    return urn


def urn_destroy(*, consultation_id: uuid.UUID) -> None:
    """Nobody opens an envelope of this consultation any more; repeating changes nothing."""
    path = _path(consultation_id)
    path.unlink(missing_ok=True)
    if path.parent.exists():
        _flush_folder(path.parent)


def _path(consultation_id: uuid.UUID) -> Path:
    return Path(settings.URN_FOLDER) / f"{consultation_id}.urn"


def _bytes_of(path: Path) -> bytes:
    try:
        found = path.read_bytes()
    except OSError as error:
        raise UrnUnavailable from error
    if len(found) != _KEY_BYTES:
        raise UrnUnavailable
    return found


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _derived(consultation_id: uuid.UUID, salt: bytes) -> Urn:
    info = b"mdmp consultation urn 1 " + consultation_id.bytes
    derivation = HKDF(algorithm=SHA256(), length=3 * _KEY_BYTES, salt=salt, info=info)
    material = derivation.derive(settings.URN_KEY.encode())
    return Urn(
        consultation_id=consultation_id,
        fingerprint=material[2 * _KEY_BYTES :].hex(),
        _sealing=material[:_KEY_BYTES],
        _coding=material[_KEY_BYTES : 2 * _KEY_BYTES],
    )
