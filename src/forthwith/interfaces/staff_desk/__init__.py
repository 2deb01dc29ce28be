"""The plan's own people at work: worklist, case, decision."""
