"""The plan's own people at work: worklist, case, decision.

What must not enter: anything that could reward a denial. No page of this door shows approval or denial rates, or
what care costs.
"""
