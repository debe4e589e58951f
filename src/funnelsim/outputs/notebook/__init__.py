"""Answers as a notebook shows them: a piece of HTML, a table, a picture."""
