"""Aligned tables and human numbers for a terminal."""


def megabytes(count: float) -> str:
    """`count` bytes in MB (10^6), with one decimal."""
    return f"{count / 1e6:.1f}"


def table(header: list[str], rows: list[list[object]], *, indent: str = "  ") -> str:
    """Columns as wide as they must be; the first is aligned left, the others right."""
    cells = [[str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    lines = []
    for row in cells:
        aligned = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        lines.append(indent + "  ".join(aligned).rstrip())
    lines.insert(1, indent + "  ".join("-" * width for width in widths))
    return "\n".join(lines)
