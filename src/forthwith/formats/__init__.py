"""GRAMMAR of the wire: pure text to values and back. Knows no rule of ours."""
