"""A client of the API and of tus that needs only the standard library."""

import base64
import json
import mimetypes
import urllib.error
import urllib.request
import uuid
from pathlib import Path


class Refused(Exception):
    """An answer with an unexpected status."""

    def __init__(self, status: int, problem: dict):
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status = status
        self.code = problem.get("code")


class Client:
    """A client of a running stack; `token` is set after the sign-in."""

    def __init__(self, origin: str):
        self.api_url = f"{origin}/api/v1"
        self.token: str | None = None
        self.upload_url = self.call("GET", "/instance")["uploads"]["url"]

    def call(self, method: str, path: str, body: dict | None = None) -> dict:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        content = json.dumps(body).encode() if body is not None else None
        return self._send(method, f"{self.api_url}{path}", headers, content)[0]

    def send_form(self, method: str, path: str, fields: dict[str, str], picture: Path) -> dict:
        """A form with fields and a file named `picture`, as browsers send it (RFC 7578)."""
        boundary = uuid.uuid4().hex
        parts = b""
        for name, value in fields.items():
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
            parts += f"{head}{value}\r\n".encode()
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="picture"; filename="{picture.name}"\r\n'
        parts += f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + picture.read_bytes()
        parts += f"\r\n--{boundary}--\r\n".encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self._send(method, f"{self.api_url}{path}", headers, parts)[0]

    def upload(self, file: Path) -> str:
        """Uploads a file in one request (tus 1.0, creation-with-upload); returns the upload id."""
        content = file.read_bytes()
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        metadata = {"filename": file.name, "filetype": kind}
        pairs = (f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in metadata.items())
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(len(content)),
            "Upload-Metadata": ",".join(pairs),
            "Content-Type": "application/offset+octet-stream",
        }
        _, answer = self._send("POST", self.upload_url, headers, content)
        return answer["Location"].rsplit("/", 1)[-1]

    def _send(self, method: str, url: str, headers: dict[str, str], content: bytes | None):
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(url, content, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
                return (json.loads(text) if text else {}), answer.headers
        except urllib.error.HTTPError as error:
            raise Refused(error.code, json.loads(error.read() or b"{}")) from None
