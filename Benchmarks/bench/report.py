"""The table, for the terminal, for readers (Markdown), and for programs (JSON)."""

import json
import statistics
from pathlib import Path

from lab.table import table

from .comparison import Quantity, Result, Sample, median_of

HEADER = ["what", "against", "", "ours", "rival", "compared", "target", "", "CPU s", "peak MB"]


def terminal(results: list[Result]) -> str:
    return "\n".join([table(HEADER, _rows(results)), *(f"  {line}" for line in _failures(results))])


def write(stem: Path, results: list[Result], machine: dict[str, str], pairs: int, seconds: float) -> list[Path]:
    """Writes `stem`.md and `stem`.json; returns both paths."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    markdown, data = Path(f"{stem}.md"), Path(f"{stem}.json")
    markdown.write_text(_markdown(results, machine, pairs, seconds))
    data.write_text(json.dumps(_data(results, machine, pairs, seconds), indent=1) + "\n")
    return [markdown, data]


def _rows(results: list[Result]) -> list[list[str]]:
    """A row for each quantity; what a comparison's quantities have in common stands beside the first."""
    rows = []
    for result in results:
        if result.error:
            rows.append([result.what, result.rival, "FAILED"] + [""] * (len(HEADER) - 3))
            continue
        for quantity in result.quantities:
            is_first = quantity is result.quantities[0]
            common = [result.what, result.rival, *_costs(result)] if is_first else [""] * 4
            rows.append(common[:2] + [quantity.name, *_figures(result, quantity)] + common[2:])
    return rows


def _figures(result: Result, quantity: Quantity) -> list[str]:
    compared = result.compared(quantity)
    middle = statistics.median(compared)
    places = quantity.compare_decimals
    medians = (median_of(side, quantity.name) for side in (result.ours, result.theirs))
    sides = (f"{value:,.{quantity.decimals}f} {quantity.unit}".strip() for value in medians)
    span = f"{min(compared):,.{places}f} to {max(compared):,.{places}f}"
    verdict = "" if quantity.target is None else "met" if quantity.target.is_met(middle) else "MISSED"
    return [*sides, f"{middle:,.{places}f}{quantity.compare_unit} ({span})", str(quantity.target or ""), verdict]


def _costs(result: Result) -> list[str]:
    sides = (result.ours, result.theirs)
    seconds = (f"{statistics.median(sample.processor_seconds for sample in side):.2f}" for side in sides)
    peaks = (f"{statistics.median(sample.peak_bytes for sample in side) / 1e6:.0f}" for side in sides)
    return [" / ".join(seconds), " / ".join(peaks)]


def _failures(results: list[Result]) -> list[str]:
    return [f"{result.what} against {result.rival} failed: {result.error}" for result in results if result.error]


def _markdown(results: list[Result], machine: dict[str, str], pairs: int, seconds: float) -> str:
    lines = [
        f"# Benchmarks of {machine['date']}",
        "",
        f"Medians of {pairs} pairs, {seconds / 60:.0f} minutes in all. `compared` is the median of the pairs' own comparisons (lowest to highest),",
        "not of the columns beside it. CPU seconds and peak memory are ours / the rival's. [What each row measures](../README.md).",
        "",
        "| " + " | ".join(HEADER) + " |",
        "|" + "---|" * len(HEADER),
        *("| " + " | ".join(row) + " |" for row in _rows(results)),
        "",
        *(f"{line}\n" for line in _failures(results)),
        "| the machine | |",
        "|---|---|",
        *(f"| {name} | {value} |" for name, value in machine.items()),
    ]
    return "\n".join(lines) + "\n"


def _data(results: list[Result], machine: dict[str, str], pairs: int, seconds: float) -> dict:
    def samples(side: list[Sample]) -> list[dict]:
        return [{**sample.values, "cpu_seconds": sample.processor_seconds, "peak_bytes": sample.peak_bytes} for sample in side]

    def quantity(result: Result, of: Quantity) -> dict:
        compared = result.compared(of)
        middle = statistics.median(compared)
        target = None if of.target is None else {"text": str(of.target), "met": of.target.is_met(middle)}
        return {"name": of.name, "unit": of.unit, "compared": compared, "median": middle, "target": target}

    return {
        "machine": machine,
        "pairs": pairs,
        "seconds": round(seconds, 1),
        "comparisons": [
            {
                "row": result.row,
                "what": result.what,
                "rival": result.rival,
                "error": result.error,
                "quantities": [] if result.error else [quantity(result, of) for of in result.quantities],
                "ours": samples(result.ours),
                "rivals": samples(result.theirs),
            }
            for result in results
        ],
    }
