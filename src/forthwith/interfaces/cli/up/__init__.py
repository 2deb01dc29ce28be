"""`forthwith up`: everything on one machine, started, watched and stopped together.

command      the order of things
preparation  migrations, static files, the sample world: only what is not done yet
supervisor   children, their restarts and their end
processes    how the web server and the worker are called
runtime      an interpreter that the unprivileged account can read
address      the port: free? whose? does the server answer?
welcome      what is printed when all is ready
"""

from __future__ import annotations
