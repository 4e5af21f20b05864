"""What a server does beside its calls. Imported with the parts, and as late: a start waits for none of it."""

from server.console.listening import keep_the_page
from server.delivery.callbacks import serve_callbacks
from server.delivery.poller import keep_asking

__all__ = ["keep_asking", "keep_the_page", "serve_callbacks"]
