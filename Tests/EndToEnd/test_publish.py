"""`shoal publish`: an image as files for a web server, and as objects of a bucket; then pulled from there, and through agents."""

import json
import os
import shutil
import signal
import subprocess

import pytest

from conftest import REGISTRY
from lab import skopeo
from lab.disk import SmallDisk
from lab.faultproxy import Rule
from lab.images import Image
from lab.s3 import credentials
from lab.shoal import SHOAL, shoal
from lab.staticserver import types_map
from lab.waiting import eventually

PARTS = ["--part-size", "5MiB"]


def published(image: Image) -> str:
    return f"{image.layout}:{image.tag}"


def pull(agent, image: Image, name: str = "pulled") -> str:
    return skopeo.copy(f"{agent.mirror}/{REGISTRY}/org/app:{image.tag}", agent.directory / name, every_platform=True)


def test_a_directory_and_nginx(lab, origin):
    """Every platform of an image, and a second image beside it: clients pull straight from nginx, and from agents."""
    root = lab.path / "site"
    for image in (origin.small, origin.large):
        done = shoal("publish", published(image), "--to", root, "--name", "org/app")
        assert done.stdout.startswith(f"org/app:{image.tag} is {image.digest}\n"), done.stdout
    server = lab.static_server(root=root, **types_map(root))
    for image in (origin.small, origin.large):
        straight = skopeo.copy(f"{server.address}/org/app:{image.tag}", lab.path / f"straight-{image.tag}", every_platform=True)
        assert straight == image.digest
    containerd = lab.containerd()
    containerd.mirror(REGISTRY, server.address, None)
    assert containerd.pull(f"{REGISTRY}/org/app:{origin.small.tag}") == origin.small.digest
    agents = lab.agents(2, {REGISTRY: server.url}, tracker=lab.tracker())
    for agent in agents:
        assert pull(agent, origin.large) == origin.large.digest
    assert agents[1].counter("origin_received_bytes_total") == 0


def test_docker_straight_from_nginx(lab, origin):
    root = lab.path / "site"
    shoal("publish", published(origin.small), "--to", root, "--name", "org/app")
    server = lab.static_server(root=root, **types_map(root))
    docker = lab.docker()
    assert docker.pull(f"{server.address}/org/app:{origin.small.tag}") == origin.small.digest


def test_clients_straight_from_a_bucket(lab, origin):
    """A bucket that has a name of its own, as behind a CDN: nginx passes on what is asked, and adds nothing."""
    server = lab.s3_server()
    server.make("images")
    env = server.check_signatures()
    shoal("publish", published(origin.small), "--to", "s3://images/prod", "--name", "org/app", env=env)
    server.believe_signatures()
    front = lab.static_server(server=f"location / {{ proxy_pass {server.url}/images/prod/; }}")
    assert lab.docker().pull(f"{front.address}/org/app:{origin.small.tag}") == origin.small.digest
    straight = skopeo.copy(f"{front.address}/org/app:{origin.small.tag}", lab.path / "straight", every_platform=True)
    assert straight == origin.small.digest


