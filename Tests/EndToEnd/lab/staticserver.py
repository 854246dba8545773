"""A web server with files in it: nginx, which knows nothing of registries."""

from pathlib import Path

from .processes import Daemon, unused_port

CONFIGURATION = """\
user root;
daemon off;
pid {folder}/pid;
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    sendfile on;
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{http}
    server {{
        listen {address};
        root {root};
{server}
    }}
}}
"""

HIDES_WHAT_IT_LACKS = """\
        error_page 404 =403 /denied.xml;
        location = /denied.xml { internal; types {} default_type application/xml; return 403 "<Error><Code>AccessDenied</Code></Error>"; }
"""
"""Answers as S3 does to somebody who may not list a bucket's keys."""

def types_map(root: Path) -> dict[str, str]:
    """The lines that give manifests the types that `shoal publish` noted, as docs/registries.md has them."""
    http = f"map_hash_bucket_size 256; map $uri $manifest_type {{ include {root}/manifest-types.map; }}"
    server = 'location ~ /manifests/ { types {} default_type ""; add_header Content-Type $manifest_type; }'
    return {"http": http, "server": server}


REFUSES_HEAD = """\
        if ($request_method = HEAD) { return 403; }
"""


class StaticServer:
    """An nginx on loopback. `root` is what it serves, and may be filled later."""

    def __init__(self, folder: Path, *, root: Path | None = None, http: str = "", server: str = ""):
        """`http`, `server`: more lines for these blocks of its configuration."""
        self.folder = folder
        self.root = root or folder / "root"
        self.root.mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        self.port = unused_port()
        configuration = folder / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(folder=folder, root=self.root, address=self.address, http=http, server=server))
        # Its workers do not notice when the master is killed.
        self.daemon = Daemon("nginx", ["nginx", "-c", configuration, "-e", folder / "error.log"], folder / "log", family=True)

    def start(self) -> "StaticServer":
        self.daemon.start()
        self.daemon.wait_for_port(self.port)
        return self

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def requests(self) -> list[tuple[str, str, int, int]]:
        """Method, path, status and bytes of the body of every request that has been answered."""
        found = []
        for line in (self.folder / "access.log").read_text().splitlines():
            _, request, rest = line.split('"')[:3]
            method, path, _ = request.split()
            status, sent = rest.split()
            found.append((method, path, int(status), int(sent)))
        return found
