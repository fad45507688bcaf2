"""A process that ends between any two lines: the work is simply not gone on with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from django.db import connection

from chain.client import ChainClient


class Crash(BaseException):
    """The process ends here; no handler of ours may catch it."""


@dataclass
class Ending:
    """Whether the process came to its end."""

    happened: bool = False


@contextmanager
def crashing_after(acts: int) -> Iterator[Ending]:
    """Let ``acts`` statements and questions to the node pass, then end the process at each further
    one: before the statement runs, or after the node has done what it was asked.

    The database session ends with the process, so that its locks and open transactions do too.
    """
    ending = Ending()
    left = acts

    def act() -> None:
        nonlocal left
        if left == 0:
            raise Crash
        left -= 1

    def statement(
        execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        act()
        return execute(sql, params, many, context)

    ask = ChainClient._many

    def question(self: ChainClient, method: str, calls: Sequence[list[Any]]) -> list[Any]:
        answers = ask(self, method, calls)
        act()
        return answers

    try:
        with connection.execute_wrapper(statement), patch.object(ChainClient, "_many", question):
            yield ending
    except Crash:
        ending.happened = True
        connection.close()
