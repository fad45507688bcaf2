"""One supervisord per data folder: starts the processes, and starts each again when it dies."""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import resource
import signal
import subprocess
import tempfile
import xmlrpc.client
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import Faults, SupervisorTransport

from .config import PLATFORM_PYTHON, ROOT, Config
from .processes import Process

_PR_SET_PDEATHSIG = 1  # prctl(2)
_FILES = 16_384
_SOCKET_PATH_MAX = 100  # sun_path holds 108 bytes


class NotRunning(Exception):
    """No supervisord answers for this data folder."""


def _files_max() -> int:
    """Open files that a process may have: the console holds one for each open widget."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _FILES if most == resource.RLIM_INFINITY else min(_FILES, most)


def socket_path(config: Config) -> Path:
    """The control socket; a deep data folder gets one in the temporary folder instead."""
    path = config.run_dir / "supervisor.sock"
    if len(str(path)) <= _SOCKET_PATH_MAX:
        return path
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"mdmp-{digest}.sock"


def write_settings(config: Config, processes: Sequence[Process]) -> Path:
    """Write ``supervisord.conf`` for ``processes`` (none starts by itself) and return its path."""
    control = socket_path(config)
    parts = [
        "[unix_http_server]",
        f"file={_escape(control)}",
        "chmod=0700",
        "[supervisord]",
        f"logfile={_escape(config.log_dir / 'supervisord.log')}",
        f"pidfile={_escape(config.run_dir / 'supervisord.pid')}",
        f"childlogdir={_escape(config.log_dir)}",
        f"directory={_escape(ROOT)}",
        f"minfds={_files_max()}",
        *(["user=root"] if os.geteuid() == 0 else []),
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
        "[supervisorctl]",
        f"serverurl=unix://{_escape(control)}",
    ]
    for process in processes:
        parts += [
            f"[program:{process.name}]",
            f"command={_escape(PLATFORM_PYTHON)} -m ops exec {process.name}",
            f"stdout_logfile={_escape(log_file(config, process.name))}",
            "redirect_stderr=true",
            "stdout_logfile_maxbytes=10MB",
            "stdout_logfile_backups=3",
            "autostart=false",
            "autorestart=true",
            "startsecs=1",
            "startretries=1000",
            f"stopsignal={process.stop_signal}",
            f"stopwaitsecs={process.stop_wait_s}",
            "killasgroup=true",
        ]
    path = config.run_dir / "supervisord.conf"
    path.write_text("\n".join(parts) + "\n")
    return path


def _escape(path: Path) -> str:
    return str(path).replace("%", "%%")


def log_file(config: Config, name: str) -> Path:
    """Where a process's standard output and error go."""
    return config.log_dir / f"{name}.log"


def launch(config: Config, settings: Path, *, attached: bool) -> None:
    """Start supervisord in a session of its own; ``attached`` ends it with this program."""
    subprocess.Popen(
        [str(PLATFORM_PYTHON.with_name("supervisord")), "-c", str(settings), "-n", "-s"],
        env=dict(config.given),
        cwd=ROOT,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=functools.partial(end_with_parent, "TERM") if attached else None,
    )


def end_with_parent(stop_signal: str) -> None:
    """Ask the kernel to send this process ``SIG<stop_signal>`` when its parent ends (Linux)."""
    number = getattr(signal, f"SIG{stop_signal}")
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


class Supervisor:
    """Talks to the running supervisord."""

    def __init__(self, config: Config) -> None:
        self._url = f"unix://{socket_path(config)}"

    @property
    def _rpc(self) -> Any:
        # A connection each: the transport keeps one that failed, and fails for ever after.
        transport = SupervisorTransport(None, None, self._url)
        return xmlrpc.client.ServerProxy("http://local", transport=transport).supervisor

    def alive(self) -> bool:
        """True when it answers."""
        try:
            self._rpc.getState()
        except (OSError, HTTPException, xmlrpc.client.Error):
            return False
        return True

    def start(self, name: str, *, wait: bool = True) -> None:
        """Start a process; one that runs already is left alone."""
        try:
            self._rpc.startProcess(name, wait)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode == Faults.ALREADY_STARTED:
                return
            # SPAWN_ERROR / ABNORMAL_TERMINATION: it is retried; readiness tells the outcome.
            if fault.faultCode not in (Faults.SPAWN_ERROR, Faults.ABNORMAL_TERMINATION):
                raise

    def stop(self, name: str) -> None:
        """Stop a process and wait for its end; one that does not run is left alone."""
        try:
            self._rpc.stopProcess(name, True)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode != Faults.NOT_RUNNING:
                raise

    def shutdown(self) -> None:
        """Stop everything, then supervisord itself."""
        self._rpc.shutdown()

    def states(self) -> dict[str, dict[str, Any]]:
        """Process name -> supervisord's record (``statename``, ``pid``, ``description`` …)."""
        try:
            records = self._rpc.getAllProcessInfo()
        except (OSError, HTTPException) as exc:
            raise NotRunning from exc
        return {record["name"]: record for record in records}

    def supervisord_pid(self) -> int:
        """Its own process id; raises ``NotRunning``."""
        try:
            return int(self._rpc.getPID())
        except (OSError, HTTPException) as exc:
            raise NotRunning from exc
