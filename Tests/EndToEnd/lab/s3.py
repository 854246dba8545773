"""An S3 server: moto's, which `make` installs from PyPI. What it is asked of here is signed as little as it wants, which is not at all."""

import json
import re
import urllib.parse
import urllib.request
from pathlib import Path

from .processes import Daemon
from .shoal import CHECKOUT

PACKAGES = CHECKOUT / ".build/python"
REGION = "us-east-1"
_ANYBODY = "AWS4-HMAC-SHA256 Credential=AKIALAB/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"


def credentials(url: str, key: str = "AKIALAB", secret: str = "secret-word") -> dict[str, str]:
    """The environment of somebody who publishes to a server."""
    return {
        "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "", "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": url,
    }  # fmt: skip


class S3Server:
    """A moto server on loopback, with one bucket after the other. It believes every signature unless it is told to check them."""

    def __init__(self, folder: Path):
        assert (PACKAGES / "moto").is_dir(), "moto is not installed: run `make pypi`"
        folder.mkdir(parents=True, exist_ok=True)
        command = ["/usr/bin/python3", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        self.daemon = Daemon("moto", command, folder / "log", env={"PYTHONPATH": str(PACKAGES), "PYTHONUNBUFFERED": "1"})
        self.url = ""

    def start(self) -> "S3Server":
        self.daemon.start()
        found = self.daemon.wait_until(lambda: re.search(r"Running on (http://[\d.:]+)", self.daemon.output), "it listens", 60)
        self.url = found.group(1)
        return self

    def make(self, bucket: str, *, public: bool = True) -> None:
        """Makes a bucket; in a public one anybody may read objects, and nothing else."""
        self.ask("PUT", bucket)
        if public:
            statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
            self.ask("PUT", f"{bucket}?policy", json.dumps({"Version": "2012-10-17", "Statement": [statement]}).encode())

    def put(self, bucket: str, key: str, content: bytes) -> None:
        """Puts an object as people do who know nothing of media types."""
        self.ask("PUT", f"{bucket}/{key}", content)

    def keys(self, bucket: str) -> dict[str, int]:
        """Size of every object, by its key."""
        listing = self.ask("GET", f"{bucket}?list-type=2").decode()
        return {key: int(size) for key, size in re.findall(r"<Key>(.*?)</Key>.*?<Size>(\d+)</Size>", listing, re.DOTALL)}

    def uploads(self, bucket: str) -> list[str]:
        """Keys of the uploads of parts that were begun and neither ended nor given up."""
        return re.findall(r"<Key>(.*?)</Key>", self.ask("GET", f"{bucket}?uploads").decode())

    def requests(self) -> list[tuple[str, str, int]]:
        """Method, path with query, and status of every request that has been answered."""
        line = re.compile(r'"(?:\x1b\[[\d;]*m)*([A-Z]+) (\S+) HTTP/1\.[01](?:\x1b\[[\d;]*m)*" (\d+)')
        return [(method, path, int(status)) for method, path, status in line.findall(self.daemon.output)]

    def check_signatures(self) -> dict[str, str]:
        """From now on only who signs rightly may do anything. Returns the environment of somebody who can."""
        self.iam(Action="CreateUser", UserName="publisher")
        allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        self.iam(Action="PutUserPolicy", UserName="publisher", PolicyName="all", PolicyDocument=policy)
        keys = self.iam(Action="CreateAccessKey", UserName="publisher")
        self.ask("POST", "moto-api/reset-auth", b"0")
        found = {name: re.search(f"<{name}>(.*?)</{name}>", keys).group(1) for name in ("AccessKeyId", "SecretAccessKey")}
        return credentials(self.url, found["AccessKeyId"], found["SecretAccessKey"])

    def believe_signatures(self) -> None:
        self.ask("POST", "moto-api/reset-auth", b"inf")

    def iam(self, **parameters: str) -> str:
        form = urllib.parse.urlencode({"Version": "2010-05-08", **parameters}).encode()
        headers = {"Authorization": _ANYBODY.replace("/s3/", "/iam/")}
        with urllib.request.urlopen(urllib.request.Request(self.url, form, headers), timeout=30) as answer:
            return answer.read().decode()

    def ask(self, method: str, path: str, content: bytes | None = None) -> bytes:
        headers = {"Authorization": _ANYBODY, "Content-Type": "binary/octet-stream"}
        request = urllib.request.Request(f"{self.url}/{path}", content, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()
