"""Stand-ins for what we call outside, speaking the real protocol on loopback."""
