"""`python -m builder` and the `builder` command."""

from __future__ import annotations

from builder.commands import main

if __name__ == "__main__":
    main()
