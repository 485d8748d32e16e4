"""An honest client in a process of its own: small batches over both protocols at a steady rate.

    honest.py HTTP_PORT GRPC_PORT      says "ready", runs until its input closes, prints its account

A batch counts as accepted when it is acknowledged within two seconds. Attempts are due at fixed
times; those that fall due while another is answered are made up for as soon as it is done, in the
end for two more seconds.
"""

import http.client
import json
import sys
import threading
import time

BATCH, PERIOD, PATIENCE = 100, 0.02, 2
LONGEST = 60


class HTTP:
    def __init__(self, port):
        self.port, self.connection = port, None

    def send(self, body):
        """The outcome of one attempt: '200' when it went well."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(
                    "127.0.0.1", self.port, timeout=PATIENCE
                )
            headers = {"Content-Type": "application/x-protobuf"}
            self.connection.request("POST", "/v1/traces", body=body, headers=headers)
            answer = self.connection.getresponse()
            answer.read()
            return str(answer.status)
        except (OSError, http.client.HTTPException) as error:
            self.connection = None
            return type(error).__name__


class GRPC:
    def __init__(self, port):
        import grpc

        self.error = grpc.RpcError
        channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self.call = channel.unary_unary(
            "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
        )

    def send(self, body):
        try:
            self.call(body, timeout=PATIENCE)
            return "200"
        except self.error as error:
            return error.code().name


def run(client, body, stop, account):
    began, ended = time.monotonic(), None
    while True:
        now = time.monotonic()
        if stop.is_set() and ended is None:
            ended = now
        account["due"] = max(1, int(((ended or now) - began) / PERIOD))
        is_behind = account["made"] < account["due"]
        if ended and (not is_behind or now > ended + PATIENCE):
            return
        if not is_behind:
            stop.wait(PERIOD / 4)
            continue
        outcome = client.send(body)
        account["made"] += 1
        account["outcomes"][outcome] = account["outcomes"].get(outcome, 0) + 1
        account["slowest"] = round(max(account["slowest"], time.monotonic() - now), 3)


def main():
    from otlp import batch

    body = batch(BATCH, service="honest", seed=1).SerializeToString()
    clients = {"http": HTTP(int(sys.argv[1])), "grpc": GRPC(int(sys.argv[2]))}
    accounts = {name: {"due": 0, "made": 0, "outcomes": {}, "slowest": 0} for name in clients}
    stop = threading.Event()
    threads = [
        threading.Thread(target=run, args=(client, body, stop, accounts[name]), daemon=True)
        for name, client in clients.items()
    ]
    for client in clients.values():
        assert (outcome := client.send(body)) == "200", f"before any attack: {outcome}"
    print("ready", flush=True)
    for thread in threads:
        thread.start()
    threading.Timer(LONGEST, stop.set).start()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    for thread in threads:
        thread.join()
    print(json.dumps(accounts), flush=True)


if __name__ == "__main__":
    main()
    # The timer of the longest run need not be waited for.
    import os

    os._exit(0)
