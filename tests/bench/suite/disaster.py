"""What can happen to one server while messages flow: it is killed, or the power is cut.

A power cut is real for the file system: the server's folder is an ext4 of its own (a loop device), the
server is stopped, the file system is shut down without writing anything more, and is mounted again.
What was not synced is gone. Needs root."""
import contextlib
import fcntl
import os
import signal
import struct
import subprocess
import time

from .servers import wait_for

# linux: fs/ext4/ext4.h, EXT4_IOC_SHUTDOWN with EXT4_GOING_FLAGS_NOLOGFLUSH.
SHUTDOWN = 0x8004587D
WITHOUT_FLUSH = struct.pack("I", 2)
# From the disaster until the server starts again.
DARK_SECONDS = 1


class Kill:
    what = "SIGKILL"

    def __init__(self, servers, node):
        self.servers, self.node = servers, node

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def strike(self):
        self.servers.kill(self.node)
        time.sleep(DARK_SECONDS)


class PowerCut(Kill):
    what = "power cut"

    def __enter__(self):
        self.image = self.servers.folder / f"{self.node}.ext4"
        self.home = self.servers.home(self.node)
        with open(self.image, "wb") as image:
            image.truncate(6 << 30)
        subprocess.run(["mkfs.ext4", "-q", "-F", self.image], check=True)
        below = self.home.stat()
        made = self.home.with_suffix(".made")
        self.home.rename(made)
        self.home.mkdir()
        self.mount()
        # What was made before the load (keys, an empty store) is old and on disk.
        subprocess.run(["cp", "-a", f"{made}/.", self.home], check=True)
        os.chown(self.home, below.st_uid, below.st_gid)
        return self

    def __exit__(self, *_):
        # The servers are stopped after this in an orderly run; not so after an error.
        with contextlib.suppress(KeyError):
            self.servers.stop(self.node)
        self.unmount()

    def mount(self):
        subprocess.run(["mount", "-o", "loop", self.image, self.home], check=True)

    def unmount(self):
        wait_for(f"{self.home} unmounted",
                 lambda: subprocess.run(["umount", self.home], capture_output=True).returncode == 0, 20)

    def strike(self):
        began = time.monotonic()
        self.servers.signal(self.node, signal.SIGSTOP)
        at = os.open(self.home, os.O_RDONLY)
        fcntl.ioctl(at, SHUTDOWN, WITHOUT_FLUSH)
        os.close(at)
        self.servers.kill(self.node)
        self.unmount()
        self.mount()
        time.sleep(max(0, began + DARK_SECONDS - time.monotonic()))
