"""`python -m cli`: the command line of Heyan."""

import sys

from cli.main import main

if __name__ == "__main__":  # page readers started as fresh processes import this module again
    sys.exit(main(sys.argv[1:]))
