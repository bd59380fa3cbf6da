"""`python -m validators` prints the rule catalogue; `--write` brings docs/rules.md up to date."""

import sys

from validators.catalogue import PAGE, catalogue
from validators.registry import catalogued

page = catalogue(catalogued())
if "--write" in sys.argv[1:]:
    PAGE.write_text(page, encoding="utf-8")
else:
    sys.stdout.write(page)
