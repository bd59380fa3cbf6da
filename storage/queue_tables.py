"""The table by which packages are found in the queue: what their papers call them."""

from sqlalchemy import Index, String, Table, UniqueConstraint

from storage.schema import METADATA, key, must, ref

# `kind` is one of storage.terms.Term; `folded` is the text as it is searched for, `text` as it is shown.
search_terms = Table(
    "search_terms",
    METADATA,
    key(),
    ref("packages", "package_id", index=False),
    must("kind", String(16)),
    must("folded", String(255)),
    must("text", String(255)),
    UniqueConstraint("package_id", "kind", "folded"),
    Index("ix_search_terms_kind_folded", "kind", "folded", "package_id"),
)
