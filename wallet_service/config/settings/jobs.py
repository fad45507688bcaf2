"""The wallet's worker (procrastinate): a few periodic tasks."""

from __future__ import annotations

from procrastinate.app import WorkerOptions

PROCRASTINATE_WORKER_DEFAULTS: WorkerOptions = {
    "concurrency": 4,
    "update_heartbeat_interval": 2.0,
    "stalled_worker_timeout": 8.0,
    "shutdown_graceful_timeout": 10.0,
    # What failed was logged and is done again at the next turn of the clock.
    "delete_jobs": "always",
}
