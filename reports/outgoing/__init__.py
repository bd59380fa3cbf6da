"""Papers that go out: each is laid out once, and each format is written from that layout by one writer."""
