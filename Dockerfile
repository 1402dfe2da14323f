# The service and its console in one image; `c360 serve` or `c360 work`. Nothing secret is in it: settings come at run time.

FROM node:24.11.1-bookworm-slim AS console
WORKDIR /console
COPY agent_ui/package.json agent_ui/package-lock.json agent_ui/.npmrc ./
COPY agent_ui/stubs ./stubs
RUN npm ci --no-audit --no-fund
COPY agent_ui ./
COPY schema/schema.graphql /schema/schema.graphql
RUN npm run build

FROM python:3.11.14-slim-bookworm AS packages
WORKDIR /app
RUN python -m venv /venv
COPY pyproject.toml README.md ./
COPY customer360 ./customer360
COPY indexer ./indexer
COPY schema ./schema
COPY api ./api
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --editable .

FROM python:3.11.14-slim-bookworm
# An account of its own; /data holds uploads on their way and, without BLOB_URL, the documents.
RUN useradd --system --uid 10360 --home-dir /data --shell /usr/sbin/nologin c360 \
  && mkdir /data && chown c360:c360 /data
COPY --from=packages /venv /venv
COPY --from=packages /app /app
COPY --from=console /console/dist /app/agent_ui/dist
WORKDIR /app
USER c360
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 C360_DATA_DIR=/data C360_HOST=0.0.0.0
VOLUME /data
EXPOSE 8360
CMD ["c360", "serve"]
