"""Loading and searching addresses by the hundred thousand: ``python -m tests.load.addresses``.

The file is made up (real communes, invented streets) in the national base's published columns.
"""

from __future__ import annotations

import argparse
import random
from urllib.parse import urlencode

from ops.config import ROOT

from .console_reads import configure, migrate_and_seed, reader, step, timed
from .figures import percentile
from .system import engines

_FOLDER = ROOT / "build" / "addresses"


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.load.addresses", description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--searches", type=int, default=300)
    options = parser.parse_args()
    with engines(_FOLDER / "data") as system:
        configure(system)
        with step("database"):
            migrate_and_seed()
        from django.core.management import call_command

        from agent_console.places.models import Address
        from agent_console.places.tests.ban_file import ban_write, city_lines

        path = ban_write(_FOLDER / "made-up.csv.gz", city_lines(options.rows), gzipped=True)
        with step(f"{options.rows} addresses"):
            call_command("import_addresses", str(path))
        path.unlink()
        draw = random.Random(7)  # noqa: S311 - the same searches each time
        some = list(Address.objects.select_related("street__commune").order_by("pk")[::997])
        asked = [draw.choice(some) for _ in range(options.searches)]
        client = reader()
        print(f"\n{'read':34}{'p50 ms':>10}{'p95 ms':>10}")
        for name, addresses in {
            "suggest while typing": [
                f"suggest?{urlencode({'q': f'{one.number} {one.street.name[:12]}'})}"
                for one in asked
            ],
            "address of a position": [
                f"reverse?{urlencode({'latitude': one.latitude, 'longitude': one.longitude})}"
                for one in asked
            ],
        }.items():
            times = [timed(client, f"/api/v1/places/{address}")[0] for address in addresses]
            print(f"{name:34}{percentile(times, 50):>10.1f}{percentile(times, 95):>10.1f}")


if __name__ == "__main__":
    main()
