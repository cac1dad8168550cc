"""What changed between two states, and which version number may say so."""
