"""Files become model objects."""
