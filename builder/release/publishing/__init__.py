"""Releases out to the Hub and to other stores."""
