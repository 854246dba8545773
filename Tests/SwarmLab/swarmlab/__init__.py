"""Swarms of real agents on shaped links, measured against the theory. See ../README.md."""
