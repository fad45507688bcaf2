"""The running system as a test sees it: addresses, secrets, processes that can be killed."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ops import secrets, supervision, waiting
from ops.config import Config


@dataclass(frozen=True)
class System:
    """Everything that ``make start`` started for this data folder."""

    config: Config
    environment: dict[str, str]

    @classmethod
    def connect(cls) -> "System":
        """The system of the environment's ``DATA_DIR``; fails when it does not run."""
        config = Config.from_environ()
        environment = config.environment(secrets.load(config.data_dir))
        return cls(config=config, environment=environment)

    @property
    def console_url(self) -> str:
        return self.environment["CONSOLE_URL"]

    @property
    def chat_url(self) -> str:
        return self.console_url.replace("http", "ws", 1) + "/ws/chat/"

    @property
    def wallet_url(self) -> str:
        return self.environment["WALLET_URL"]

    def kill(self, name: str) -> int:
        """Kill a process and its children as a power cut would; returns the pid that was killed."""
        pid = int(self._states()[name]["pid"])
        assert pid > 0, f"{name} does not run"
        os.killpg(pid, signal.SIGKILL)
        return pid

    def kill_when_running(self, name: str, *, after: int = 0, timeout_s: float = 60) -> int:
        """Kill the process as soon as the supervisor has started it anew; returns its pid.

        ``after``: the pid that was killed before, which the supervisor may not have missed yet.
        """
        killed = [0]

        def kill_new() -> bool:
            # One look for both: between two, the process may end.
            state = self._states()[name]
            pid = int(state["pid"])
            if pid in (0, after) or state["statename"] not in ("RUNNING", "STARTING"):
                return False
            try:
                os.killpg(pid, signal.SIGKILL)
            except ProcessLookupError:  # it ended by itself and will be started again
                return False
            killed[0] = pid
            return True

        waiting.until(kill_new, what=f"a new {name}", timeout_s=timeout_s)
        return killed[0]

    def await_ready(self, *, timeout_s: float = 120) -> None:
        """Return once the console's ``/readyz`` names nothing missing."""
        waiting.until(
            lambda: not waiting.missing_parts(self.console_url),
            what="the whole path",
            timeout_s=timeout_s,
        )

    def _states(self) -> dict[str, dict[str, Any]]:
        return supervision.Supervisor(self.config).states()


def eventually[T](
    ask: Callable[[], T], accept: Callable[[T], bool], *, what: str, timeout_s: float = 90
) -> T:
    """Ask again until the answer is accepted; fails with the last answer."""
    answers: list[T] = []

    def accepted() -> bool:
        answers[:] = [ask()]
        return accept(answers[0])

    try:
        waiting.until(accepted, what=what, timeout_s=timeout_s)
    except waiting.TimedOut as exc:
        raise AssertionError(f"{exc}; last answer: {answers}") from exc
    return answers[0]
