"""Agreement between annotators on whole events, each number with how it was made."""
