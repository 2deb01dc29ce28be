"""Load, faults and measurements: what takes longer than the ordinary tests."""
