"""The FHIR door: PAS requests in, answers out."""
