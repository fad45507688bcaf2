"""Periodic work done row by row: an error on one row keeps the others from nothing."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from .errors import Refusal

logger = logging.getLogger(__name__)


class Failures:
    """Errors of single rows, each logged (its id and a code, no text), and the first one kept."""

    def __init__(self) -> None:
        self._first: Exception | None = None

    @contextmanager
    def kept(self, message: str, **row: uuid.UUID) -> Iterator[None]:
        """Log and keep what the block raises; ``row`` is the id under its name in the logs.

        The block is one transaction of its own.  An error that takes the connection with it is no
        row's, and ends the run.
        """
        try:
            yield
        except Exception as error:
            if not connection.is_usable():
                raise
            code = error.code if isinstance(error, Refusal) else type(error).__name__
            named = {name: str(value) for name, value in row.items()}
            logger.error(message, extra={**named, "code": code})
            self._first = self._first or error

    def raise_first(self) -> None:
        """Raise the first error, once the others had their turn: the run counts as failed."""
        if self._first is not None:
            raise self._first
