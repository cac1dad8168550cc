"""Which split each document belongs to, for good, and whether anything leaks across."""
