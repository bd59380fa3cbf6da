"""How much a package may be and take before it is refused."""

from domain.page import Frozen


class Limits(Frozen):
    """Bounds of what is taken in; the defaults leave a wide margin above real packages (a permit copy has ~80 pages).

    Sizes in bytes, times in seconds. `max_ratio` is unpacked to packed size above which a zip entry is a bomb (scans
    hardly shrink in a zip); entries under `ratio_free_bytes` are let through. `max_pixels` fits an A3 page at 600 dpi.
    `only` asks for a single page of a file, counted from 0.
    """

    max_files: int = 2000
    max_pages: int = 1000
    max_pixels: int = 80_000_000
    max_bytes: int = 512 * 2**20
    max_unpacked_bytes: int = 2 * 2**30
    max_ratio: int = 200
    ratio_free_bytes: int = 10 * 2**20
    max_nesting: int = 3
    max_memory: int = 4 * 2**30
    seconds_per_file: int = 300
    max_dpi: int = 300
    only: int | None = None
