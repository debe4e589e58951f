"""Words in, words out, exit codes."""
