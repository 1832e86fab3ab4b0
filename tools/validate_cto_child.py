#!/usr/bin/env python3
"""Checks the PRD and the issue artifacts of this repository: the same as stage6 validate-planning, on its sources."""
import os
import sys

TOOLS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(TOOLS)
MAIN = os.path.join(ROOT, "packages", "cli", "src", "main.ts")
WORDS = [os.path.join(TOOLS, "run-source.mjs"), MAIN, "validate-planning", "--root", ROOT]

try:
    os.execvp("node", ["node", *WORDS, *sys.argv[1:]])
except OSError as error:
    print(f"stage6: node could not be started ({error.strerror}); put it on PATH", file=sys.stderr)
    sys.exit(70)
