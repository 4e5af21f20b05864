"""HMAC-SHA256 with what depends on the key alone done once: a send makes about twenty of them."""

import hmac
from functools import lru_cache


class Mac:
    """The MACs of one key: each is begun from a copy, in half the time of `hmac.digest`."""

    def __init__(self, key: bytes) -> None:
        self._begun = hmac.new(key, digestmod="sha256")

    def of(self, content: bytes) -> str:
        """The MAC of this content, in hexadecimal."""
        mac = self._begun.copy()
        mac.update(content)
        return mac.hexdigest()


@lru_cache(maxsize=4)
def mac_with(key: bytes) -> Mac:
    """The MACs of this key, which is kept: a server has one."""
    return Mac(key)
