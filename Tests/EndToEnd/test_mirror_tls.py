"""TLS on the mirror's socket: clients that verify it pull as ever; files that will not do are one clear error."""

import ssl
import urllib.request

from conftest import REGISTRY
from lab.cluster import Lab
from lab.download import Download
from lab.images import NATIVE
from lab.processes import run
from lab.registriesconf import RegistriesConf
from lab.shoal import Agent, shoal


def tls_agent(lab: Lab, origin, certificate, key) -> Agent:
    flags = ["--mirror-certificate", str(certificate), "--mirror-key", str(key)]
    return lab.agent("agent", origin.at(origin.registry.url), flags=flags)


def test_pulls(lab, origin):
    """By clients that trust the authority, and by none that does not; on its way and held, whole and in parts."""
    authority = lab.authority()
    agent = tls_agent(lab, origin, *authority.issue("mirror", "IP:127.0.0.1"))
    trust = lab.path / "trust"
    trust.mkdir()
    copy = ["skopeo", "--insecure-policy", "copy", "--quiet", f"--src-cert-dir={trust}"]
    source = f"docker://{agent.mirror}/{origin.reference(origin.large)}"
    refused = run([*copy, source, f"dir:{lab.path / 'refused'}"], check=False)
    assert refused.returncode != 0 and "x509" in refused.stderr, refused.stderr
    (trust / "ca.crt").write_text(authority.certificate.read_text())
    for name in ("fetched", "held"):
        run([*copy, source, f"dir:{lab.path / name}"], seconds=300)
    digest, size = max(origin.large.blobs[NATIVE].items(), key=lambda blob: blob[1])
    context = ssl.create_default_context(cafile=authority.certificate)
    for wanted, start, end in [("bytes=1000-299999", 1000, 300000), (f"bytes=-{size - 7}", 7, size)]:
        request = urllib.request.Request(f"https://{agent.mirror}{origin.blob(origin.large, digest)}", headers={"Range": wanted})
        with urllib.request.urlopen(request, context=context, timeout=60) as response:
            assert response.status == 206
            body = response.read()
        layer = (lab.path / "held" / digest.removeprefix("sha256:")).read_bytes()
        assert body == layer[start:end]
    plain = Download(f"http://{agent.mirror}/v2/").finish()
    assert plain.status is None and plain.error, "plain HTTP is not answered"
    agent.stop()


def test_setup_and_doctor(lab, origin):
    """What `shoal setup --tls` writes is what skopeo needs; the doctor finds that in order, and plain HTTP not."""
    authority = lab.authority()
    agent = tls_agent(lab, origin, *authority.issue("mirror", "IP:127.0.0.1"))
    conf = RegistriesConf(lab.path / "home")
    setup = ["setup", "podman", "--mirror", agent.mirror, "--file", conf.file, "--registry", REGISTRY]
    doctor = ["doctor", "--agent", agent.http, "--runtime", f"podman={conf.file}"]
    shoal(*setup, "--tls")
    certificates = conf.folder / "certs.d" / agent.mirror
    certificates.mkdir(parents=True)
    (certificates / "ca.crt").write_text(authority.certificate.read_text())
    copy = ["skopeo", "--registries-conf", conf.file, "--insecure-policy", "copy", "--quiet", f"docker://{origin.reference(origin.small)}"]
    run([*copy, f"dir:{lab.path / 'pulled'}"], env=conf.env)
    assert agent.holds(origin.small.digest)
    assert f"podman looks for images of {REGISTRY}" in shoal(*doctor, check=False).stdout
    shoal("setup", "podman", "--file", conf.file, "--undo")
    shoal("setup", "docker", "--mirror", agent.mirror, "--file", lab.path / "daemon.json")
    found = shoal("doctor", "--agent", agent.http, "--runtime", f"docker={lab.path / 'daemon.json'}", check=False)
    assert found.returncode == 1 and "speaks TLS" in found.stdout and "--tls" in found.stdout, found.stdout


def test_files_that_will_not_do(lab):
    authority = lab.authority()
    certificate, key = authority.issue("mirror", "IP:127.0.0.1")
    _, other_key = authority.issue("other", "IP:127.0.0.1")
    words = ["agent", "--data", lab.path / "none"]
    for flags, named in [
        (["--mirror-certificate", lab.path / "missing", "--mirror-key", key], "missing"),
        (["--mirror-certificate", key, "--mirror-key", key], "certificates in PEM"),
        (["--mirror-certificate", certificate, "--mirror-key", certificate], "a key in PEM"),
        (["--mirror-certificate", certificate, "--mirror-key", other_key], "not the key"),
    ]:
        done = shoal(*words, *flags, check=False)
        assert done.returncode == 1 and named in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr
    alone = shoal(*words, "--mirror-key", key, check=False)
    assert alone.returncode == 64 and "--mirror-certificate" in alone.stderr, alone.stderr
