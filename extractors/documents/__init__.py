"""One file per document type: its model, the marks it is recognised by, and its reader."""
