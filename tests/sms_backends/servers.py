"""Stand-ins for the providers and others: real servers on loopback that do as they are told.

`with VonageServer() as vonage:` starts one. A portal run with `os.environ | vonage.env` sends its texts there,
`vonage.answer = "status:7"` says what becomes of them, and `vonage.requests` is what came.

Each failing answer repeats the number and the text, as a provider may, so that a leak into a log shows.
"""

import json
import ssl
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from socket import SHUT_RDWR
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl
from uuid import uuid4
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from portal.sms_backends.contract import Case

Body = dict[str, str]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Server:
    """A server on a port of its own, from `with` to the end of it or to `stop`."""

    def __init__(self) -> None:
        self.answer = "ok"
        """`ok`, `html` (a page with status 200), `http:<status>`, `drop`, `hang`, `drip`, or what a subclass adds."""
        self._http = _HttpServer(self)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), name=type(self).__name__)

    @property
    def port(self) -> int:
        return self._http.server_port

    @property
    def env(self) -> dict[str, str]:
        """What the environment of a portal that uses this server must hold."""
        raise NotImplementedError

    def fate(self, request: Request) -> str:
        """What happens to a request that came: as `answer` says, `lost` being an answer that is made and not sent."""
        del request
        return self.answer

    def respond(self, request: Request) -> Answer:
        raise NotImplementedError

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends all connections, hung ones too; from now on connections are refused. May be called twice."""
        self._http.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class TlsServer(Server):
    """One that speaks TLS."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.certificate = Path(self._folder.name, "certificate.pem")
        """What a client must trust."""
        write_certificate(self.certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        # The handshake is left to the connection's own thread: a client that is slow at it holds up no other.
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        super().__exit__(kind, error, at)
        self._folder.cleanup()


class SmsServer(Server):
    """A provider, which takes forms. Also a `StandIn` of the contract."""

    answers: ClassVar[Mapping[Case, str]]
    """How this provider shows each case."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Body] = []
        """The fields of each request so far."""

    def fate(self, request: Request) -> str:
        self.requests.append(_fields(request))
        return self.answer

    def respond(self, request: Request) -> Answer:
        status, kind, text = self.reply(_fields(request))
        return Answer(status, {"Content-Type": kind}, text.encode())

    def reply(self, body: Body) -> tuple[int, str, str]:
        """Status, content type and body of the answer to a request."""
        raise NotImplementedError

    def bring_about(self, case: Case) -> None:
        if case == Case.REFUSED:
            self.stop()
        else:
            self.answer = self.answers[case]


class VonageServer(SmsServer, TlsServer):
    """Vonage's SMS API over TLS. `answer` may also be `status:<n>` or `part:<n>`: the second of two parts fails."""

    answers: ClassVar[Mapping[Case, str]] = {
        Case.ACCEPTED: "ok",
        Case.REJECTED: "status:7",
        Case.BUSY: "status:1",
        Case.HANG: "hang",
        Case.DRIP: "drip",
        Case.DROP: "drop",
        Case.GARBAGE: "html",
    }

    @property
    def settings(self) -> dict[str, str]:
        return {
            "SMS_SENDER": "Portal",
            "VONAGE_API_KEY": "key-1",
            "VONAGE_API_SECRET": "secret-1-of-vonage",
            "VONAGE_API_HOST": self.host,
        }

    @property
    def env(self) -> dict[str, str]:
        return {**self.settings, "REQUESTS_CA_BUNDLE": str(self.certificate), "NO_PROXY": "localhost"}

    def received(self) -> list[tuple[str, str]]:
        return [(f"+{body['to']}", body["text"]) for body in self.requests]

    def reply(self, body: Body) -> tuple[int, str, str]:
        kind, _, detail = self.answer.partition(":")
        if kind == "html":
            return 200, "text/html", page(body)
        if kind == "http":
            problem = {"title": "Refused", "detail": f"{body['to']}: {body['text']}"}
            return int(detail), "application/problem+json", json.dumps(problem)
        taken: Body = {"to": body["to"], "message-id": uuid4().hex, "status": "0", "client-ref": body["client-ref"]}
        refused: Body = {"status": detail, "error-text": f"{body['to']}: {body['text']}"}
        parts = {"status": [refused], "part": [taken, refused], "parts": [refused, refused]}.get(kind, [taken])
        return 200, "application/json", json.dumps({"message-count": str(len(parts)), "messages": parts})


class SnsServer(SmsServer):
    """Amazon SNS, as far as Publish goes, over plain http. `answer` may also be `error:<status>:<code>`."""

    answers: ClassVar[Mapping[Case, str]] = {
        Case.ACCEPTED: "ok",
        Case.REJECTED: "error:400:OptedOut",
        Case.BUSY: "error:429:Throttled",
        Case.HANG: "hang",
        Case.DRIP: "drip",
        Case.DROP: "drop",
        Case.GARBAGE: "html",
    }

    @property
    def settings(self) -> dict[str, str]:
        return {"SMS_SENDER": "Portal", "AWS_REGION": "eu-west-1"}

    @property
    def env(self) -> dict[str, str]:
        return {**self.settings, **aws_env(f"http://127.0.0.1:{self.port}")}

    def received(self) -> list[tuple[str, str]]:
        return [(body["PhoneNumber"], body["Message"]) for body in self.requests]

    def reply(self, body: Body) -> tuple[int, str, str]:
        kind, _, detail = self.answer.partition(":")
        if kind == "html":
            return 200, "text/html", page(body)
        if kind == "http":
            return int(detail), "text/html", page(body)
        if kind == "error":
            status, _, code = detail.partition(":")
            said = escape(f"{code}: PhoneNumber {body['PhoneNumber']}, {body['Message']}")
            error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{said}</Message></Error>"
            return int(status), "text/xml", f"<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>"
        taken = f"<PublishResult><MessageId>{uuid4()}</MessageId></PublishResult>"
        return 200, "text/xml", f"<PublishResponse>{taken}</PublishResponse>"


def join_calls() -> None:
    """Waits for the calls that went on after their deadline to end."""
    for thread in threading.enumerate():
        if thread.name == "timed-call":
            thread.join(timeout=20)
            assert not thread.is_alive()


def aws_env(endpoint: str) -> dict[str, str]:
    """boto3's own variables: made-up credentials, this endpoint, and nothing of this machine's own set-up."""
    return {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_ENDPOINT_URL_SNS": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nonexistent",
        "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
        # What a shop may have set must not bring the retries back.
        "AWS_MAX_ATTEMPTS": "5",
        "AWS_RETRY_MODE": "adaptive",
        "NO_PROXY": "127.0.0.1",
    }


def _fields(request: Request) -> Body:
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True))


