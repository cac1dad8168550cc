"""Engines map a pure function over the shards of a heavy step; nothing else knows of them."""
