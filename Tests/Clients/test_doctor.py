"""`portolan doctor` beside a collector, without one, and beside everything that can be wrong."""

import json
import socket
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from certificates import Authority
from collector import BINARY, PORTS, free_offset
from otlp import batch

BODY = batch(3, seed=1).SerializeToString()
TOKEN = {"Authorization": "Bearer word"}


def doctor(*arguments):
    """Runs it and gives the exit code and the findings."""
    command = [BINARY, "doctor", "--json", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode in (0, 3) and not done.stderr, done
    findings = json.loads(done.stdout)["findings"]
    assert all(f["advice"] for f in findings if f["level"] != "ok"), findings
    assert (done.returncode == 3) == any(f["level"] == "wrong" for f in findings), findings
    return done.returncode, findings


def beside(collector, *more):
    """Runs it with the settings of a collector."""
    return doctor(*collector.command[2:], *more)


def of(findings, *words):
    """The findings whose subject has all these words."""
    return [f for f in findings if all(word in f["subject"] for word in words)]


@contextmanager
def stranger(port, answer=None):
    """Another program on a port: an HTTP server, or one that answers with the given bytes."""

    class Handler(BaseHTTPRequestHandler):
        def handle(self):
            if answer is None:
                return super().handle()
            self.request.recv(4096)
            self.request.sendall(answer)

        def do_GET(self):
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def test_a_healthy_collector_has_nothing_wrong(start):
    collector = start()
    before = collector.total("portolan_spans_accepted_total")
    code, findings = beside(collector)
    assert code == 0, findings
    bad = [f for f in findings if f["level"] != "ok" and "lanes" not in f["subject"]]
    assert not bad, bad
    for door in "otlp_grpc", "otlp_http":
        assert "comes back" in of(findings, door, "127.0.0.1")[0]["found"], findings
    assert of(findings, "web", "127.0.0.1")[0]["found"] == "Portolan, ready"
    services = [
        attribute["value"]["stringValue"]
        for spans in collector.recent()
        for attribute in spans["resource"]["attributes"]
    ]
    sent = collector.total("portolan_spans_accepted_total") - before
    assert services == ["portolan-doctor"] * int(sent) and 2 <= sent <= 4, services
    assert beside(collector)[0] == 0, "what doctor did itself is nothing wrong"
    assert collector.total("portolan_requests_refused_total") == 0


def test_its_lines_are_for_people(start):
    command = [BINARY, "doctor", *start().command[2:]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, ""), done
    lines = done.stdout.splitlines()
    assert len(lines) > 8 and all(line.startswith(("ok ", "warning ")) for line in lines), lines


def test_a_busy_collector_with_two_lanes_is_healthy(start):
    collector = start(lanes=2)
    large = batch(2_000, seed=2).SerializeToString()
    stop = threading.Event()

    def send():
        while not stop.is_set():
            collector.post(large)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        code, findings = beside(collector)
    finally:
        stop.set()
        thread.join()
    assert code == 0, findings


def test_no_collector_is_a_warning(tmp_path):
    code, findings = doctor("--port-offset", free_offset(), "--data", tmp_path / "data")
    assert code == 0, findings
    assert [f["found"] for f in findings if f["subject"] == "collector"] == ["not running"]
    assert all(f["found"] == "free" for f in of(findings, "otlp_"))
    assert not (tmp_path / "data").exists(), "doctor looks and changes nothing"


@pytest.mark.parametrize("door", PORTS)
@pytest.mark.parametrize("answer", [None, b"SSH-2.0-OpenSSH_9.2p1\r\n"], ids=["http", "ssh"])
def test_another_program_on_a_port_is_wrong(door, answer, tmp_path):
    offset = free_offset()
    with stranger(PORTS[door] + offset, answer):
        code, findings = doctor("--port-offset", offset, "--data", tmp_path)
    assert code == 3, findings
    wrong = [f for f in findings if f["level"] == "wrong"]
    assert [f["subject"] for f in wrong] == [f"{door} 127.0.0.1:{PORTS[door] + offset}"], wrong
    assert "another program" in wrong[0]["found"]
    assert f"listen.{door}.port" in wrong[0]["advice"]


def test_a_stranger_who_takes_spans_does_not_pass_for_the_collector(start):
    collector = start({"listen.otlp_http.enabled": "false"})
    with stranger(collector.port("otlp_http")):
        code, findings = beside(collector, "--set", "listen.otlp_http.address=127.0.0.1")
        assert code == 0, "the last --set of listen.otlp_http.enabled holds"
        arguments = ["--port-offset", collector.offset, "--data", collector.folder / "data"]
        code, findings = doctor(*arguments)
    assert code == 3, findings
    assert of(findings, "otlp_http", "127.0.0.1")[0]["level"] == "wrong", findings
    assert of(findings, "otlp_grpc", "127.0.0.1")[0]["level"] == "ok", findings


def test_a_token_and_tls_are_used(start, tmp_path):
    authority = Authority(tmp_path / "pki")
    pair = authority.issue("shop", hosts="DNS:collector.example")
    settings = {"listen.web.token": "word"}
    for door in "otlp_grpc", "otlp_http":
        settings[f"listen.{door}.token"] = "word"
        settings[f"listen.{door}.tls.certificate"] = pair.certificate
        settings[f"listen.{door}.tls.key"] = pair.key
    collector = start({k: v for k, v in settings.items() if k != "listen.web.token"})
    code, findings = beside(collector)
    assert code == 0, findings
    for door in "otlp_grpc", "otlp_http":
        assert "comes back" in of(findings, door, "127.0.0.1")[0]["found"], findings
        # The authority's certificates are for two days.
        assert of(findings, "TLS", door)[0]["level"] == "warning"
    assert "word" not in json.dumps([f["found"] for f in of(findings, "settings")])


def test_a_wrong_token_is_told(start):
    collector = start({"listen.otlp_http.token": "word"})
    other = [a.replace("token=word", "token=other") for a in collector.command[2:]]
    code, findings = doctor(*other)
    assert code == 3, findings
    refused = of(findings, "otlp_http", "127.0.0.1")[0]
    assert refused["level"] == "wrong" and "401" in refused["found"], refused


def test_an_expired_certificate_is_wrong(start, tmp_path):
    pair = Authority(tmp_path / "pki").issue("old", days=-1)
    collector = start(
        {
            "listen.otlp_http.tls.certificate": pair.certificate,
            "listen.otlp_http.tls.key": pair.key,
        }
    )
    code, findings = beside(collector)
    assert code == 3, findings
    assert "run out" in of(findings, "TLS of otlp_http")[0]["found"], findings


def test_a_key_of_another_certificate_is_wrong(tmp_path):
    authority = Authority(tmp_path / "pki")
    one, other = authority.issue("one"), authority.issue("other")
    code, findings = doctor(
        "--port-offset",
        free_offset(),
        "--set",
        f"listen.otlp_http.tls.certificate={one.certificate}",
        "--set",
        f"listen.otlp_http.tls.key={other.key}",
    )
    assert code == 3, findings
    assert "mismatch" in of(findings, "TLS of otlp_http")[0]["found"], findings


def test_what_clients_got_wrong_is_told_with_advice(start):
    collector = start()
    assert collector.post(b"\xff\xff").status == 400
    assert collector.post(BODY, path="/v1/spans").status == 404
    bad = batch(1, seed=3)
    bad.resource_spans[0].scope_spans[0].spans[0].trace_id = b"short"
    assert collector.post(bad.SerializeToString()).status == 200
    code, findings = beside(collector)
    assert code == 0, findings
    told = [f["found"] for f in of(findings, "refused") if f["level"] == "warning"]
    assert "1 at otlp_http since the start, reason malformed" in told, told
    assert "1 at otlp_http since the start, reason not_found" in told, told
    assert "1 since the start, reason trace_id_length" in told, told


def test_wrong_settings_are_findings(tmp_path):
    file = tmp_path / "portolan.yaml"
    file.write_text("lanes: 0\nmemry: 1GiB\n")
    code, findings = doctor("--config", file)
    assert code == 3
    assert [f["found"] for f in findings] == [
        f"{file}:1: lanes: 0 is too little",
        f"{file}:2: memry: there is no such setting",
    ]


def test_a_data_directory_that_cannot_be_is_wrong(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    code, findings = doctor("--port-offset", free_offset(), "--data", file / "data")
    assert code == 3
    assert "Not a directory" in of(findings, "data directory")[0]["found"]


def test_a_port_that_only_listens_does_not_hold_it_up(tmp_path):
    offset = free_offset()
    with socket.create_server(("127.0.0.1", PORTS["web"] + offset)):
        code, findings = doctor("--port-offset", offset, "--data", tmp_path)
    assert code == 3
    assert of(findings, "web")[0]["level"] == "wrong", findings
