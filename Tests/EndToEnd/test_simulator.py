"""`shoal-sim` as a person types it."""

import json
import xml.etree.ElementTree
from pathlib import Path

import pytest
from lab.browser import browser
from lab.processes import run
from lab.shoal import SIMULATOR

SCENARIOS = Path(__file__).resolve().parents[2] / "simulations" / "scenarios"


def small(lab) -> Path:
    path = lab.path / "small.yaml"
    path.write_text("image: [3 MB, 1 MB]\nnodes: [{count: 4, up: 100 Mbit/s, down: 100 Mbit/s}]\norigin: {rate: 100 Mbit/s}\n")
    return path


def test_run_prints_what_came_of_it(lab):
    """The figures are printed, and written as JSON, CSV and a page."""
    outputs = [word for kind in ("json", "csv", "html") for word in (f"--{kind}", lab.path / f"out.{kind}")]
    done = run([SIMULATOR, "run", small(lab), *outputs])
    assert "4 of 4" in done.stdout and "times the bound" in done.stdout
    outcome = json.loads((lab.path / "out.json").read_text())
    assert outcome["originCopies"] == 1 and len(outcome["seconds"]) == 4
    lines = (lab.path / "out.csv").read_text().splitlines()
    page = (lab.path / "out.html").read_text()
    assert page.count("<svg") == 4 and "src=" not in page and "href=" not in page
    xml.etree.ElementTree.fromstring(page[page.index("<body>") : page.index("</html>")])
    assert lines[0] == "seconds" and [float(line) for line in lines[1:]] == outcome["seconds"]


@pytest.mark.parametrize("width", [360, 1280])
def test_page_is_readable(lab, width):
    """The page fits a phone and a screen: nothing sticks out, all pictures show, and the browser has nothing to complain of."""
    run([SIMULATOR, "run", small(lab), "--html", lab.path / "out.html"])
    with browser(width) as page:
        page.get((lab.path / "out.html").as_uri())
        assert page.execute_script("return window.innerWidth") == width
        assert page.execute_script("return document.documentElement.scrollWidth") <= width
        sizes = page.execute_script("return [...document.querySelectorAll('svg')].map(e => [e.clientWidth, e.clientHeight])")
        assert len(sizes) == 4 and all(across > 0.8 * min(width, 700) and down > 30 for across, down in sizes)
        assert "4 of 4" in page.find_element("tag name", "table").text
        assert page.get_log("browser") == []


def test_same_seed_same_run(lab):
    """Two runs with one seed are the same to the last event; another seed gives another."""
    logs = []
    for seed in (5, 5, 6):
        run([SIMULATOR, "run", small(lab), "--seed", seed, "--json", lab.path / "out.json"])
        logs.append(json.loads((lab.path / "out.json").read_text())["eventLog"])
    assert logs[0] == logs[1] != logs[2]


def test_scenarios_can_be_read():
    """Each scenario of the project is one: the run ends at once, because it is told to."""
    for path in sorted(SCENARIOS.glob("*.yaml")):
        done = run([SIMULATOR, "run", path, "--set", "until=1 ms", "--set", "nodes.0.count=2"], check=False)
        assert "pulls " in done.stdout, done.stderr


def test_an_update_fetches_what_is_new(lab):
    """Nodes that hold the image before fetch only the layer in which the next one differs, and the registry sends it once."""
    path = lab.path / "update.yaml"
    path.write_text(
        "layers: {base: 20 MB, old: 2 MB, new: 3 MB}\nimages: {before: [base, old], after: [base, new]}\n"
        "nodes: [{count: 5, up: 100 Mbit/s, down: 100 Mbit/s, holds: before, pulls: [{image: after, over: 1 s}]}]\n"
    )
    run([SIMULATOR, "run", path, "--json", lab.path / "out.json"])
    outcome = json.loads((lab.path / "out.json").read_text())
    assert outcome["bytesFromOrigin"] == 3e6 and outcome["bytesFromPeers"] == 4 * 3e6 and len(outcome["seconds"]) == 5


