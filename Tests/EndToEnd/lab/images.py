"""Realistic container images made from nothing, the same bytes for the same seed, in an OCI image layout.

An image is a base layer that runs (Debian's static busybox), layers of files such as applications ship (mostly
incompressible, some text), a config and a manifest, one of each for every platform, under one index.
Only this machine's platform gets a busybox that runs; the others have the files alone.
"""

import gzip
import hashlib
import io
import json
import platform as machine
import random
import tarfile
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
CREATED = "2026-01-01T00:00:00Z"
CREATED_SECONDS = 1767225600
GREETING = "hello from shoal"
NATIVE = {"x86_64": "amd64", "aarch64": "arm64"}[machine.machine()]
APPLETS = ("sh", "ls", "cat", "echo", "sleep", "true", "id", "sha256sum", "find", "du", "wget")


@dataclass(frozen=True)
class Layer:
    """A layer to make. The same seed, size and compression give the same blob, which images then share."""

    seed: str
    size: int
    """Bytes before compression, about the same after it: nine tenths of them are incompressible."""
    compressed: bool = True
    portable: bool = False
    """The same for every platform, as scripts and data are."""


@dataclass(frozen=True)
class Image:
    """An image in a layout: what was made, and what a client of one platform has to fetch."""

    layout: Path
    tag: str
    digest: str
    """Digest of the index, or of the only manifest."""
    manifests: dict[str, str]
    """Digest of the manifest of each platform, by architecture."""
    blobs: dict[str, dict[str, int]]
    """Size of everything that a pull of one architecture fetches, by digest: index, manifest, config, layers."""

    def size(self, architecture: str = NATIVE) -> int:
        """Bytes that a client of `architecture` fetches, each blob once."""
        return sum(self.blobs[architecture].values())

    def largest_layer(self, architecture: str = NATIVE) -> tuple[str, int]:
        """Digest and size of the largest blob."""
        return max(self.blobs[architecture].items(), key=lambda item: item[1])


