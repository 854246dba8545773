"""`make bench`: Shoal against its rivals, in pairs of measurements; README.md says what each row is."""

import argparse
import signal
import sys
import time
from pathlib import Path

from bench import machine, report
from bench.progress import Progress
from bench.rows import LONG_ROWS, ROWS
from bench.runner import run_row
from lab.network import remove_leftovers

RESULTS = Path(__file__).resolve().parent / "results"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    known = f"rows to run, of {', '.join(ROWS)}; all when none is named; {', '.join(LONG_ROWS)} only by name, as it takes long"
    parser.add_argument("rows", nargs="*", metavar="ROW", help=known)
    parser.add_argument("--pairs", type=int, default=5, help="pairs of measurements for each comparison (default: 5)")
    options = parser.parse_args()
    rows = ROWS | LONG_ROWS
    unknown = [name for name in options.rows if name not in rows]
    if unknown:
        parser.error(f"there is no row {unknown[0]}; there are {', '.join(rows)}")
    if options.pairs < 1:
        parser.error("it takes at least one pair")
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    remove_leftovers()
    names = [name for name in rows if name in (options.rows or ROWS)]
    progress = Progress()
    about = machine.describe()
    results = []
    try:
        for name in names:
            results += run_row(name, rows[name], options.pairs, progress)
    except KeyboardInterrupt:
        progress.say("interrupted; nothing is written")
        return 130
    progress.end()
    print(report.terminal(results))
    # A run of some rows does not replace a whole one.
    stem = time.strftime("%Y-%m-%d", time.gmtime()) + ("" if names == list(ROWS) else "-" + "+".join(names))
    for path in report.write(RESULTS / stem, results, about, options.pairs, progress.seconds):
        print(f"written: {path}")
    return 1 if any(result.error for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
