"""Pulls as the kubelet does: gRPC to a runtime's CRI socket (Debian 12 has no crictl)."""

import subprocess
from functools import cache
from pathlib import Path

import grpc
from google.protobuf import descriptor_pb2, message_factory

PROTO = Path(__file__).with_name("cri.proto")


@cache
def _messages() -> dict[str, type]:
    """The classes of the messages in cri.proto, by name."""
    compiled = subprocess.check_output(["protoc", f"--proto_path={PROTO.parent}", "--descriptor_set_out=/dev/stdout", PROTO.name])
    return message_factory.GetMessages(descriptor_pb2.FileDescriptorSet.FromString(compiled).file)


class CRI:
    """The image service behind a socket."""

    def __init__(self, socket: Path):
        self.socket = socket

    def pull(self, reference: str, seconds: float = 60) -> str:
        """Pulls `reference`; returns the digest of what it named."""
        self._call("PullImage", reference, seconds)
        image = self._call("ImageStatus", reference, seconds).image
        name = reference.split("@")[0]
        found = [digest for digest in image.repo_digests if digest.rpartition("@")[0] == name.rpartition(":")[0] or digest == reference]
        assert len(found) == 1, f"{reference}: {list(image.repo_digests)}"
        return found[0].partition("@")[2]

    def _call(self, method: str, reference: str, seconds: float):
        request, response = (_messages()[f"runtime.v1.{method}{kind}"] for kind in ("Request", "Response"))
        with grpc.insecure_channel(f"unix:{self.socket}") as channel:
            call = channel.unary_unary(
                f"/runtime.v1.ImageService/{method}", request_serializer=request.SerializeToString, response_deserializer=response.FromString
            )
            asked = request()
            asked.image.image = reference
            return call(asked, timeout=seconds)
