"""WE CALL THEM: what runs outside our process. Only jobs and the command line import these."""
