"""Choosing: strategies compared, settings swept and selected, a lever found for a goal."""
