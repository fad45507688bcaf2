"""The wallet's own code, run beside it: what no request asks for."""

import subprocess

from ops.config import PLATFORM_PYTHON, ROOT
from ops.processes import by_name

from .system import System


def run_in_wallet(system: System, code: str, *, process: str = "wallet") -> str:
    """Run ``code`` with what that process sees; returns what it printed, fails with its error."""
    done = subprocess.run(
        [str(PLATFORM_PYTHON), "-m", "wallet_service.manage", "shell", "--no-imports", "-c", code],
        cwd=ROOT,
        env=by_name(system.config, process).environment(system.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
