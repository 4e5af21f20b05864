"""The settings as an operation sees them: one function a vendor."""

from server.settings.settings import Every8dSettings, OmisSettings
from tools.operation import Every8dOptions, OmisOptions


def every8d_options(settings: Every8dSettings | None) -> Every8dOptions:
    """What of EVERY8D's settings shapes a request; its usual ones where it has no account."""
    if settings is None:
        return Every8dOptions()
    return Every8dOptions(response_format=settings.response_format, max_recipients=settings.max_recipients)


def omis_options(settings: OmisSettings | None) -> OmisOptions:
    """What of OMIS's settings shapes a request; its usual ones where it has no account."""
    if settings is None:
        return OmisOptions()
    return OmisOptions(
        response_mode=settings.response_mode,
        refer_url=settings.refer_url,
        successful_url=settings.successful_url,
        failed_url=settings.failed_url,
        redirect_hosts=settings.redirect_hosts,
    )
