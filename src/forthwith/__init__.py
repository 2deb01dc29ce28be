"""Forthwith: requests for prior authorization, asked, decided and told."""
