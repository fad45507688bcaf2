"""The lines of a plain or gzipped file, with how far into the file they are."""

import gzip
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

_GZIP_MAGIC = b"\x1f\x8b"
_LINE_BYTES_MAX = 64 * 1024


class Lines:
    """Lines as text; ``position`` is how many bytes of the file on disk were read."""

    def __init__(self, raw: BinaryIO, text: BinaryIO) -> None:
        self._raw, self._text = raw, text

    @property
    def position(self) -> int:
        return self._raw.tell()

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(_LINE_BYTES_MAX):
            # What isn't UTF-8 is kept as a mark: the line is refused, the file goes on.
            yield line.decode("utf-8", errors="replace").rstrip("\r\n")


@contextmanager
def open_lines(path: Path) -> Iterator[Lines]:
    """Open a file; whether it is gzipped is told by its first bytes, not by its name."""
    with path.open("rb") as raw:
        gzipped = raw.read(2) == _GZIP_MAGIC
        raw.seek(0)
        if gzipped:
            with gzip.GzipFile(fileobj=raw) as text:
                yield Lines(raw, cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, text))))
        else:
            yield Lines(raw, raw)


def file_digest(path: Path) -> str:
    """SHA-256 of the file as it is on disk: what a checkpoint belongs to."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
