"""Label Studio: the only place that spells its JSON."""
