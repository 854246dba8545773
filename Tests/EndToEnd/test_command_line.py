"""What a person at a terminal sees when something is wrong: one clear line, and a non-zero exit code."""

import socket

import pytest

from lab.processes import run, unused_port
from lab.shoal import SHOAL, SIMULATOR, TRACKER


def complaint(command: list) -> str:
    """Runs a command that must fail soon; returns what it said on standard error."""
    done = run(command, check=False, seconds=20)
    assert done.returncode != 0, f"succeeded: {done.stdout}"
    assert "Fatal error" not in done.stderr and "Stack dump" not in done.stderr, done.stderr
    return done.stderr


def agent_words(lab, *words: object) -> list:
    listen = ["--mirror", "127.0.0.1:0", "--peer", "127.0.0.1:0", "--admin", "127.0.0.1:0"]
    return [SHOAL, "agent", "--data", lab.path / "data", *listen, *words]


@pytest.mark.parametrize("program", [SHOAL, TRACKER], ids=["shoal", "shoal-tracker"])
def test_unknown_flag(program):
    """A flag that does not exist is named."""
    assert "--no-such-flag" in complaint([program, *(["agent"] if program == SHOAL else []), "--no-such-flag"])


def test_unknown_configuration_key(lab):
    """A key that does not exist is named, with the file."""
    config = lab.path / "shoal.yaml"
    config.write_text("mirrror: 127.0.0.1:0\n")
    said = complaint([SHOAL, "agent", "--config", config])
    assert "mirrror" in said and "shoal.yaml" in said
    assert len(said.strip().splitlines()) <= 3, said


def test_configuration_file_that_is_missing(lab):
    assert "nowhere.yaml" in complaint([SHOAL, "agent", "--config", lab.path / "nowhere.yaml"])


@pytest.mark.parametrize("flag", ["--mirror", "--peer", "--admin"])
def test_port_in_use(lab, flag):
    """A port that another process has is named."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        said = complaint(agent_words(lab, flag, address))
    assert address in said and "in use" in said.lower()


@pytest.mark.parametrize(
    "words",
    [("--mirror", "nonsense"), ("--registry", "nonsense"), ("--log-level", "nonsense"), ("--tracker", "nonsense:port")],
    ids=lambda words: words[0],
)
def test_wrong_value(lab, words):
    """A value that cannot be read is quoted."""
    assert words[1] in complaint(agent_words(lab, *words))


def test_agent_that_does_not_run(lab):
    """`shoal status` and `shoal pull` name the agent they cannot reach."""
    url = f"http://127.0.0.1:{unused_port()}"
    assert url.removeprefix("http://") in complaint([SHOAL, "status", "--agent", url])
    assert url.removeprefix("http://") in complaint([SHOAL, "pull", "a.example/b:c", "--agent", url, "-o", lab.path / "out"])


@pytest.mark.parametrize(
    "words",
    [
        *[(SHOAL,), (SHOAL, "agent"), (SHOAL, "pull"), (SHOAL, "status"), (SHOAL, "setup"), (SHOAL, "doctor"), (TRACKER,), (SIMULATOR,), (SIMULATOR, "run")],
        *[(SIMULATOR, "compare"), (SIMULATOR, "sweep"), (SIMULATOR, "check")],
        *[(SIMULATOR, "load"), (SIMULATOR, "load", "tracker"), (SIMULATOR, "load", "agent")],
    ],
    ids=lambda words: " ".join([words[0].name, *words[1:]]),
)
def test_help_shows_an_example(words):
    """`--help` shows how the command is typed."""
    shown = run([*words, "--help"]).stdout
    assert "example" in shown.lower() and words[0].name in shown
