"""The completion curves of all scenarios as one SVG that reads well on light and on dark pages, and without colours."""

from html import escape

WIDTH, HEIGHT = 860, 460
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 100, 52
GOAL = 1.20
"""The project's own: the last node within this of T*."""
LOOKS = {
    "flash-crowd": ("#0072b2", "#56b4e9", ""),
    "staggered": ("#00795a", "#2fc79b", "9 4"),
    "slow-tenth": ("#a8620a", "#f0a63c", "2 4"),
    "killed-tenth": ("#b0413e", "#ff8a80", "12 4 2 4"),
    "two-zones": ("#8a4a86", "#dd9ad5", "5 3"),
}
"""Of each scenario's curve: its colour on light and on dark (after Okabe and Ito, told apart by colour-blind readers), its dashes."""


TITLE = "Nodes that have the whole image, against time"
TIME = "time since the node asked, as a multiple of the best possible"


def completion(curves: dict[str, list[float]], nodes: dict[str, int], subtitle: str) -> str:
    """An SVG. `curves`: every finished node's time as a multiple of its bound. `nodes`: how many should have finished. By scenario."""
    longest = max((max(times) for times in curves.values() if times), default=1)
    span = max(1.5, 0.25 * (int(longest / 0.25) + 1))
    x = _Scale(0, span, LEFT, WIDTH - RIGHT)
    y = _Scale(0, 1, HEIGHT - BOTTOM, TOP)
    parts = [_head(curves, nodes), _axes(x, y, span), _marks(x)]
    parts += [_curve(name, sorted(times), nodes[name], x, y, span) for name, times in curves.items()]
    parts += [_legend(list(curves)), f'<text class="quiet" x="{LEFT}" y="44">{escape(subtitle)}</text>', "</svg>"]
    return "\n".join(parts) + "\n"


class _Scale:
    """From values to places on the page."""

    def __init__(self, low: float, high: float, start: float, end: float):
        self.factor = (end - start) / (high - low)
        self.low, self.start = low, start

    def __call__(self, value: float) -> str:
        return f"{self.start + (value - self.low) * self.factor:.1f}"


def _head(curves: dict[str, list[float]], nodes: dict[str, int]) -> str:
    light = "\n".join(f".{name}{{stroke:{look[0]};stroke-dasharray:{look[2] or 'none'}}}" for name, look in LOOKS.items())
    dark = "\n".join(f".{name}{{stroke:{look[1]}}}" for name, look in LOOKS.items())
    told = "; ".join(
        f"{name}: {len(times)} of {nodes[name]} nodes, the last at {max(times):.2f} of its bound" for name, times in curves.items() if times
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}"
 role="img" aria-labelledby="title about">
<title id="title">{TITLE}</title>
<desc id="about">{escape(told)}.</desc>
<style>
svg{{background:#fff;font:13px system-ui,sans-serif}}
text{{fill:#1f2328}} .quiet{{fill:#59636e}} .title{{font-size:17px;font-weight:600}}
.grid{{stroke:#d1d9e0;stroke-width:1}} .bound{{stroke:#1f2328;stroke-width:1.5}} .goal{{stroke:#59636e;stroke-dasharray:3 3}}
.curve{{fill:none;stroke-width:2.5;stroke-linejoin:round}}
{light}
@media (prefers-color-scheme:dark){{
svg{{background:#0d1117}}
text{{fill:#f0f6fc}} .quiet{{fill:#9198a1}}
.grid{{stroke:#30363d}} .bound{{stroke:#f0f6fc}} .goal{{stroke:#9198a1}}
{dark}
}}
</style>
<text class="title" x="{LEFT}" y="24">{TITLE}</text>"""


def _axes(x: _Scale, y: _Scale, span: float) -> str:
    lines = []
    for percent in (0, 25, 50, 75, 100):
        at = y(percent / 100)
        lines.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at}" y2="{at}"/>')
        lines.append(f'<text class="quiet" x="{LEFT - 8}" y="{float(at) + 4:.1f}" text-anchor="end">{percent} %</text>')
    step = next(step for step in (0.25, 0.5, 1, 2, 5, 10, 50) if span / step <= 10)
    for number in range(int(span / step) + 1):
        at = x(number * step)
        lines.append(f'<text class="quiet" x="{at}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{number * step:g}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    lines.append(f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">{TIME}</text>')
    return "\n".join(lines)


def _marks(x: _Scale) -> str:
    return "\n".join(
        f'<line class="{kind}" x1="{x(at)}" x2="{x(at)}" y1="{TOP - 6}" y2="{HEIGHT - BOTTOM}"/>'
        f'<text class="{style}" x="{float(x(at)) + shift:.1f}" y="{TOP - 10}" text-anchor="{anchor}">{label}</text>'
        for kind, style, at, label, shift, anchor in (
            ("bound", "", 1.0, "T*", -4, "end"),
            ("goal", "quiet", GOAL, f"goal {GOAL:.2f}", 4, "start"),
        )
    )


def _curve(name: str, times: list[float], nodes: int, x: _Scale, y: _Scale, span: float) -> str:
    path = [f"M{x(0)} {y(0)}"]
    for number, time in enumerate(times, start=1):
        path.append(f"H{x(time)}V{y(number / nodes)}")
    if len(times) < nodes:
        path.append(f"H{x(span)}")
    return f'<path class="curve {name}" d="{"".join(path)}"/>'


def _legend(names: list[str]) -> str:
    lines, y = [], 66
    for number, name in enumerate(names):
        left = LEFT + 152 * number
        lines.append(f'<line class="curve {name}" x1="{left}" x2="{left + 36}" y1="{y}" y2="{y}"/>')
        lines.append(f'<text x="{left + 44}" y="{y + 4}">{name}</text>')
    return "\n".join(lines)
