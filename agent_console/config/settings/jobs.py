"""The worker (procrastinate): many conversations side by side, each in order."""

from procrastinate.app import WorkerOptions

PROCRASTINATE_WORKER_DEFAULTS: WorkerOptions = {
    "concurrency": 8,
    # A released lock wakes nobody: this bounds the wait of a job queued behind another.
    "fetch_job_polling_interval": 0.2,
    "update_heartbeat_interval": 2.0,
    "stalled_worker_timeout": 8.0,
    "shutdown_graceful_timeout": 10.0,
    "delete_jobs": "successful",
}
