"""The worker process: ``python -m agent_console.manage work``."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from agent_console.jobs import retry_stalled_jobs


class Command(BaseCommand):
    help = "Run the job worker, and put jobs of dead workers back into the queue."

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(_work())


async def _work() -> None:
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()):
        async with app.open_async():
            parts = {
                asyncio.create_task(app.run_worker_async(install_signal_handlers=True)),
                asyncio.create_task(retry_stalled_jobs(app)),
                _unhandled_failure(asyncio.get_running_loop()),
            }
            # Whichever ends first ends the process; the supervisor starts it again.
            done, rest = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for part in rest:
                part.cancel()
            for part in done:
                part.result()


def _unhandled_failure(loop: asyncio.AbstractEventLoop) -> asyncio.Future[None]:
    """A future that fails when something in the loop failed and nobody took notice.

    A job whose end can't be written down (the database went away) stays ``doing`` under a worker
    that lives on, so nothing would ever retry it: such a worker must end.
    """
    failure: asyncio.Future[None] = loop.create_future()

    def on_failure(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        loop.default_exception_handler(context)
        if not failure.done():
            failure.set_exception(context.get("exception") or RuntimeError(context["message"]))

    loop.set_exception_handler(on_failure)
    return failure
