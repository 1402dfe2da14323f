"""Where document bytes are kept, by digest: a folder on disk or S3."""

from customer360.stores.blobs.folder import FolderBlobs
from customer360.stores.blobs.s3 import S3Blobs, s3_store

__all__ = ["FolderBlobs", "S3Blobs", "s3_store"]
