"""``make bench-wallet``: measure the wallet, print a table, write ``build/bench/wallet.json``."""

from __future__ import annotations

import argparse
import time

from ops.config import ROOT

from .bench import OUTPUT, SMOKE, Sizes, run, table, write


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-wallet", description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a little of everything, for tests")
    options = parser.parse_args()
    start = time.monotonic()
    figures = run(SMOKE if options.smoke else Sizes(), data_dir=ROOT / "build" / "bench" / "data")
    write(figures)
    print(f"\n{table(figures)}\n\n{OUTPUT.relative_to(ROOT)}, {time.monotonic() - start:.0f} s")


if __name__ == "__main__":
    main()
