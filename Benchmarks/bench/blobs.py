"""Blobs to serve and to send: random bytes, one file each, which every store links to, so that all read from the same page cache."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from lab.cluster import Lab
from lab.network import mark
from lab.registry import Registry
from lab.shoal import Agent, Tracker

REGISTRY = "registry.example.com"
"""The name under which agents are asked for blobs; they are told by `--registry` where it really is."""
REPOSITORY = "bench"
MIB = 1 << 20
GIB = 1 << 30
NOWHERE = "http://127.0.0.1:9"
"""For agents that need no origin."""


@dataclass(frozen=True)
class Blob:
    file: Path
    digest: str
    size: int

    @property
    def at_agent(self) -> str:
        """Its path on an agent's mirror."""
        return f"/v2/{REGISTRY}/{REPOSITORY}/blobs/{self.digest}"

    @property
    def at_registry(self) -> str:
        """Its path on a registry or a static server."""
        return f"/v2/{REPOSITORY}/blobs/{self.digest}"

    def stored(self, agent: Path) -> Path:
        """The file of the whole blob in the data of the agent whose folder is `agent`."""
        return agent / "data/oci/blobs" / self.digest.replace(":", "/")

    @property
    def gibibytes(self) -> float:
        return self.size / GIB


def new_lab() -> Lab:
    """A lab whose folder is known for a leftover should this process be killed."""
    return Lab(name=mark())


def settle() -> None:
    """Writes out what earlier measurements left in the page cache, so that no later one pays for it."""
    os.sync()


def make(lab: Lab, size: int) -> Blob:
    """A new blob of `size` bytes, as the file cache holds it right after writing."""
    folder = lab.path / "blobs"
    folder.mkdir(exist_ok=True)
    file = folder / f"{len(list(folder.iterdir()))}"
    sha256 = hashlib.sha256()
    with file.open("wb") as out:
        for start in range(0, size, 4 * MIB):
            part = os.urandom(min(4 * MIB, size - start))
            sha256.update(part)
            out.write(part)
    return Blob(file, "sha256:" + sha256.hexdigest(), size)


def agent_with(lab: Lab, blobs: list[Blob], tracker: Tracker, name: str = "seed") -> Agent:
    """An agent that holds the blobs from its start."""
    for blob in blobs:
        stored = blob.stored(lab.path / name)
        stored.parent.mkdir(parents=True, exist_ok=True)
        os.link(blob.file, stored)
    agent = lab.agent(name, {REGISTRY: NOWHERE}, tracker=tracker)
    held = {blob["digest"] for blob in agent.api("blobs")["blobs"]}
    missing = [blob for blob in blobs if blob.digest not in held]
    assert not missing, f"{name} did not take in {len(missing)} of the {len(blobs)} blobs that were put into its store"
    return agent


def registry_with(lab: Lab, blobs: list[Blob], **options) -> Registry:
    """A docker-registry that holds the blobs; `options` are those of `Lab.registry`."""
    registry = lab.registry(**options)
    for blob in blobs:
        registry.place(blob.file, blob.digest, REPOSITORY)
    return registry
