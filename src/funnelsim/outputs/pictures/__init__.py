"""Pictures of a board pack's charts, as PNG and SVG at the size of a slide."""
