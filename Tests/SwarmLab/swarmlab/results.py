"""Results on disk: a JSON for each scenario, one picture of all."""

import json
from pathlib import Path

from . import chart
from .figures import typical
from .scenarios import SCENARIOS

DEPTH = 4
"""How deep a document is cut into lines, so that each node of a run has one."""
SETTING = ("agents", "megabits", "originMegabits", "blobBytes")
"""What must be equal for curves to be in one picture."""


def save(documents: dict[str, dict], folder: Path, heading: str) -> None:
    """Writes what was measured, and draws it with what earlier calls left there of other scenarios in the same setting."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(_lines(document, DEPTH) + "\n")
    one = next(iter(documents.values()))
    known = {name: documents.get(name) or _load(folder / f"{name}.json") for name in SCENARIOS}
    curves, nodes = {}, {}
    for name, document in known.items():
        if document and all(document[key] == one[key] for key in SETTING):
            waited = [node for node in typical(document["runs"])["nodes"] if not node["killed"]]
            curves[name] = [node["seconds"] / node["boundSeconds"] for node in waited if node["seconds"] is not None]
            nodes[name] = len(waited)
    (folder / "completion.svg").write_text(chart.completion(curves, nodes, heading))


def _load(path: Path) -> dict | None:
    return json.loads(path.read_text()) if path.exists() else None


def _lines(value: object, depth: int, indent: str = "") -> str:
    """JSON whose outer `depth` levels have a line for each entry."""
    if depth == 0 or not isinstance(value, dict | list) or not value:
        return json.dumps(value)
    inner = indent + " "
    if isinstance(value, dict):
        entries = [f"{json.dumps(key)}: {_lines(entry, depth - 1, inner)}" for key, entry in value.items()]
    else:
        entries = [_lines(entry, depth - 1, inner) for entry in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n" + ",\n".join(inner + entry for entry in entries) + f"\n{indent}{closing}"