def test_a_bucket(lab, origin):
    """Signed requests, large layers in parts, types of manifests; then an agent needs no credentials, since the bucket is public."""
    server = lab.s3_server()
    server.make("images")
    env = server.check_signatures()
    layer, size = origin.large.largest_layer()
    done = shoal("publish", published(origin.large), "--to", "s3://images/prod", "--name", "org/app", "--json", *PARTS, env=env)
    server.believe_signatures()
    report = json.loads(done.stdout)
    assert report["url"] == f"{server.url}/images/prod" and report["digest"] == origin.large.digest
    parts = [path for method, path, status in server.requests() if method == "PUT" and "partNumber=" in path and status == 200]
    assert len(parts) == -(-size // (5 << 20)), parts
    keys = server.keys("images")
    assert keys[f"prod/v2/org/app/blobs/{layer}"] == size
    assert keys.keys() >= {"prod/v2/", f"prod/v2/org/app/manifests/{origin.large.tag}"}
    assert not server.uploads("images")
    agents = lab.agents(2, {REGISTRY: report["url"]}, tracker=lab.tracker())
    for agent in agents:
        assert pull(agent, origin.large) == origin.large.digest
    assert agents[1].counter("origin_received_bytes_total") == 0

    before = len(server.requests())
    again = shoal("publish", published(origin.large), "--to", "s3://images/prod", "--name", "org/app", env=env)
    assert "there already" in again.stdout
    assert not [path for method, path, _ in server.requests()[before:] if method != "HEAD" and "/blobs/" in path]


def test_interrupted_and_run_again(lab, origin):
    """SIGINT while parts are on their way: what was begun is given up, no tag is there, and the next run completes it."""
    server = lab.s3_server()
    server.make("images")
    proxy = lab.proxy(server)
    parts = proxy.add(Rule(r"^PUT .*partNumber=", "delay", skip=2))
    command = [SHOAL, "publish", published(origin.large), "--to", "s3://images", "--name", "org/app", *PARTS]
    env = credentials(proxy.url)
    process = subprocess.Popen(command, env={**os.environ, **env}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        eventually(lambda: parts.seen > 2, "parts are on their way")
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 1 and "interrupted" in told, told
    assert not server.uploads("images")
    proxy.lift()
    assert not [key for key in server.keys("images") if "/manifests/" in key]
    shoal(*command[1:], env=env)
    agent = lab.agent("agent", {REGISTRY: f"{server.url}/images"})
    assert pull(agent, origin.large) == origin.large.digest


def test_a_busy_server(lab, origin):
    """503 now and then is waited out; for ever, it is the error, and nothing is left begun."""
    server = lab.s3_server()
    server.make("images")
    proxy = lab.proxy(server)
    for match in (r"^PUT .*partNumber=2", r"^PUT .*/manifests/", r"^POST .*uploads"):
        proxy.add(Rule(match, "status", code=503, times=2))
    words = ["publish", published(origin.large), "--to", "s3://images", *PARTS]
    shoal(*words, "--name", "org/app", env=credentials(proxy.url))
    proxy.lift()
    proxy.add(Rule(r"^PUT .*partNumber=2", "status", code=503))
    failed = shoal(*words, "--name", "org/other", env=credentials(proxy.url), check=False)
    assert failed.returncode == 1 and "status 503" in failed.stderr, failed.stderr
    assert not server.uploads("images")


def test_what_goes_wrong_is_said(lab, origin):
    """One line that names the thing and what to do, and nothing secret."""
    server = lab.s3_server()
    server.make("images")
    good = server.check_signatures()
    image = published(origin.small)
    empty = lab.path / "empty"
    empty.mkdir()
    for words, env, expected in [
        ([image, "--to", "s3://nowhere-else"], good, "no such bucket"),
        ([image, "--to", "s3://images"], {**good, "AWS_SECRET_ACCESS_KEY": "secret-word"}, "credentials are refused (SignatureDoesNotMatch)"),
        ([image, "--to", "s3://images"], {**good, "AWS_ACCESS_KEY_ID": "AKIANOBODY"}, "credentials are refused (InvalidAccessKeyId)"),
        ([image, "--to", "s3://images", "--endpoint-url", "http://127.0.0.1:1"], good, "--endpoint-url"),
        ([empty, "--to", "s3://images"], good, "is not an OCI image layout"),
        ([f"{origin.small.layout}:none", "--to", "s3://images"], good, "it has small, large"),
        ([origin.small.layout, "--to", "s3://images"], good, "has several images"),
        ([image, "--to", SHOAL], good, "cannot be written: "),
    ]:
        failed = shoal("publish", *words, "--name", "org/app", env=env, check=False)
        assert failed.returncode == 1 and expected in failed.stderr, failed.stderr
        assert failed.stderr.count("\n") <= 2 and "secret-word" not in failed.stderr, failed.stderr
    nobody = {**good, "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "HOME": str(empty)}
    for words, env, expected in [
        ([image, "--to", "s3://images"], nobody, "AWS_ACCESS_KEY_ID"),
        ([image, "--to", "s3://no"], good, "s3://BUCKET/PREFIX"),
        ([image, "--to", "s3://images", "--part-size", "1MiB"], good, "--part-size"),
        ([image, "--to", "s3://images", "--parallel", "0"], good, "--parallel"),
        ([image, "--to", "s3://images", "--addressing-style", "odd"], good, "--addressing-style"),
        ([image, "--to", "s3://images", "--name", "Org/App"], good, "--name"),
        ([image, "--to", "s3://images", "--tag", "a b"], good, "--tag"),
        ([image, "--to", lab.path / "site", "--region", "x"], good, "is a directory"),
    ]:
        failed = shoal("publish", *words, env=env, check=False)
        assert failed.returncode == 64 and expected in failed.stderr, (words, failed.returncode, failed.stderr)


def test_profiles(lab, origin):
    """Credentials, region and endpoint of a profile in the files of the AWS tools."""
    server = lab.s3_server()
    server.make("images")
    env = server.check_signatures()
    home = lab.path / "home"
    (home / ".aws").mkdir(parents=True)
    lines = f"aws_access_key_id = {env['AWS_ACCESS_KEY_ID']}\naws_secret_access_key = {env['AWS_SECRET_ACCESS_KEY']}\n"
    (home / ".aws/credentials").write_text(f"[other]\n{lines}")
    (home / ".aws/config").write_text(f"[profile other]\nregion = us-east-1\nendpoint_url = {server.url}\n")
    none = {key: "" for key in env} | {"HOME": str(home)}
    done = shoal("publish", published(origin.small), "--to", "s3://images", "--name", "org/app", "--profile", "other", env=none)
    assert f"{server.url}/images" in done.stdout
    wrong = shoal("publish", published(origin.small), "--to", "s3://images", "--name", "org/app", "--profile", "third", env=none, check=False)
    assert wrong.returncode == 1 and '"third"' in wrong.stderr, wrong.stderr


@pytest.mark.parametrize("fault", ["corrupt", "short"])
def test_what_does_not_verify_is_not_published(lab, origin, fault):
    """A layer of the layout with a byte changed, or one less: neither it nor a manifest goes out."""
    layer, _ = origin.small.largest_layer()
    layout = lab.path / "harmed"
    shutil.copytree(origin.small.layout, layout)
    file = layout / "blobs/sha256" / layer.removeprefix("sha256:")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content[:-1] if fault == "short" else content)
    root = lab.path / "site"
    failed = shoal("publish", f"{layout}:{origin.small.tag}", "--to", root, "--name", "org/app", check=False)
    assert failed.returncode == 1 and str(file) in failed.stderr, failed.stderr
    assert not list(root.glob("v2/org/app/manifests/*")) and not list(root.glob(f"v2/org/app/blobs/*{layer[7:]}*"))


def test_a_full_disk(lab, origin):
    """It is said, the tag is not there, and no part of a file is left."""
    disk = SmallDisk(lab, 20)
    failed = shoal("publish", published(origin.large), "--to", disk.path / "site", "--name", "org/app", check=False)
    assert failed.returncode == 1 and "the disk is full" in failed.stderr, failed.stderr
    left = [path.name for path in (disk.path / "site").rglob("*") if path.is_file()]
    assert not [name for name in left if name.endswith(".part")] and origin.large.tag not in left, left

