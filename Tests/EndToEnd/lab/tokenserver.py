"""A token server as registries have (distribution's "Token Authentication Specification"), which signs what docker-registry believes."""

import base64
import json
import subprocess
import threading
import time
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from .certificates import signing_pair

ISSUER = "lab"
SERVICE = "lab-registry"


@dataclass
class Question:
    """One request as the server saw it."""

    method: str
    user: str | None
    """Who asked, with the right password or identity token; None for anybody."""
    scopes: list[str] = field(default_factory=list)
    status: int = 200


class TokenServer:
    """Listens on loopback. Who has a password may pull and push whatever they like; anybody may pull what is below `public/`."""

    def __init__(self, directory: Path, users: dict[str, str]):
        self.certificate, self.key = signing_pair(directory)
        self.users = dict(users)
        self.knows_oauth = True
        """False: POST is answered with 404, as some registries do."""
        self.good_seconds = 300
        """How long tokens are really good; they are told to be good for 300 s. Less than 0: over before they are used."""
        self.questions: list[Question] = []
        self.tokens: list[str] = []
        """All tokens that it gave, to look for where they must not be."""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self.server.daemon_threads = True
        self.server.owner = self

    @property
    def realm(self) -> str:
        return "http://%s:%d/token" % self.server.server_address[:2]

    @property
    def settings(self) -> dict:
        """The `auth` of a registry's configuration that believes this server."""
        return {"token": {"realm": self.realm, "service": SERVICE, "issuer": ISSUER, "rootcertbundle": str(self.certificate)}}

    def identity_token(self, user: str) -> str:
        """What counts as this user's refresh token."""
        return f"identity-of-{user}-{self.users[user]}"

    def start(self) -> "TokenServer":
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def sign(self, user: str | None, scopes: list[str]) -> str:
        access = []
        for scope in scopes:
            kind, _, rest = scope.partition(":")
            name, _, actions = rest.rpartition(":")
            granted = [action for action in actions.split(",") if user or (action == "pull" and name.startswith("public/"))]
            if granted:
                access.append({"type": kind, "name": name, "actions": granted})
        now = int(time.time())
        # docker-registry forgives a minute of difference between clocks.
        claims = {"iss": ISSUER, "sub": user or "", "aud": SERVICE, "exp": now + self.good_seconds - (61 if self.good_seconds < 0 else 0)}
        claims |= {"nbf": now - 3600, "iat": now - 3600, "jti": uuid.uuid4().hex, "access": access}
        chain = ["".join(line for line in self.certificate.read_text().splitlines() if "-----" not in line)]
        text = _part({"typ": "JWT", "alg": "RS256", "x5c": chain}) + "." + _part(claims)
        signed = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.key], input=text.encode(), check=True, capture_output=True)
        self.tokens.append(text + "." + _base64(signed.stdout))
        return self.tokens[-1]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        server, query = self.server.owner, parse_qs(urlsplit(self.path).query)
        header = self.headers.get("Authorization", "")
        user, is_known = None, True
        if header.startswith("Basic "):
            user, _, password = base64.b64decode(header[6:]).decode().partition(":")
            is_known = user in server.users and password in (server.users[user], server.identity_token(user))
        self.answer(user, is_known, query.get("scope", []))

    def do_POST(self):
        server = self.server.owner
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        if not server.knows_oauth:
            return self.reply(404, {}, Question("POST", None))
        token = form.get("refresh_token", [""])[0]
        user = next((user for user in server.users if server.identity_token(user) == token), None)
        self.answer(user, user is not None, form.get("scope", [""])[0].split())

    def answer(self, user: str | None, is_known: bool, scopes: list[str]) -> None:
        question = Question(self.command, user if is_known else None, scopes)
        if not is_known:
            return self.reply(401, {"details": "wrong credentials"}, question)
        token = self.server.owner.sign(user, scopes)
        self.reply(200, {"token": token, "access_token": token, "expires_in": 300}, question)

    def reply(self, status: int, document: dict, question: Question) -> None:
        question.status = status
        self.server.owner.questions.append(question)
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _part(document: dict) -> str:
    return _base64(json.dumps(document).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
