"""A release: a versioned dataset folder that loads in one line and can be rebuilt byte for byte."""
