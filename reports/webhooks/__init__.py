"""Messages to other systems when a case changes its state: signed, and sent to no address that could be misused."""
