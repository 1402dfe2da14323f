"""Search in Elasticsearch 8: only APIs of the core server, so that any distribution of it will do."""

from customer360.stores.elasticsearch.reader import ElasticsearchReader
from customer360.stores.elasticsearch.writer import ElasticsearchWriter

__all__ = ["ElasticsearchReader", "ElasticsearchWriter"]
