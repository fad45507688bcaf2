"""Erasures and retention (``docs/privacy.md``)."""

from pathlib import Path

from .env import env

# Outside the database, so that a restored backup forgets again; shared by console and worker.
ERASURE_REGISTER = str(
    Path(env.str("DATA_DIR", default="") or "var").resolve() / "erasures/register.jsonl"
)
# Days; why each, stands beside its rule (``agent_console/rights/retention.py``).
RETENTION_DAYS: dict[str, int] = {
    "messages": 365,
    "notices": 90,
    "reports": 730,
    "originals": 90,
    "pickups": 365,
    "calls": 180,
    "unanswered": 90,
    "codes": 30,
    "recognitions": 90,
    "sessions": 90,
    "audit": 365,  # the database refuses less than 180
}
