"""THEY CALL US: doors without tables. A door parses, names the actor, reads the clock, calls once, translates back."""
