"""FHIR R4 on the wire: JSON text to values and back.

The grammar only: strict JSON, the R4 schema, references inside a Bundle, the profiles of Da Vinci PAS (`pas`),
OperationOutcome and CapabilityStatement. No rule of ours, no clock, no database.
"""
