"""Loading a whole file: batch by batch, going on where a killed run stopped."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils import timezone

from ..models import AddressLoad, Commune
from .files import file_digest, open_lines
from .rows import BadRow, Row, RowReader
from .store import StreetKeys, addresses_store, middles_store, superseded_delete

BATCH_LINES = 5_000
_BAD_LINES_KEPT = 100


class LoadOvertaken(Exception):
    """Another command is loading the same file; it goes on, this one stops."""


@dataclass(frozen=True)
class LoadResult:
    """What a load did; ``load`` has the counts, ``resumed_at`` is the last line known (0: new)."""

    load: AddressLoad
    resumed_at: int
    deleted_count: int


@dataclass
class _Batch:
    lines: int = 0
    rows: list[Row] = field(default_factory=list)
    elsewhere: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)


def addresses_load(
    *,
    path: Path,
    source: str,
    prune: bool = False,
    on_progress: Callable[[int], None] = lambda position: None,
) -> LoadResult:
    """Load a Base Adresse Nationale CSV, plain or gzipped; only the Metropolis' communes are kept.

    Each batch of lines is one transaction with its checkpoint, so a kill at any moment loses the
    batch at work and nothing else, and the next run with the same file and source goes on behind
    the last one.  Rows are inserted or updated by their national id: loading again changes nothing.
    ``prune`` deletes, in the last transaction, what ``source`` brought before and this file hasn't.
    ``on_progress`` hears how many bytes of the file are behind us.

    Raises ``BadHeader`` (nothing is written), ``LoadOvertaken``, ``OSError``, ``EOFError`` and
    ``zlib.error`` (a torn gzip: what came before stays, a whole file goes on from the start).
    """
    with open_lines(path) as lines:
        numbered = enumerate(lines, start=1)
        reader = RowReader(next(numbered, (1, ""))[1])
        load = _open(path=path, source=source, digest=file_digest(path))
        resumed_at = load.lines_done if load.lines_done > 1 else 0
        for _ in islice(numbered, max(load.lines_done - 1, 0)):
            pass
        communes = frozenset(Commune.objects.values_list("insee", flat=True))
        keys = StreetKeys()
        for batch in _batches(numbered, reader, communes):
            _store(load, batch, keys)
            on_progress(lines.position)
    return LoadResult(load=load, resumed_at=resumed_at, deleted_count=_finish(load, prune=prune))


def _open(*, path: Path, source: str, digest: str) -> AddressLoad:
    """The unfinished load of this file, or a new one."""
    try:
        with transaction.atomic():
            load, _ = AddressLoad.objects.get_or_create(
                source=source,
                file_digest=digest,
                finished_at=None,
                defaults={"file_name": path.name, "lines_done": 1},
            )
    except IntegrityError as exc:
        raise LoadOvertaken from exc
    return load


def _batches(
    numbered: Iterator[tuple[int, str]], reader: RowReader, communes: frozenset[str]
) -> Iterator[_Batch]:
    while chunk := list(islice(numbered, BATCH_LINES)):
        batch = _Batch(lines=len(chunk))
        for number, line in chunk:
            if not line:
                continue
            try:
                row = reader.read(line, communes)
            except BadRow as refused:
                batch.bad.append((number, refused.code))
                continue
            if row is None:
                batch.elsewhere += 1
            else:
                batch.rows.append(row)
        yield batch


@transaction.atomic
def _store(load: AddressLoad, batch: _Batch, keys: StreetKeys) -> None:
    """One batch and its checkpoint; the load's row is locked so that two runs can't interleave."""
    current = AddressLoad.objects.select_for_update().get(pk=load.pk)
    if current.lines_done != load.lines_done or current.finished_at:
        raise LoadOvertaken
    keys.store(batch.rows)
    addresses_store(batch.rows, keys=keys, load_id=load.pk)
    load.lines_done += batch.lines
    load.kept_count += len(batch.rows)
    load.elsewhere_count += batch.elsewhere
    load.bad_count += len(batch.bad)
    load.bad_lines = [*load.bad_lines, *batch.bad][:_BAD_LINES_KEPT]
    load.save()


@transaction.atomic
def _finish(load: AddressLoad, *, prune: bool) -> int:
    """Streets' positions, what is gone, and the end of the load: all of it or none."""
    current = AddressLoad.objects.select_for_update().get(pk=load.pk)
    if current.lines_done != load.lines_done or current.finished_at:
        raise LoadOvertaken
    deleted = superseded_delete(load_id=load.pk, source=load.source) if prune else 0
    for insee in Commune.objects.values_list("insee", flat=True):
        middles_store(insee)
    load.finished_at = timezone.now()
    load.save()
    return deleted
