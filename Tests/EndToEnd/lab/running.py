"""Running what was pulled, where the machine lets containers run."""

from .processes import run, tail

LIMITS = ("operation not permitted", "permission denied", "cgroup", "seccomp", "namespace")
"""What runtimes complain of when the machine is in the way and not the image."""


class CannotRun(Exception):
    """This machine does not let a client start containers; says what the client said."""


def run_image(command: list, *, env: dict[str, str] | None = None) -> str:
    """Runs a client's command that starts a container; returns what the container printed.

    Raises CannotRun where the machine is in the way, AssertionError for any other failure.
    """
    done = run(command, env=env, check=False)
    if done.returncode == 0:
        return done.stdout
    said = tail(done.stdout + done.stderr)
    if any(limit in said.lower() for limit in LIMITS):
        raise CannotRun(said.splitlines()[-1])
    raise AssertionError(f"`{' '.join(str(word) for word in command)}` ended with {done.returncode}:\n{said}")
