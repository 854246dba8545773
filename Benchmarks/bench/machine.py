"""On what the figures were found: the machine, its system, and the versions of everything that took part."""

import os
import platform
import re
import tempfile
import time
from pathlib import Path

from lab.processes import run
from lab.shoal import BINARIES, CHECKOUT, SHOAL

PACKAGES = ["docker-registry", "nginx-light", "python3-libtorrent", "wrk", "libssl3", "libuv1", "liblmdb0"]


def describe() -> dict[str, str]:
    """Words for each property, in the order in which to show them."""
    return {
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "processor": _field("/proc/cpuinfo", "model name"),
        "cores": str(os.cpu_count()),
        "memory": f"{int(_field('/proc/meminfo', 'MemTotal').split()[0]) / 1048576:.1f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "file system": _output(["findmnt", "--noheadings", "--output", "FSTYPE", "--target", tempfile.gettempdir()]),
        "load before": f"{os.getloadavg()[0]:.2f}",
        "shoal": f"{_output([SHOAL, '--version'])}, {_build()}",
        "swift": _output(["swift", "--version"]).splitlines()[0],
        **{package: _output(["dpkg-query", "--show", "--showformat", "${Version}", package]) for package in PACKAGES},
    }


def _build() -> str:
    """From what the programs were built, as far as that is known."""
    if BINARIES != CHECKOUT / ".build/release":
        return "a build from elsewhere (LAB_BINARIES)"
    return f"built from {_output(['git', '-C', CHECKOUT, 'describe', '--always', '--dirty'])}"


def _field(path: str, name: str) -> str:
    found = re.search(rf"^{name}\s*:\s*(.*)$", Path(path).read_text(), re.MULTILINE)
    return found.group(1) if found else "unknown"


def _output(command: list) -> str:
    return run(command, check=False).stdout.strip() or "unknown"
