# The server for a machine of your own: slim, as nobody, with a root that can be read only.
# BASE may name the same image in a registry of your own.
ARG BASE=python:3.13-slim
FROM ${BASE} AS built
WORKDIR /build
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY server ./server
COPY tools ./tools
RUN python -m venv /opt/campaign-ops \
 && /opt/campaign-ops/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
 && /opt/campaign-ops/bin/pip install --no-cache-dir --no-deps .

FROM ${BASE}
LABEL io.modelcontextprotocol.server.name="io.github.campaign-ops/campaign-ops-mcp" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin campaign-ops \
 && install -d -o campaign-ops -m 700 /data
COPY --from=built /opt/campaign-ops /opt/campaign-ops
USER campaign-ops
ENV PATH=/opt/campaign-ops/bin:$PATH PYTHONDONTWRITEBYTECODE=1 \
    CAMPAIGN_OPS_STORE__FOLDER=/data CAMPAIGN_OPS_CONSOLE__ENABLED=false
VOLUME /data
ENTRYPOINT ["campaign-ops-mcp"]
CMD ["serve"]
