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
        assert "have the image" in done.stdout, done.stderr


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
