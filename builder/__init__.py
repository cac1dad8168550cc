"""Build event-extraction datasets: articles in, agreed and versioned labels out."""

__version__ = "0.1.0"
