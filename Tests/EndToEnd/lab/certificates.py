"""A certificate authority of the lab's own, and what it signs; made by openssl, with the quick keys of elliptic curves where that may be."""

from pathlib import Path

from .processes import run


class Authority:
    """Certificates in a folder. `certificate` is the authority's own, for those who are to trust it."""

    def __init__(self, directory: Path):
        directory.mkdir(parents=True, exist_ok=True)
        self.directory = directory
        self.certificate = directory / "ca.crt"
        self.key = directory / "ca.key"
        extensions = ["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign"]
        run(["openssl", "req", "-x509", *_EC, "-days", "30", "-subj", "/CN=lab authority", *extensions]
            + ["-keyout", self.key, "-out", self.certificate])  # fmt: skip

    def issue(self, name: str, *names: str) -> tuple[Path, Path]:
        """A certificate, and its key, for a server that has these names (`DNS:example.com`, `IP:127.0.0.1`), or for a client without any."""
        certificate, key, request = (self.directory / f"{name}.{ending}" for ending in ("crt", "key", "csr"))
        usage = "serverAuth" if names else "clientAuth"
        extensions = self.directory / f"{name}.extensions"
        lines = ["basicConstraints=CA:FALSE", "keyUsage=digitalSignature", f"extendedKeyUsage={usage}"]
        extensions.write_text("\n".join(lines + ([f"subjectAltName={','.join(names)}"] if names else [])))
        run(["openssl", "req", *_EC, "-subj", f"/CN={name}", "-keyout", key, "-out", request])
        run(["openssl", "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial"]
            + ["-days", "30", "-extfile", extensions, "-out", certificate])  # fmt: skip
        return certificate, key


def signing_pair(directory: Path) -> tuple[Path, Path]:
    """An RSA key and its own certificate, to sign tokens with: docker-registry knows no other kind."""
    directory.mkdir(parents=True, exist_ok=True)
    certificate, key = directory / "signer.crt", directory / "signer.key"
    run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=lab token server"]
        + ["-keyout", key, "-out", certificate])  # fmt: skip
    return certificate, key


_EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
