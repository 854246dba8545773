"""Shoal against its rivals: pairs of measurements on one machine in one run. ../main.py runs it, ../README.md explains it."""

import sys
from pathlib import Path

# The end-to-end tests' lab starts and ends everything here too, and the swarm lab knows what links carry.
TESTS = Path(__file__).resolve().parents[2] / "Tests"
sys.path[:0] = [str(TESTS / "EndToEnd"), str(TESTS / "SwarmLab")]
