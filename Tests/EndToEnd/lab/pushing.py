"""Pushing to a registry byte for byte, what no client would push."""

import hashlib
import http.client
from urllib.parse import urlsplit

from .registry import Registry


def push_blob(registry: Registry, repository: str, data: bytes, algorithm: str = "sha256") -> dict:
    """Pushes a blob; returns its digest and size, of which a descriptor is made."""
    digest = f"{algorithm}:{hashlib.new(algorithm, data).hexdigest()}"
    _, headers = _request(registry, "POST", f"/v2/{repository}/blobs/uploads/", expected=202)
    place = urlsplit(headers["location"])
    _request(registry, "PUT", f"{place.path}?{place.query}&digest={digest}", data, "application/octet-stream", expected=201)
    return {"digest": digest, "size": len(data)}


def push_manifest(registry: Registry, repository: str, tag: str, data: bytes, media_type: str) -> str:
    """Pushes a manifest, or an index, as it is; returns its digest."""
    _request(registry, "PUT", f"/v2/{repository}/manifests/{tag}", data, media_type, expected=201)
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def _request(
    registry: Registry, method: str, path: str, body: bytes = b"", media_type: str | None = None, *, expected: int
) -> tuple[bytes, dict[str, str]]:
    connection = http.client.HTTPConnection(registry.address, timeout=60)
    try:
        connection.request(method, path, body, {"Content-Type": media_type} if media_type else {})
        response = connection.getresponse()
        answer = response.read()
        assert response.status == expected, f"{method} {path}: {response.status} {answer[:500]!r}"
        return answer, {key.lower(): value for key, value in response.getheaders()}
    finally:
        connection.close()
