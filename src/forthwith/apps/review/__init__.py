"""The reviewers own work: assignment and recommendation. Worklists are questions, not tables."""