def test_a_trace_is_replayed(lab):
    """A registry's log in IBM's format, beside the scenario: two clients fetch the same blob, the registry sends it once."""
    record = {"http.request.method": "GET", "http.request.uri": "v2/a/blobs/b", "http.response.status": 200, "http.response.written": 5_000_000}
    lines = [
        record | {"timestamp": f"2017-06-20T00:00:0{second}.000Z", "http.request.remoteaddr": client, "http.request.duration": 0.1}
        for second, client in ((1, "one"), (5, "two"))
    ]
    (lab.path / "trace.json").write_text("\n".join(json.dumps(line) for line in lines))
    path = lab.path / "trace.yaml"
    path.write_text("trace: {file: trace.json}\nnodes: [{count: 2, up: 100 Mbit/s, down: 100 Mbit/s}]\n")
    done = run([SIMULATOR, "run", path, "--json", lab.path / "out.json"])
    assert "2 of 2 done" in done.stdout
    assert json.loads((lab.path / "out.json").read_text())["bytesFromOrigin"] == 5e6


def test_compare_tells_chance_from_difference(lab):
    """The same against itself differs in nothing; half the link is worse; files of earlier runs can be compared too."""
    same = run([SIMULATOR, "compare", small(lab), "--seeds", 3])
    assert "the same" in same.stdout and "worse" not in same.stdout and "better" not in same.stdout
    slower = run([SIMULATOR, "compare", small(lab), "--seeds", 3, "--b", "nodes.0.up=50 Mbit/s", "--b", "nodes.0.down=50 Mbit/s"])
    assert [line.split()[-1] for line in slower.stdout.splitlines() if line.startswith("p50")] == ["worse"]
    for seed in (1, 2):
        run([SIMULATOR, "run", small(lab), "--seed", seed, "--json", lab.path / f"{seed}.json"])
    runs = f"{lab.path / '1.json'},{lab.path / '2.json'}"
    assert "the same" in run([SIMULATOR, "compare", runs, runs]).stdout


def test_sweep_is_a_table_and_a_page(lab):
    """All values of one key with all of the other, and a page that fits a phone."""
    words = ["--vary", "nodes.0.count=2,4", "--vary", "policy.neighbours=5,10", "--seeds", 1, "--html", lab.path / "sweep.html"]
    done = run([SIMULATOR, "sweep", small(lab), *words])
    assert [line.split()[:2] for line in done.stdout.splitlines()[1:]] == [
        [f"nodes.0.count={count}", f"policy.neighbours={degree}"] for count in (2, 4) for degree in (5, 10)
    ]
    with browser(360) as page:
        page.get((lab.path / "sweep.html").as_uri())
        assert page.execute_script("return document.documentElement.scrollWidth") <= 360
        assert "policy.neighbours=10" in page.find_element("tag name", "table").text
        assert page.get_log("browser") == []


def test_check_says_that_the_simulator_is_to_be_trusted():
    """All gates hold: theory, what others published, the policy's goals, and the same events as on every machine."""
    done = run([SIMULATOR, "check"], seconds=300)
    assert done.stdout.count("ok ") >= 7 and "FAILED" not in done.stdout


def test_mistakes_are_one_line(lab):
    """A wrong key, a wrong value and a missing file are named, with what would be right."""
    wrong = lab.path / "wrong.yaml"
    wrong.write_text("image: [3 MB]\nnodes: [{cuont: 4}]\n")
    for words, said in [
        ([wrong], "did you mean count"),
        ([small(lab), "--set", "origin.rate=5"], "100 Mbit/s"),
        ([lab.path / "none.yaml"], "none.yaml"),
    ]:
        done = run([SIMULATOR, "run", *words], check=False)
        assert done.returncode != 0 and said in done.stderr, done.stderr
        assert "Fatal error" not in done.stderr
    for words, said in [
        (["sweep", small(lab), "--vary", "nodes"], "policy.neighbours=5,10,20"),
        (["sweep", small(lab), "--vary", "nodes.0.cuont=2"], "did you mean count"),
        (["compare", small(lab), "--seeds", "1"], "from 2 to 1000"),
        (["compare", lab.path / "none.json", lab.path / "none.json"], "none.json"),
    ]:
        done = run([SIMULATOR, *words], check=False)
        assert done.returncode != 0 and said in done.stderr, done.stderr
