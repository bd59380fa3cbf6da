"""The process that reads pages: requests come as JSON lines on standard input, pages go out as JSON lines."""

import json
import os
import sys


def main() -> None:
    """Reads until standard input is closed, so that it never outlives the process that asks."""
    # whatever libraries print must not get between the answers
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    threads = int(sys.argv[1])
    from domain.errors import HeyanError
    from extractors.files import PageImage
    from extractors.reading import read_page

    for line in sys.stdin:
        request = json.loads(line)
        try:
            page = read_page(PageImage.model_validate(request["image"]), request["number"], threads)
            answer = page.model_dump_json()
        except HeyanError as error:
            answer = json.dumps({"code": error.code, "message": error.message})
        answers.write(answer + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
