"""Each real server answers its real client, and comes back on the same data after a kill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import obstore
import pika
import psycopg2
import pytest
from elasticsearch import Elasticsearch
from obstore.exceptions import PermissionDeniedError
from obstore.store import S3Store
from redis import Redis

from tests.elasticsearch.server import ElasticsearchServer
from tests.servers.process import ServerFailed, ServerMissing, ServerProcess, program
from tests.servers.rabbitmq import RabbitServer
from tests.servers.redis import RedisServer
from tests.servers.s3 import S3Server

PORTUGUESE: list[str | Mapping[str, Any]] = [
    "lowercase",
    {"type": "stemmer", "language": "light_portuguese"},
    "asciifolding",
]


def test_a_database_has_every_migration(database_url: str) -> None:
    connection = psycopg2.connect(database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('event_log') IS NOT NULL, count(*) FROM event_log")
            assert cursor.fetchone() == (True, 0)
    finally:
        connection.close()


def test_elasticsearch_finds_the_accented_plural_by_the_plain_singular(elasticsearch_url: str) -> None:
    with Elasticsearch(elasticsearch_url) as client:
        tokens = [
            client.indices.analyze(tokenizer="standard", filter=PORTUGUESE, text=word)["tokens"][0]["token"]
            for word in ("reclamações", "reclamacao", "Reclamação")
        ]

    assert len(set(tokens)) == 1


def test_elasticsearch_folds_keywords_with_a_normalizer(elasticsearch_url: str, index_prefix: str) -> None:
    with Elasticsearch(elasticsearch_url) as client:
        # given
        folding = {"type": "custom", "filter": ["lowercase", "asciifolding"]}
        client.indices.create(
            index=index_prefix,
            settings={"analysis": {"normalizer": {"folded": folding}}},
            mappings={"properties": {"name": {"type": "keyword", "normalizer": "folded"}}},
        )

        # when
        client.index(index=index_prefix, id="1", document={"name": "José"}, refresh=True)

        # then
        assert client.count(index=index_prefix, query={"term": {"name": "JOSE"}})["count"] == 1


@pytest.mark.slow
def test_elasticsearch_keeps_its_documents_over_a_kill_and_loses_them_by_a_wipe(
    own_elasticsearch: ElasticsearchServer,
) -> None:
    with Elasticsearch(own_elasticsearch.url) as client:
        # given an acknowledged document
        client.index(index="kept", id="1", document={"text": "x"})

        # when the node is killed and started again
        own_elasticsearch.kill()
        own_elasticsearch.start()

        # then the document is there
        client.cluster.health(index="kept", wait_for_status="yellow", timeout="30s")
        assert client.get(index="kept", id="1")["_source"] == {"text": "x"}

        # and when its folder is wiped, it is not
        own_elasticsearch.stop()
        own_elasticsearch.wipe()
        own_elasticsearch.start()
        assert client.indices.exists(index="kept").body is False


def test_rabbitmq_gives_back_what_was_put_into_a_queue(rabbitmq_url: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(rabbitmq_url)) as connection:
        channel = connection.channel()
        channel.queue_declare("smoke", auto_delete=True)

        channel.basic_publish("", "smoke", b"hint")

        _, _, body = channel.basic_get("smoke", auto_ack=True)
        assert body == b"hint"


def put_durably(url: str, queue: str) -> None:
    """A persistent message in a durable queue, confirmed by the broker."""
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        channel = connection.channel()
        channel.queue_declare(queue, durable=True)
        channel.confirm_delivery()
        channel.basic_publish("", queue, b"kept", pika.BasicProperties(delivery_mode=2))


def take(url: str, queue: str) -> bytes | None:
    with pika.BlockingConnection(pika.URLParameters(url)) as connection:
        body: bytes | None = connection.channel().basic_get(queue, auto_ack=True)[2]
        return body


@pytest.mark.slow
def test_rabbitmq_keeps_a_durable_queue_over_a_stop(own_rabbitmq: RabbitServer) -> None:
    put_durably(own_rabbitmq.url, "over-a-stop")

    own_rabbitmq.stop()
    own_rabbitmq.start()

    assert take(own_rabbitmq.url, "over-a-stop") == b"kept"


@pytest.mark.slow
def test_rabbitmq_serves_again_after_a_kill(own_rabbitmq: RabbitServer) -> None:
    # a queue declared just before a kill may be gone: RabbitMQ writes its list of queues later
    own_rabbitmq.kill()
    own_rabbitmq.start()

    put_durably(own_rabbitmq.url, "after-a-kill")
    assert take(own_rabbitmq.url, "after-a-kill") == b"kept"


def test_redis_keeps_a_value_over_a_kill() -> None:
    server = RedisServer()
    try:
        # given
        server.start()
        with Redis.from_url(server.url) as client:
            client.set("key", "value")

        # when
        server.kill()
        server.start()

        # then
        with Redis.from_url(server.url) as client:
            assert client.get("key") == b"value"
    finally:
        server.close()


def test_redis_answers(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.ping() is True


def _store(server: S3Server, secret_key: str) -> S3Store:
    return S3Store(
        server.bucket,
        endpoint=server.endpoint,
        region=server.region,
        access_key_id=server.access_key,
        secret_access_key=secret_key,
        client_options={"allow_http": True},
        virtual_hosted_style_request=False,
    )


def test_s3_serves_a_range_to_who_has_the_key_only(s3: S3Server) -> None:
    # given
    obstore.put(_store(s3, s3.secret_key), "smoke/one", b"0123456789")

    # then
    assert bytes(obstore.get_range(_store(s3, s3.secret_key), "smoke/one", start=2, length=3)) == b"234"
    with pytest.raises(PermissionDeniedError):
        obstore.get(_store(s3, "wrong"), "smoke/one")


def test_a_missing_program_says_how_to_get_it() -> None:
    with pytest.raises(ServerMissing, match=r"^no-such-server is not installed \(apt-get install it\)$"):
        program("no-such-server", "apt-get install it")


def test_a_server_that_ends_at_once_shows_its_log() -> None:
    process = ServerProcess("broken")
    try:
        process.launch(["/bin/sh", "-c", "echo no such option >&2; exit 3"], {})
        with pytest.raises(ServerFailed, match=r"broken ended with 3: no such option"):
            process.wait_until(lambda: False, limit_s=30)
    finally:
        process.close()
