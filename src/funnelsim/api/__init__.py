"""The lobby: one door a question. Doors join what files say with what engines compute, and own clock and paths."""