class Layout:
    """An OCI image layout on disk, to which images are added."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.made: dict[object, tuple[dict, str]] = {}
        (directory / "blobs/sha256").mkdir(parents=True, exist_ok=True)
        (directory / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')

    @property
    def size(self) -> int:
        """Bytes of all blobs in the layout."""
        return sum(path.stat().st_size for path in (self.directory / "blobs/sha256").iterdir())

    def add(self, tag: str, layers: list[Layer], architectures: tuple[str, ...] = (NATIVE,)) -> Image:
        """Makes one image of a base layer and `layers`. More than one architecture makes an index."""
        manifests, blobs = [], {}
        for architecture in architectures:
            with ThreadPoolExecutor() as pool:  # hashing and compressing run beside one another
                parts = [self._base(architecture), *pool.map(lambda layer: self._layer(layer, architecture), layers)]
            config = self._document(CONFIG, _config(architecture, [diff for _, diff in parts]))
            descriptors = [descriptor for descriptor, _ in parts]
            manifest = self._document(MANIFEST, {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": descriptors})
            manifests.append({**manifest, "platform": {"architecture": architecture, "os": "linux"}})
            blobs[architecture] = {part["digest"]: part["size"] for part in [manifest, config, *descriptors]}
        top = {key: manifests[0][key] for key in ("mediaType", "digest", "size")}
        if len(manifests) > 1:
            top = self._document(INDEX, {"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests})
            for sizes in blobs.values():
                sizes[top["digest"]] = top["size"]
        self._name(tag, top)
        by_architecture = {manifest["platform"]["architecture"]: manifest["digest"] for manifest in manifests}
        return Image(self.directory, tag, top["digest"], by_architecture, blobs)

    def _base(self, architecture: str) -> tuple[dict, str]:
        return self._write(("base", architecture), _base_tar(architecture), compressed=True)

    def _layer(self, layer: Layer, architecture: str) -> tuple[dict, str]:
        platform = "any" if layer.portable else architecture
        return self._write((layer, platform), _payload_tar(layer, platform), layer.compressed)

    def _write(self, key: object, tar: Iterator[bytes], compressed: bool) -> tuple[dict, str]:
        """Writes a layer blob; returns its descriptor and its diff id (the digest of the uncompressed tar)."""
        if key in self.made:
            return self.made[key]
        diff = hashlib.sha256()
        with tempfile.NamedTemporaryFile(dir=self.directory, delete=False) as file:
            blob = _Hashing(file)
            sink = gzip.GzipFile(fileobj=blob, filename="", mode="wb", compresslevel=1, mtime=0) if compressed else blob
            for chunk in tar:
                diff.update(chunk)
                sink.write(chunk)
            if compressed:
                sink.close()
        Path(file.name).rename(self.directory / "blobs/sha256" / blob.hash.hexdigest())
        media_type = LAYER + "+gzip" if compressed else LAYER
        descriptor = {"mediaType": media_type, "digest": "sha256:" + blob.hash.hexdigest(), "size": blob.size}
        self.made[key] = descriptor, "sha256:" + diff.hexdigest()
        return self.made[key]

    def _document(self, media_type: str, content: dict) -> dict:
        """Writes a JSON blob; returns its descriptor."""
        data = json.dumps(content, indent=2).encode()
        digest = hashlib.sha256(data).hexdigest()
        (self.directory / "blobs/sha256" / digest).write_bytes(data)
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(data)}

    def _name(self, tag: str, top: dict) -> None:
        path = self.directory / "index.json"
        index = json.loads(path.read_text()) if path.exists() else {"schemaVersion": 2, "manifests": []}
        key = "org.opencontainers.image.ref.name"
        index["manifests"] = [entry for entry in index["manifests"] if entry["annotations"][key] != tag]
        index["manifests"].append({**top, "annotations": {key: tag}})
        path.write_text(json.dumps(index))


class _Hashing:
    """A file that knows the digest and size of what was written to it."""

    def __init__(self, file):
        self.file = file
        self.hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        self.size += len(data)
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()


def _config(architecture: str, diffs: list[str]) -> dict:
    return {
        "created": CREATED,
        "architecture": architecture,
        "os": "linux",
        "config": {"Env": ["PATH=/bin"], "Cmd": ["/bin/echo", GREETING], "WorkingDir": "/"},
        "rootfs": {"type": "layers", "diff_ids": diffs},
        "history": [{"created": CREATED, "created_by": "shoal test lab"} for _ in diffs],
    }


def _base_tar(architecture: str) -> Iterator[bytes]:
    """A root file system: busybox and its links when the machine can run it, and the usual folders."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for folder in ("bin", "dev", "etc", "proc", "root", "sys", "tmp"):
            tar.addfile(_entry(folder, type=tarfile.DIRTYPE, mode=0o755))
        files = {"etc/passwd": (b"root:x:0:0:root:/root:/bin/sh\n", 0o644), "etc/architecture": (architecture.encode(), 0o644)}
        if architecture == NATIVE:
            files["bin/busybox"] = (Path("/bin/busybox").read_bytes(), 0o755)
            for applet in APPLETS:
                tar.addfile(_entry(f"bin/{applet}", type=tarfile.SYMTYPE, mode=0o777, linkname="busybox"))
        for name, (data, mode) in files.items():
            tar.addfile(_entry(name, mode=mode, size=len(data)), io.BytesIO(data))
    yield buffer.getvalue()


def _payload_tar(layer: Layer, platform: str) -> Iterator[bytes]:
    """Files of up to 1 MiB under /opt, nine tenths of each random: a layer of any size in constant memory."""
    source = random.Random(f"{layer.seed}/{layer.size}/{platform}")
    folder = f"opt/{layer.seed}"
    for name in ("opt", folder):
        yield _entry(name, type=tarfile.DIRTYPE, mode=0o755).tobuf(tarfile.PAX_FORMAT)
    text = (" ".join(source.choice(("import", "return", "class", "version", "license")) for _ in range(2000)) + "\n").encode()
    left, number = layer.size, 0
    while left > 0:
        size = min(left, source.randint(64 << 10, 1 << 20))
        words = text[: size // 10]
        data = source.randbytes(size - len(words)) + words
        yield _entry(f"{folder}/{number:05}.bin", mode=0o644, size=size).tobuf(tarfile.PAX_FORMAT)
        yield data + bytes(-size % tarfile.BLOCKSIZE)
        left -= size
        number += 1
    yield bytes(2 * tarfile.BLOCKSIZE)


def _entry(name: str, **attributes) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.mtime = CREATED_SECONDS
    entry.uname = entry.gname = "root"
    for key, value in attributes.items():
        setattr(entry, key, value)
    return entry
