"""The rows of the table, by the names that `make bench ROWS=...` takes, in the order in which they run."""

from .chain import chain
from .crowd import crowd
from .exchange import agent_to_agent
from .fetching import small_fetch
from .idle import idle
from .pulling import first_pull, first_pull_shaped
from .serving import serve_blob, small_blobs
from .simulating import simulate, simulate_large

ROWS = {
    "serve-blob": serve_blob,
    "small-blobs": small_blobs,
    "first-pull": first_pull,
    "first-pull-1gbit": first_pull_shaped,
    "agent-to-agent": agent_to_agent,
    "small-fetch": small_fetch,
    "crowd-1gbit": crowd,
    "chain": chain,
    "idle": idle,
    "simulate": simulate,
}

LONG_ROWS = {"simulate-large": simulate_large}
"""Those that run only when they are named."""
