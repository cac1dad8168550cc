"""The dataset card: what it says, chapter by chapter, and what the Hub reads of it."""
