#!/bin/sh
# The bucket, the intake and the whole stack on a real S3 server that checks signatures and conditions.
set -eu
place=$(mktemp -d)
trap 'scripts/rgw.sh down "$place"' EXIT
export S3_TEST_KEYS=rgwaccess:rgwsecret123
S3_TEST_SERVER=$(scripts/rgw.sh up "$place" "${RGW_PORT:-7480}" || { scripts/rgw.sh down "$place" && scripts/rgw.sh up "$place" "${RGW_PORT:-7480}"; })
export S3_TEST_SERVER
.venv/bin/python -m pytest -n 0 tests/storage/test_bucket.py tests/storage/test_originals.py tests/storage/test_intake.py \
    tests/storage/test_half_done.py tests/deploy/test_stack.py
