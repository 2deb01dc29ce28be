"""The FHIR door: Da Vinci PAS requests in, answers out.

It reads text (`formats.fhir`), names the client by its bearer token, reads the clock, makes one call, and writes the
answer. No rule stands here: the same request gets the same answer through the portal.
"""
