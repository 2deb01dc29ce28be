"""Persons, roles, reviewers, clients: one plain Actor at the door."""
