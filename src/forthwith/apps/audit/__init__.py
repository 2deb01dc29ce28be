"""What happened, who did it, for whom and when: append-only, sealed into a chain. Knows nobody above."""
