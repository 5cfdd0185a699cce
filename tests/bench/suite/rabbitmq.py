"""RabbitMQ: quorum queues of one node each, a shovel from A to B over TLS."""
from .servers import Servers, listens, wait_for

# Where the source is read and written back only when B has confirmed.
SHOVEL = """[{rabbitmq_shovel, [{shovels, [{a_to_b, [
  {source, [{protocol, amqp091}, {uris, ["amqp://"]}, {declarations, []},
            {queue, <<"out">>}, {prefetch_count, 4000}]},
  {destination, [{protocol, amqp091}, {uris, ["%s"]}, {declarations, []},
                 {publish_properties, [{delivery_mode, 2}]},
                 {publish_fields, [{exchange, <<"">>}, {routing_key, <<"in">>}]}]},
  {ack_mode, on_confirm}, {reconnect_delay, 1}]}]}]}]."""


class RabbitMq(Servers):
    name = "rabbitmq"
    title = "RabbitMQ, quorum queues, shovel"
    durability = "confirmed after its sync, at each end"
    nodes = ("epmd", "B", "A")
    settle_seconds = 4  # the shovel finds its queue at its second try

    def ports(self, node):
        """Of AMQP and of the node's own."""
        return (self.port(0), self.port(1)) if node == "A" else (self.port(2), self.port(3))

    def addresses(self):
        return self.ports("A")[0], self.ports("B")[0]

    def start(self, node):
        if node == "epmd":
            # Otherwise a server starts it, as a process that outlives all.
            self.spawn(node, "epmd", "-address", "127.0.0.1", "-port", self.port(4))
            return wait_for(node, lambda: listens(self.port(4)))
        amqp, own = self.ports(node)
        home = self.home(node)
        (home / "conf").write_text(self.configuration(node))
        (home / "advanced").write_text(self.shovel() if node == "A" else "[].")
        (home / "plugins").write_text("[rabbitmq_shovel]." if node == "A" else "[].")
        self.spawn(node, "/usr/lib/rabbitmq/bin/rabbitmq-server", env={
            "HOME": str(self.folder),  # of Erlang's cookie
            "RABBITMQ_NODENAME": f"bench{node.lower()}@localhost",
            "RABBITMQ_CONFIG_FILE": f"{home}/conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{home}/advanced",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{home}/plugins",
            "RABBITMQ_CONF_ENV_FILE": f"{home}/no-env",
            "RABBITMQ_MNESIA_BASE": f"{home}/data",
            "RABBITMQ_LOG_BASE": f"{home}/log",
            "RABBITMQ_PID_FILE": f"{home}/pid",
            "RABBITMQ_DIST_PORT": str(own),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                "-kernel inet_dist_use_interface {127,0,0,1} -noinput",
            "ERL_EPMD_PORT": str(self.port(4)),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        })
        wait_for(f"rabbitmq {node}", lambda: listens(amqp), 90)

    def configuration(self, node):
        lines = [f"listeners.tcp.1 = 127.0.0.1:{self.ports(node)[0]}",
                 "log.console = false", "log.file.level = warning", "disk_free_limit.absolute = 50MB"]
        if node == "B":
            lines += [f"listeners.ssl.1 = 127.0.0.1:{self.port(5)}",
                      f"ssl_options.cacertfile = {self.tls('ca.pem')}",
                      f"ssl_options.certfile = {self.tls('b.pem')}",
                      f"ssl_options.keyfile = {self.tls('b.key')}",
                      "ssl_options.verify = verify_peer",
                      "ssl_options.fail_if_no_peer_cert = true",
                      "ssl_options.versions.1 = tlsv1.3", "ssl_options.versions.2 = tlsv1.2"]
        return "\n".join(lines) + "\n"

    def shovel(self):
        return SHOVEL % (f"amqps://guest:guest@127.0.0.1:{self.port(5)}"
                         f"?cacertfile={self.tls('ca.pem')}&certfile={self.tls('a.pem')}"
                         f"&keyfile={self.tls('a.key')}&verify=verify_peer"
                         "&server_name_indication=localhost")
