"""Alignment as merging sees it; agreement shares it, so it lives in `builder.align`."""

from builder.align import Cluster, align_arguments, align_events, dice

__all__ = ["Cluster", "align_arguments", "align_events", "dice"]
