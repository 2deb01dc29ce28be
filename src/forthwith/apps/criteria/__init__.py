"""Services, code mappings and reviewed criteria packages. `policies/` is the seed; rows govern."""
