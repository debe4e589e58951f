"""Slides from a board pack: native charts that can be edited, one message a slide."""
