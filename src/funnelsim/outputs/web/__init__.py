"""The board pack as one page: a file that a browser shows, with no network and nothing from users but text."""
