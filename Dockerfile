# 核验 Heyan, for docker-compose.yml: Debian of one release, locked dependencies, models inside, no root.
FROM debian:12.11-slim AS base
ENV LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive
COPY scripts/debian-run.txt /usr/share/heyan/
RUN apt-get update \
    && grep -v '^#' /usr/share/heyan/debian-run.txt | xargs apt-get install -y --no-install-recommends \
    && rm -rf /var/lib/apt/lists/*

FROM base AS build
WORKDIR /heyan
COPY requirements.txt ./
RUN python3 -m venv .venv \
    && .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes -r requirements.txt \
    && touch .venv/.ready-run

FROM base
RUN useradd --system --uid 10001 --user-group --home-dir /data --create-home heyan
WORKDIR /heyan
COPY --from=build /heyan/.venv .venv
COPY . .
# Engine, models and language data lie in the image: this must go through without a network, and as nobody.
RUN --network=none setpriv --reuid 65534 --clear-groups scripts/proof.sh
ENV HEYAN_DATA=/data \
    HEYAN_HOST=0.0.0.0 \
    HOME=/data \
    TMPDIR=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    DO_NOT_TRACK=1 \
    PREFECT_SERVER_ANALYTICS_ENABLED=false
VOLUME /data
USER 10001:10001
ENTRYPOINT ["/heyan/heyan"]
CMD ["serve", "--desk-only"]
