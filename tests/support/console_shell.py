"""The console's own code, run beside it: what no request asks for."""

import subprocess

from ops.config import PLATFORM_PYTHON, ROOT
from ops.processes import by_name

from .system import System


def run_in_console(system: System, code: str) -> str:
    """Run ``code`` with what the console sees; returns what it printed, fails with its error."""
    done = subprocess.run(
        [str(PLATFORM_PYTHON), "-m", "agent_console.manage", "shell", "--no-imports", "-c", code],
        cwd=ROOT,
        env=by_name(system.config, "console").environment(system.environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
