"""Jiexu as the other systems are run: two daemons, A sends to B."""
import shutil
import subprocess

from .servers import Servers, listens, wait_for


class Jiexu(Servers):
    name = "jiexu"
    title = "Jiexu"
    certificates = False  # keys of its own
    durability = "acknowledged after its sync, at each end"

    def __enter__(self):
        super().__enter__()
        made = self.folder / "made"
        subprocess.run([self.machine.build / "bin/jiexu-exchange", "make", "--folder", made,
                        "--bytes", str(self.size), "--port-base", str(self.port(0))], check=True)
        self.codes = sorted(entry.name for entry in made.iterdir() if entry.is_dir())
        for code, node in zip(self.codes, ("A", "B")):
            shutil.copytree(made / code, self.home(node), dirs_exist_ok=True)
        self.tokens = [(self.home(node) / "admin.token").read_text().strip() for node in ("A", "B")]
        return self

    def addresses(self):
        return tuple(f"{self.api_port(node)} {token} {code}"
                     for node, token, code in zip(("A", "B"), self.tokens, self.codes))

    def api_port(self, node):
        return self.port(1) if node == "A" else self.port(3)

    def start(self, node):
        self.spawn(node, self.machine.build / "bin/jiexud", "--config", self.home(node) / "agency.toml")
        wait_for(f"jiexud {node}", lambda: listens(self.api_port(node)))
