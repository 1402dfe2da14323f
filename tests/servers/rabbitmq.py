"""A RabbitMQ node of the system's package on loopback, with a name, ports and folders of its own."""

from __future__ import annotations

import secrets
import socket

from tests.servers.process import ServerProcess, free_port, program

START_LIMIT_S = 120
HOW = "apt-get install rabbitmq-server"
SCRIPT = "/usr/lib/rabbitmq/bin/rabbitmq-server"  # the one in /usr/sbin insists on an account and its folders
PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"
METHOD_FRAME = b"\x01"


class RabbitServer:
    """`url` stays the same over stop, kill and start. Durable queues survive a stop.

    A kill may lose a queue that was declared just before, although it is durable and its message was confirmed.
    """

    def __init__(self) -> None:
        self._port, self._dist_port, self._names_port = free_port(), free_port(), free_port()
        self._password = secrets.token_hex(8)
        self._node: ServerProcess | None = None
        self._names: ServerProcess | None = None  # Erlang's name service, which RabbitMQ would leave behind

    @property
    def url(self) -> str:
        return f"amqp://c360:{self._password}@127.0.0.1:{self._port}/"

    @property
    def pid(self) -> int | None:
        return self._node.pid if self._node is not None else None

    def start(self) -> None:
        if self._node is None:
            program("rabbitmq-server", HOW)
            self._node = ServerProcess("rabbitmq")
            self._configure(self._node)
            self._start_names()
        script = program(SCRIPT, HOW)
        self._node.launch([script], self._environment(self._node))
        self._node.wait_until(self._answers, START_LIMIT_S)

    def stop(self) -> None:
        if self._node is not None:
            self._node.stop()

    def kill(self) -> None:
        if self._node is not None:
            self._node.kill()

    def close(self) -> None:
        for process in (self._node, self._names):
            if process is not None:
                process.close()

    def _start_names(self) -> None:
        self._names = ServerProcess("epmd")
        command = [program("epmd", HOW), "-port", str(self._names_port), "-address", "127.0.0.1"]
        self._names.launch(command, {})
        self._names.wait_until(lambda: _listens(self._names_port), START_LIMIT_S)

    def _configure(self, node: ServerProcess) -> None:
        (node.folder / "enabled_plugins").write_text("[].\n")
        settings = (
            "default_user = c360",
            f"default_pass = {self._password}",
            "disk_free_limit.absolute = 10MB",  # the free space of the machine must not decide tests
        )
        (node.folder / "rabbitmq.conf").write_text("\n".join(settings) + "\n")

    def _environment(self, node: ServerProcess) -> dict[str, str]:
        folder = node.folder
        return {
            "HOME": str(folder),  # its cookie
            "ERL_EPMD_PORT": str(self._names_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"c360-{self._port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(self._dist_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONF_ENV_FILE": str(folder / "no-such-env"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "no-such-advanced.config"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
            "RABBITMQ_LOG_BASE": str(folder / "logs"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": str(folder / "pid"),
        }

    def _answers(self) -> bool:
        """It greets a client; the port opens only at the end of its start."""
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=2) as client:
                client.sendall(PROTOCOL_HEADER)
                return client.recv(1) == METHOD_FRAME
        except OSError:
            return False


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2):
            return True
    except OSError:
        return False
