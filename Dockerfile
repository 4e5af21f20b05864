# The server for a machine of your own: slim, as nobody, with a root that can be read only.
# BASE may name the same image in a registry of your own; it needs `python` (3.11 or later, with venv) and useradd.
ARG BASE=python:3.13-slim
FROM ${BASE} AS built
WORKDIR /build
COPY requirements.lock requirements-build.lock pyproject.toml README.md LICENSE ./
# What builds is locked as well, and stays behind with its pip.
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements-build.lock \
 && python -m venv --without-pip /opt/campaign-ops \
 && /opt/build/bin/pip --python /opt/campaign-ops/bin/python install --no-cache-dir --require-hashes -r requirements.lock
COPY server ./server
COPY tools ./tools
RUN /opt/build/bin/hatchling build -t wheel \
 && /opt/build/bin/pip --python /opt/campaign-ops/bin/python install --no-cache-dir --no-index --no-deps dist/*.whl

FROM ${BASE}
LABEL io.modelcontextprotocol.server.name="io.github.campaign-ops/campaign-ops-mcp" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /data --shell /usr/sbin/nologin campaign-ops \
 && install -d -o campaign-ops -g campaign-ops -m 700 /data
COPY --from=built /opt/campaign-ops /opt/campaign-ops
USER campaign-ops
# The page is for a browser of the same machine, which reaches no loopback within a container.
ENV PATH=/opt/campaign-ops/bin:$PATH PYTHONDONTWRITEBYTECODE=1 \
    CAMPAIGN_OPS_STORE__FOLDER=/data CAMPAIGN_OPS_CONSOLE__ENABLED=false
VOLUME /data
HEALTHCHECK --interval=1m --timeout=20s --start-period=30s CMD ["campaign-ops-mcp", "health"]
ENTRYPOINT ["campaign-ops-mcp"]
CMD ["serve"]
