"""The data files of a release: columns, rows, shards, and reading them back."""
