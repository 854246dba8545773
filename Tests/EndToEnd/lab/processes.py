"""Daemons in the background, each with a log file, ended by the process that was started and never by name."""

import os
import signal
import socket
import subprocess
from pathlib import Path

from .waiting import eventually


class Daemon:
    """One background process. What it prints goes to `log`, one file for all its starts."""

    def __init__(
        self, name: str, command: list[str], log: Path, *, env: dict[str, str] | None = None, outlive: bool = False, family: bool = False
    ):
        """`outlive`: the process may live longer than this one (a demo that is left running).

        `family`: what it starts ends with it, whatever ends it. It is the first of a namespace of processes then, below the one that `pid` tells
        of; needs root.
        """
        self.name = name
        self.command = [str(word) for word in command]
        self.log = log
        self.env = {**os.environ, **(env or {})}
        self.outlive = outlive
        self.family = family
        self.process: subprocess.Popen | None = None
        self.log_start = 0

    def start(self) -> None:
        """Starts the process; says nothing about whether it is ready."""
        assert not self.alive, f"{self.name} runs already"
        # Should this process be killed, the kernel ends its children too, so that nothing stays behind.
        prefix = [] if self.outlive else ["setpriv", "--pdeathsig", "KILL", "--"]
        if self.family:
            prefix += ["unshare", "--pid", "--fork", "--kill-child=KILL", "--"]
        with self.log.open("ab") as log:
            self.log_start = log.tell()
            self.process = subprocess.Popen(
                prefix + self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env, start_new_session=True
            )

    @property
    def pid(self) -> int:
        assert self.process is not None, f"{self.name} was never started"
        return self.process.pid

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def output(self) -> str:
        """What the process printed since it was last started."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as log:
            log.seek(self.log_start)
            return log.read().decode(errors="replace")

    def wait_until(self, condition, what: str, seconds: float = 20):
        """Waits as `eventually` does, and fails at once when the process ends meanwhile."""

        def alive_and_true():
            value = condition()
            if not value and not self.alive:
                raise AssertionError(f"{self.name} ended with {self.process.returncode} before {what}:\n{tail(self.output)}")
            return value

        return eventually(alive_and_true, f"{self.name}: {what}", seconds)

    def wait_for_port(self, port: int, seconds: float = 20, *, address: str = "127.0.0.1") -> None:
        self.wait_until(lambda: accepts(port, address), f"{address}:{port} accepts connections", seconds)

    def stop(self, seconds: float = 10) -> int:
        """SIGTERM, then waits. Returns the exit code; kills the process and raises when it takes longer than `seconds`."""
        if self.process is None:
            return 0
        if self.alive:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} still ran {seconds:g} s after SIGTERM:\n{tail(self.output)}") from None

    def kill(self) -> None:
        """SIGKILL, as a crash or the kernel's out-of-memory killer would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def accepts(port: int, address: str = "127.0.0.1") -> bool:
    """Whether something accepts connections on `address`:`port`."""
    try:
        with socket.create_connection((address, port), timeout=1):
            return True
    except OSError:
        return False


def unused_port() -> int:
    """A port of 127.0.0.1 on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tail(text: str, lines: int = 40) -> str:
    """The last lines of a log."""
    return "\n".join(text.splitlines()[-lines:])


def run(
    command: list, *, env: dict[str, str] | None = None, seconds: float = 120, check: bool = True, given: str = ""
) -> subprocess.CompletedProcess:
    """Runs a command to its end, with its output captured as text. With `check`, a failure raises and shows that output.

    `given` is what the command reads from its standard input.
    """
    words = [str(word) for word in command]
    done = subprocess.run(words, input=given, capture_output=True, text=True, env={**os.environ, **(env or {})}, timeout=seconds)
    if check and done.returncode != 0:
        raise AssertionError(f"`{' '.join(words)}` ended with {done.returncode}:\n{tail(done.stdout + done.stderr)}")
    return done
