"""From saved answers to board packs: which messages, charts and tables each command's answer makes."""