def page(body: Body) -> str:
    return f"<html><body><h1>Welcome</h1>{escape(str(body))}</body></html>"


def write_certificate(path: Path) -> None:
    """A key and a certificate for localhost that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))


class _HttpServer(ThreadingHTTPServer):
    # Threads are joined when the server closes, so that a test leaves none behind.
    daemon_threads = False
    request_queue_size = 64

    def __init__(self, owner: Server) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.owner = owner
        self.stopping = threading.Event()

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that has given up, or doesn't trust the certificate, is what some tests are about.
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _HttpServer
    protocol_version = "HTTP/1.1"
    timeout = 20

    def do_POST(self) -> None:
        self.close_connection = True
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self.command, self.path, self.headers, raw)
        fate = self.server.owner.fate(request)
        if fate == "hang":
            self.server.stopping.wait()
        if fate not in {"hang", "drop"}:
            answer = self.server.owner.respond(request)
        if fate in {"hang", "drop", "lost"}:
            self.connection.shutdown(SHUT_RDWR)
            return
        # The address is for the redirects among the answers: one that is followed is a second request.
        lines = {"Location": self.path, "Content-Length": str(len(answer.body)), **answer.headers}
        head = [f"HTTP/1.1 {answer.status} Answer", *(f"{name}: {value}" for name, value in lines.items())]
        whole = "\r\n".join([*head, "Connection: close", "", ""]).encode() + answer.body
        self._write(whole, pause=0.1 if fate == "drip" else 0)

    do_GET = do_PATCH = do_DELETE = do_POST  # noqa: N815 - http.server's names

    def _write(self, answer: bytes, pause: float) -> None:
        if not pause:
            self.wfile.write(answer)
            return
        for byte in answer:
            self.wfile.write(bytes([byte]))
            if self.server.stopping.wait(pause):
                return

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        pass
