"""Which documents are copies of one another, and which report the same story."""
