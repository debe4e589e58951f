"""Results become things people read."""
