"""Measures a row: its comparisons one after the other, each in pairs."""

import traceback
from collections.abc import Callable, Iterator

from .comparison import Comparison, Result, Sample
from .progress import Progress

Row = Callable[[], Iterator[Comparison]]
"""A row makes what its comparisons need, yields them one by one, and removes everything at its end."""


def run_row(name: str, row: Row, pairs: int, progress: Progress) -> list[Result]:
    """All comparisons of a row. One that fails has its error in the result; the others are measured all the same."""
    results: list[Result] = []
    progress.say(f"{name}: {row.__doc__.splitlines()[0]}")
    comparisons = row()
    try:
        for comparison in comparisons:
            results.append(_measure(name, comparison, pairs, progress))
    except Exception as error:
        results.append(Result(name, row.__doc__.splitlines()[0], "-", error=_explain(error)))
        progress.say(f"{name}: FAILED: {results[-1].error}")
    finally:
        comparisons.close()
    return results


def _measure(name: str, comparison: Comparison, pairs: int, progress: Progress) -> Result:
    result = Result(name, comparison.what, comparison.rival, comparison.quantities)
    title = f"{name}, {comparison.what}, against {comparison.rival}"
    try:
        # The first time anything is done here is slower than the next: memory is touched, files come into the page cache.
        progress.say(f"{title}: warming up", passing=True)
        comparison.measure_ours(), comparison.measure_rival()
        for number in range(pairs):
            progress.say(f"{title}: pair {number + 1} of {pairs}", passing=True)
            # Neither side always goes first.
            if number % 2 == 0:
                ours, theirs = comparison.measure_ours(), comparison.measure_rival()
            else:
                theirs, ours = comparison.measure_rival(), comparison.measure_ours()
            result.ours.append(ours)
            result.theirs.append(theirs)
            progress.say(f"{title}: pair {number + 1} of {pairs}: {_summary(comparison, ours, theirs)}")
    except Exception as error:
        result.error = _explain(error)
        progress.say(f"{title}: FAILED: {result.error}")
    return result


def _summary(comparison: Comparison, ours: Sample, theirs: Sample) -> str:
    parts = []
    for quantity in comparison.quantities:
        mine, other = ours.values[quantity.name], theirs.values[quantity.name]
        figures = f"{mine:.{quantity.decimals}f} and {other:.{quantity.decimals}f} {quantity.unit}".rstrip()
        parts.append(f"{quantity.name} {figures}: {quantity.compare(mine, other):,.{quantity.compare_decimals}f}{quantity.compare_unit}")
    return "; ".join(parts)


def _explain(error: Exception) -> str:
    traceback.print_exception(error)
    return " ".join(str(error).split())[:300] or type(error).__name__
