"""`shoal setup` writes what each real runtime needs to pull through an agent, and takes it out again."""

import os
import subprocess

import pytest

from conftest import REGISTRY
from lab import skopeo
from lab.registriesconf import RegistriesConf
from lab.shoal import SHOAL, shoal


@pytest.fixture
def agent(lab, origin):
    return lab.agent("agent", origin.at(origin.registry.url), tracker=lab.tracker())


def settings(folder) -> dict[str, str]:
    """Every file below a folder, with its text."""
    return {str(path): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_containerd(lab, origin, agent):
    """containerd's CRI, without a word about registries in its settings, pulls through the agent once it was restarted."""
    containerd = lab.containerd(looks_for_hosts=False)
    before = containerd.config.read_text()
    words = ("setup", "containerd", "--file", containerd.config, "--mirror", agent.mirror)
    said = shoal(*words).stdout
    assert "systemctl restart containerd" in said and f'+[host."http://{agent.mirror}"]' in said
    containerd.stop()
    containerd.start()
    assert containerd.cri.pull(f"{REGISTRY}/org/small:small") == origin.small.digest
    assert shoal(*words).stdout.startswith("nothing to change")
    shoal("setup", "containerd", "--file", containerd.config, "--undo")
    assert containerd.config.read_text() == before
    assert not (containerd.directory / "certs.d/_default").exists()


def test_containerd_for_one_registry(lab, origin, agent):
    """A hosts.toml for one registry, into the folder that containerd looks in already: nothing has to be restarted."""
    containerd = lab.containerd()
    other = containerd.directory / "hosts" / REGISTRY / "hosts.toml"
    other.parent.mkdir(parents=True)
    other.write_text(f'server = "{origin.registry.url}"\n\n[host."http://127.0.0.1:1"]\n  capabilities = ["pull", "resolve"]\n')
    said = shoal("setup", "containerd", "--file", containerd.config, "--mirror", agent.mirror, "--registry", REGISTRY).stdout
    assert "nothing has to be restarted" in said
    assert containerd.cri.pull(f"{REGISTRY}/org/small:small") == origin.small.digest
    assert agent.counter("mirror_sent_bytes_total") > 0


def test_docker(lab, origin, agent):
    """dockerd pulls through the agent after a reload, and has no mirror after the undoing and a restart."""
    docker = lab.docker()
    before = docker.settings.read_text()
    said = shoal("setup", "docker", "--file", docker.settings, "--mirror", agent.mirror).stdout
    assert "systemctl reload docker" in said
    docker.reload([agent.mirror])
    assert docker.pull("org/small:small") == origin.small.digest
    assert "systemctl restart docker" in shoal("setup", "docker", "--file", docker.settings, "--mirror", agent.mirror, "--undo").stdout
    assert docker.settings.read_text() == before
    docker.stop()
    docker.start()
    assert docker.mirrors() == []


def test_podman(lab, origin, agent):
    """podman pulls through the agent, at once: a file of its own beside registries.conf, which stays as it is."""
    podman = lab.podman()
    podman.conf.file.write_text('unqualified-search-registries = ["docker.io"]\n')
    before = settings(podman.conf.folder)
    shoal("setup", "podman", "--file", podman.conf.file, "--mirror", agent.mirror, "--registry", REGISTRY)
    assert podman.pull(f"{REGISTRY}/org/small:small") == origin.small.digest
    assert settings(podman.conf.folder).items() > before.items()
    shoal("setup", "podman", "--file", podman.conf.file, "--undo")
    assert settings(podman.conf.folder) == before


def test_crio(lab, agent, origin):
    """CRI-O is not in Debian 12. skopeo reads what was written for it with the same library, in a table that was there before."""
    conf = RegistriesConf(lab.path / "home")
    conf.file.write_text(f'[[registry]]\nprefix = "{REGISTRY}"\nlocation = "127.0.0.1:1"\ninsecure = true\n')
    before = conf.file.read_text()
    said = shoal("setup", "crio", "--file", conf.file, "--mirror", agent.mirror, "--registry", REGISTRY).stdout
    assert "systemctl reload crio" in said and f"--registry {REGISTRY}=http://127.0.0.1:1" in said
    assert skopeo.copy(f"{REGISTRY}/org/small:small", lab.path / "pulled", every_platform=True, env=conf.env) == origin.small.digest
    shoal("setup", "crio", "--file", conf.file, "--undo")
    assert conf.file.read_text() == before


def test_dry_run_writes_nothing(lab):
    """`--dry-run` shows the difference and leaves everything as it is."""
    config = lab.path / "etc/config.toml"
    config.parent.mkdir()
    config.write_text("version = 2\n")
    before = settings(lab.path)
    said = shoal("setup", "containerd", "--file", config, "--dry-run").stdout
    assert "+++ " in said and "nothing was written" in said
    assert settings(lab.path) == before


def test_links_and_modes_stay(lab):
    """A file behind a symbolic link is changed where it lies, and keeps its mode."""
    real, link = lab.path / "managed.json", lab.path / "daemon.json"
    real.write_text("{}")
    real.chmod(0o640)
    link.symlink_to(real)
    shoal("setup", "docker", "--file", link)
    assert link.is_symlink() and "127.0.0.1:5000" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "runtime, name, text, complaint",
    [
        ("docker", "daemon.json", "{", "daemon.json"),
        ("containerd", "config.toml", 'version = 2\n[plugins."io.containerd.grpc.v1.cri".registry.mirrors]\n', "config.toml:2"),
        ("podman", "registries.conf", "[[registry]\n", "registries.conf:1"),
    ],
)
def test_settings_that_cannot_be_changed(lab, runtime, name, text, complaint):
    """One line that names the file, and the file stays as it is."""
    file = lab.path / name
    file.write_text(text)
    done = shoal("setup", runtime, "--file", file, check=False)
    assert done.returncode == 1 and complaint in done.stderr and len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert settings(lab.path) == {str(file): text}


def test_without_the_right_to_write(lab):
    """Who is not root is told to be."""
    folder = lab.path / "etc"
    folder.mkdir()
    lab.path.chmod(0o755)
    program = os.path.realpath(SHOAL)
    done = subprocess.run(
        ["setpriv", "--reuid", "65534", "--clear-groups", "--", program, "setup", "docker", "--file", folder / "daemon.json"],
        capture_output=True, text=True, timeout=20,
    )
    assert done.returncode == 1 and "sudo" in done.stderr and str(folder / "daemon.json") in done.stderr, done.stderr
