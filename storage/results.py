"""What the bucket shows of a settled case: its verdict, and the reason where it could not be processed."""

import json
from datetime import UTC, datetime

from domain.errors import IntakeError
from storage.bucket import QUARANTINE, RESULTS, Bucket
from storage.ledger import Ledger
from storage.records import Claimed


def publish(bucket: Bucket, case: str, verdict: str) -> None:
    """Puts the verdict of a case where other programs look for it."""
    bucket.write(f"{RESULTS}{case}.json", verdict.encode())


def publish_what_counts(bucket: Bucket, ledger: Ledger, case: str) -> str | None:
    """Puts back the verdict that counts, where one that came too late may have taken its place; gives it."""
    verdict = ledger.show(case).verdict
    if verdict is not None:
        publish(bucket, case, verdict)
    return verdict


def set_aside(
    bucket: Bucket,
    ledger: Ledger,
    case: str,
    trouble: IntakeError,
    verdict: str | None = None,
    since: Claimed | None = None,
) -> None:
    """Quarantines a case: in the ledger, which counts, and as a file `quarantine/<reason>/<case>/reason.json`.

    Nothing happens where the case went on since it was taken up (`since`). Raises UnknownCase, StorageAway.
    """
    if not ledger.quarantine(case, trouble.code, trouble.message, verdict=verdict, since=since):
        return
    record = ledger.claimed(case)
    told = {
        "case": case,
        "package": record.package,
        "receipt": record.receipt,
        "code": trouble.code,
        "message": trouble.message,
        "kind": type(trouble).__name__,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "originals": [{"name": file.name, "sha256": file.sha256} for file in record.files if file.sha256],
        "what_to_do": f"按 message 所述改正后，将材料重新放入 intake/，文件名或文件夹名以 {case} 开头即并入本案；"
        "原件保存在 originals/ 下，未作改动。",
    }
    body = json.dumps(told, ensure_ascii=False, indent=2).encode()
    bucket.write(f"{QUARANTINE}{trouble.code}/{case}/reason.json", body)
