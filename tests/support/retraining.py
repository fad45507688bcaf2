"""What the technician does with an export: docs/assistant.md, section 7."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from ops.config import BOT_PYTHON, ROOT


class TrainingCopy:
    """A copy of the assistant's project, so that nothing of the real one changes.

    ``data_dir``: where the present model was trained; what was kept there for the next training is
    here too, as it is where the technician trains.
    """

    def __init__(self, folder: Path, *, data_dir: Path) -> None:
        self._root = folder
        for part in ("bot", "nlu_data"):
            shutil.copytree(
                ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "tests")
            )

        (folder / "var" / "models").mkdir(parents=True)
        for kept in (data_dir / "models").glob("encoder-*.npz"):
            shutil.copy(kept, folder / "var" / "models")

    def add(self, patch: Path, *, name: str) -> None:
        """Put an export where training data is."""
        shutil.copy(patch, self._root / "nlu_data" / "fr" / name)

    def validate(self) -> str:
        """``rasa data validate``; what it warned of, fails unless it accepted all of it."""
        done = self._run(
            *(str(BOT_PYTHON.with_name("rasa")), "data", "validate"),
            *("--config", "bot/config.yml", "--domain", "bot/domain"),
            *("--data", "nlu_data", "bot/rules"),
        )
        return done.stdout + done.stderr

    def train(self) -> None:
        """The whole pipeline on all lines, the export's among them."""
        self._run(str(BOT_PYTHON), "-m", "bot.train", "--data-dir", "var")

    def ask(self, text: str) -> dict[str, Any]:
        """How the model that was trained here understands ``text``."""
        done = self._run(str(BOT_PYTHON), "-m", "bot.ask", "--data-dir", "var", text)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            command,
            cwd=self._root,
            env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done
