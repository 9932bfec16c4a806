"""The ``qa`` command: ``python -m qa`` and the installed script are the same function."""

from __future__ import annotations

import sys

INTERRUPTED = 130
"""128 + SIGINT, what shells expect of a command stopped by Ctrl-C."""


def main() -> int:
    """Run the command line and return its exit status: 0 answered, 3 abstained, 2 bad input, 130 interrupted."""
    try:
        from qa.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
