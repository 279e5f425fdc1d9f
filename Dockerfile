# syntax=docker/dockerfile:1
# Two stages: the first installs from the lock, the second holds the result and nothing that built it.
# The index that pip uses is the build machine's: pass PIP_INDEX_URL as a build secret or argument where it differs.

FROM python:3.13-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /build
RUN python -m venv /opt/tocsin
# The dependencies first: they change less often than the source, so that their layer is kept.
COPY requirements.lock ./
RUN /opt/tocsin/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN /opt/tocsin/bin/pip install --no-deps --no-build-isolation . \
 && /opt/tocsin/bin/python -m compileall -q /opt/tocsin/lib

FROM python:3.13-slim-bookworm
LABEL org.opencontainers.image.title="Tocsin" \
      org.opencontainers.image.description="Compiles your incident-response runbook, and runs it" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/tocsin/tocsin"
# What a runbook's commands most often need; teams add their own kubectl, aws or psql in an image on top of this one.
RUN apt-get update -q \
 && apt-get install -y -q --no-install-recommends ca-certificates curl openssh-client \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /var/lib/tocsin --create-home --shell /usr/sbin/nologin tocsin
COPY --from=build /opt/tocsin /opt/tocsin
ENV PATH=/opt/tocsin/bin:$PATH PYTHONUNBUFFERED=1 XDG_DATA_HOME=/var/lib XDG_CONFIG_HOME=/etc
USER 10001
WORKDIR /var/lib/tocsin
VOLUME /var/lib/tocsin
EXPOSE 8080
# /healthz says that the process lives; whether it can do its work is /readyz, which is for load balancers.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "http://127.0.0.1:8080/healthz"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["tocsin"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8080"]
