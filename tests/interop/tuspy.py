"""tuspy uploads a half, is forgotten, and goes on: `tuspy.py ENDPOINT AUTHORIZATION FILE`.

Prints the upload's address."""

import sys

from tusclient.client import TusClient

CHUNK_BYTES = 150_000

endpoint, authorization, path = sys.argv[1:]
client = TusClient(endpoint, headers={"Authorization": authorization})
metadata = {"filename": "rabbit.mp4", "filetype": "video/mp4"}

first = client.uploader(path, chunk_size=CHUNK_BYTES, metadata=metadata)
first.upload(stop_at=4 * CHUNK_BYTES)

second = client.uploader(path, chunk_size=CHUNK_BYTES, url=first.url)
if second.offset != 4 * CHUNK_BYTES:
    sys.exit(f"resumed at {second.offset}")
second.upload()
print(second.url)
