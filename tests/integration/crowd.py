"""Many clients at once, each with a connection of its own that is kept open.

    with crowd.Crowd(host, 8) as clients:
        answers = clients.at_once([("POST", "/api/notes", {"name": "same"})] * 8)
        # in the order of the requests; each an Answer, or the exception that came in its place
"""
import http.client
import json
import threading


class Answer:
    def __init__(self, status, body):
        self.status, self.body = status, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Client:
    """One connection, opened again by the request after the one that lost it."""

    def __init__(self, port, timeout=60):
        self.port, self.timeout = port, timeout
        self.connection = None

    def request(self, method, path, data=None):
        """Raises OSError or HTTPException when no answer came: then nobody knows whether it was done."""
        body = None if data is None else json.dumps({"data": data})
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            self.connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            response = self.connection.getresponse()
            return Answer(response.status, response.read())
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def at_once(clients, requests):
    """Sends (method, path, data) of each client at the same moment."""
    answers = [None] * len(requests)
    gate = threading.Barrier(len(requests))

    def run(i):
        gate.wait()
        try:
            answers[i] = clients[i].request(*requests[i])
        except (OSError, http.client.HTTPException) as error:
            answers[i] = error
    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


class Crowd:
    def __init__(self, host, count, timeout=60):
        self.clients = [Client(host.port, timeout) for _ in range(count)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for client in self.clients:
            client.close()

    def at_once(self, requests):
        return at_once(self.clients, requests)
