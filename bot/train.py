"""Train the assistant: ``python -m bot.train --data-dir var``.

Writes ``<data dir>/models/<fingerprint>.tar.gz`` and prints its path on the last line. Nothing is
trained when that file exists. The file appears by one rename, so a training that is killed leaves
the previous models as they were.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

from bot import project

KEPT_MODELS = 3


def train_model(data_dir: Path) -> tuple[Path, float]:
    """Train if needed. Returns the model's path and the seconds spent (0.0 when it was there).

    Raises ``RuntimeError`` when Rasa produced no model.
    """
    target = project.model_path(data_dir)
    if target.is_file():
        os.utime(target)  # the model in use counts as recent when old ones are removed
        return target, 0.0
    started = time.monotonic()
    target.parent.mkdir(parents=True, exist_ok=True)
    # Rasa's own training cache would keep every intermediate result beside the repository.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    # What takes longest for the same lines again: the encoder's rows (bot/components/kept_rows.py).
    os.environ["ENCODER_ROWS"] = str(target.parent)
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["LOG_LEVEL"] = "ERROR"  # Rasa draws progress bars below it
    import rasa

    from bot.logs import configure_logging

    configure_logging()
    with (
        tempfile.TemporaryDirectory(dir=target.parent, prefix=".training-") as folder,
        contextlib.redirect_stdout(sys.stderr),  # our own last line is the model's path
    ):
        os.environ["RASA_CACHE_DIRECTORY"] = str(Path(folder) / "cache")
        result = rasa.train(
            domain=str(project.DOMAIN),
            config=str(project.CONFIG),
            training_files=[str(path) for path in project.training_files()],
            output=folder,
            fixed_model_name="model",
            force_training=True,
        )
        if result is None or result.model is None:
            raise RuntimeError("Rasa trained no model")
        Path(result.model).replace(target)
    _remove_old_models(target.parent)
    return target, time.monotonic() - started


def _remove_old_models(folder: Path) -> None:
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in models[KEPT_MODELS:]:
        path.unlink(missing_ok=True)


def main() -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(prog="python -m bot.train", description=__doc__)
    parser.add_argument(
        "--data-dir", type=Path, default=Path(os.environ.get("DATA_DIR", "var")), metavar="DIR"
    )
    path, spent_s = train_model(parser.parse_args().data_dir)
    done = f"trained in {spent_s:.1f} s" if spent_s else "already trained"
    sys.stdout.write(f"{done}\n{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
