"""What is known of an article besides its text: who wrote it, when, where, in what language."""
