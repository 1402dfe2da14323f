"""The scaled topology: which servers and processes there are, started natively with the variables of docker-compose.yml."""

from __future__ import annotations

from collections.abc import Mapping

from tests.elasticsearch.server import ElasticsearchServer
from tests.servers.s3 import S3Server

SERVERS = ("postgres", "elasticsearch", "rabbitmq", "seaweedfs")
PROCESSES: Mapping[str, list[str]] = {"api": ["serve", "--no-worker"], "worker": ["work"]}


def settings(
    elasticsearch: ElasticsearchServer, prefix: str, broker_url: str, s3: S3Server
) -> dict[str, str]:
    """What api and workers get beside DATABASE_URL and C360_SECRET."""
    return {
        "ELASTICSEARCH_URL": elasticsearch.url,
        "C360_INDEX_PREFIX": prefix,
        "BROKER_URL": broker_url,
        **s3.environment(),
    }
