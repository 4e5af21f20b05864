"""The rules that are in force, and where each comes from. They are changed in the settings alone."""

from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.site import Site, get
from server.gate.rules.approving import describe_approving
from server.gate.rules.description import describe
from server.settings.layers import place_of


def routes(site: Site) -> list[Route]:
    """The page."""

    async def show(request: Request) -> Response:
        settings = site.parts.settings
        facts = describe(settings.policy)
        known = [*cast("list[dict[str, Any]]", facts["rules"]), *describe_approving(settings.approval)]
        rules = [{**rule, "origin": settings.origins.origin(*place_of(rule["setting"]))} for rule in known]
        return await site.render(
            request,
            "rules.html",
            rules=rules,
            unset=facts["without_a_rule"],
            origins=settings.origins.names_by_origin(),
        )

    return [get("/rules", show)]
