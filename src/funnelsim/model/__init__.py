"""Frozen, validated records: what the other floors speak about; no files, no clock."""
