"""Mosquitto: a bridge from A to B with QoS 2 over TLS."""
import signal
import time

from .servers import Servers, listens, wait_for


class Mosquitto(Servers):
    name = "mosquitto"
    title = "Mosquitto, QoS 2 bridge"
    durability = "acknowledged from memory (saved at a clean stop, and every 30 minutes)"
    load_per_second = 500  # above that its bridge falls behind and stands still
    settle_seconds = 2

    def addresses(self):
        return self.port(0), self.port(1)

    def start(self, node):
        port = self.port(0) if node == "A" else self.port(1)
        configuration = self.folder / f"{node}.conf"
        configuration.write_text(f"""
user root
allow_anonymous true
persistence true
persistence_location {self.home(node)}/
max_queued_messages 0
max_inflight_messages 1000
set_tcp_nodelay true
listener {port} 127.0.0.1
{self.bridge() if node == "A" else self.bridged()}""")
        self.spawn(node, "/usr/sbin/mosquitto", "-c", configuration)
        wait_for(f"mosquitto {node}", lambda: listens(port))

    def bridge(self):
        return f"""
connection a-to-b
address 127.0.0.1:{self.port(2)}
topic bench/out out 2
cleansession false
notifications false
bridge_attempt_unsubscribe false
restart_timeout 1 1
bridge_cafile {self.tls('ca.pem')}
bridge_certfile {self.tls('a.pem')}
bridge_keyfile {self.tls('a.key')}
"""

    def bridged(self):
        return f"""
listener {self.port(2)} 127.0.0.1
cafile {self.tls('ca.pem')}
certfile {self.tls('b.pem')}
keyfile {self.tls('b.key')}
require_certificate true
"""

    def start_all(self):
        super().start_all()
        # Sessions are set up once and are old when a disaster comes: on disk.
        for node in self.nodes:
            self.processes[node].send_signal(signal.SIGUSR1)
        time.sleep(0.5)
