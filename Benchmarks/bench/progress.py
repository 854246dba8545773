"""What happens now, on standard error, for the person who waits."""

import sys
import time


class Progress:
    """Lines with the time since the start; on a terminal also what is going on just now, in a line that the next one replaces."""

    def __init__(self):
        self.started = time.monotonic()
        self.replaces = False

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def say(self, text: str, *, passing: bool = False) -> None:
        """`passing`: for a terminal only, until the next line."""
        line = f"[{self.seconds:6.1f} s] {text}"
        if not sys.stderr.isatty():
            if not passing:
                print(line, file=sys.stderr, flush=True)
            return
        start = "\r\033[K" if self.replaces else ""
        print(f"{start}{line}", end="" if passing else "\n", file=sys.stderr, flush=True)
        self.replaces = passing

    def end(self) -> None:
        if self.replaces:
            print(file=sys.stderr)
            self.replaces = False
