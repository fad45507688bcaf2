"""Database work from an event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import sync_to_async
from django.db import connections


def in_database_thread[**P, R](function: Callable[P, R]) -> Callable[P, Awaitable[R]]:
    """``function`` as a coroutine function that runs in a thread of its own.

    Channels' own helper sends all sockets of a process through one thread: a query that waits for
    a lock would keep every citizen waiting.  The connection goes back to the pool afterwards.
    """

    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        finally:
            connections.close_all()

    return sync_to_async(run, thread_sensitive=False)
