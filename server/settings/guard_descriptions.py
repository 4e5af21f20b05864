"""What each setting of the guards means (`server/settings/policy.py`), in the words of docs/settings.md."""

from collections.abc import Mapping

from tools.sentence import Sentence, sentence

OF_THE_GUARDS: Mapping[str, Sentence] = {
    "policy.read_only": sentence("Only tools that look are listed"),
    "policy.disabled_tools": sentence("Tools that are not listed; a misspelt name stops the start"),
    "policy.points_per_call": sentence("Most points of one call"),
    "policy.points_per_day": sentence("Most points a day"),
    "policy.points_per_month": sentence("Most points a month"),
    "policy.recipients_per_call": sentence("Most recipients of one call"),
    "policy.recipients_per_day": sentence("Most recipients a day"),
    "policy.texts_per_recipient_per_day": sentence("Most texts to one number a day"),
    "policy.calls_per_minute": sentence("Calls that change something; a decline counts too"),
    "policy.undo_minutes": sentence(
        "For so many minutes a send at once can be taken back with `undo_send`: it is booked that far "
        "ahead, and a minute more. `3` is recommended. Some hosts of the vendor seem to want bookings ten "
        "minutes ahead: a refused one sends nothing and says so. A campaign that goes out at once is held "
        "too; `cancel_campaign` takes it back"
    ),
    "policy.undo_above_recipients": sentence("Sends to so many or fewer go out at once all the same"),
    "policy.countries": sentence(
        "Countries that may be texted (ISO 3166), as `TW,JP`; none allows all, an unknown one stops the start"
    ),
    "policy.blocked_numbers": sentence("Numbers that are never texted; nothing overrides it"),
    "policy.blocked_numbers_file": sentence(
        "The same as a file: one a line, or a CSV (UTF-8, UTF-16, Big5) with a column of them; a row that "
        "cannot be read stops every send"
    ),
    "policy.block_opt_outs": sentence(
        "Blocks whoever asks for nothing more (退訂, STOP) at once; otherwise they are proposed and a "
        "person confirms"
    ),
    "policy.opt_out_words": sentence(
        "Further replies that opt out, as `TD,T`: the whole reply, with politeness around it"
    ),
    "policy.quiet_hours.start": sentence(
        "From when nothing is sent, as `21:00`; required only with quiet hours"
    ),
    "policy.quiet_hours.end": sentence(
        "Until when nothing is sent, as `08:00`; required only with quiet hours"
    ),
    "policy.quiet_hours.time_zone": sentence("Their time zone"),
    "policy.required_sender_name": sentence("Must stand in every text"),
    "policy.allowed_url_hosts": sentence(
        "Hosts that may stand in a text; not set allows all, empty allows none"
    ),
    "policy.allowed_phone_numbers": sentence(
        "Phone numbers that may stand in a text; not set allows all, empty allows none"
    ),
    "policy.allowed_email_domains": sentence(
        "Domains to which copies by e-mail (1.5) may go, exactly these; empty allows no copy"
    ),
    "policy.test_numbers": sentence(
        "Own numbers that may be texted without approval, within the next two limits"
    ),
    "policy.test_recipients": sentence("Most test numbers in such a call; 0 means that every send is asked"),
    "policy.test_points": sentence("Most points of such a call"),
    "approval.typed_above_recipients": sentence("Above so many recipients a person types their number"),
    "approval.typed_above_points": sentence("Above so many points a person types the number of recipients"),
    "approval.human_minimum_ms": sentence(
        "A faster answer is taken for the host's own, not a person's; in milliseconds"
    ),
    "approval.form_timeout_s": sentence(
        "A later answer to the form does nothing; the action then waits for the terminal or the page. In "
        "seconds; more lengthens the call, which clients give up on after 60"
    ),
    "approval.expires_s": sentence("How long a question, and its approval, stay good, in seconds"),
    "approval.wait_seconds": sentence(
        "How long a call waits for an approval in the terminal or on the page, in seconds; 0 answers "
        "`approval_required` at once. More than 30 lengthens the call"
    ),
    "approval.out_of_band": sentence(
        "Whether an action can wait for an approval in the terminal or on the page; if not, and no form "
        "can be shown, the call is refused"
    ),
    "approval.mode": sentence(
        "`ladder`: a form where the client has one, else the terminal or the page; `out_of_band_only`: "
        "never a form"
    ),
    "approval.passkeys": sentence(
        "Whether a person's yes is signed by a passkey on the page for people (`campaign-ops-mcp "
        "console`): `off`, `offered`, or `required`, where nothing else approves"
    ),
    "approval.passkey_above_points": sentence("With `offered`: more points than this need a passkey"),
    "approval.passkey_for_destroy": sentence("With `offered`: what cannot be undone needs a passkey"),
    "approval.phone": sentence(
        "The approver's mobile number in Taiwan: it is texted what waits (a point each) and approves by "
        "answering the code, or refuses with N. Set `policy.required_sender_name` too: carriers drop texts "
        "without one"
    ),
    "approval.phone_owner": sentence(
        "Whose phone it is, as `list_actions` names who asked (`local:chen`, `token:desk`); needed with "
        "`approval.four_eyes`"
    ),
    "approval.phone_max_points": sentence("What costs more is not approved by a text"),
    "approval.phone_texts_per_day": sentence("So many texts ask in a day at most"),
    "approval.four_eyes": sentence(
        "Who asked for an action cannot approve it, on the page nor in the terminal, and no form is "
        "shown: somebody else has to. By user (of this machine, or of a token): for servers with tokens, "
        "or several users of one store"
    ),
    "privacy.show_numbers": sentence("Shows numbers and names in answers; logs and the audit never do"),
    "privacy.retention_days": sentence(
        "After so many days numbers, names and replies become counts: once a day by itself, at once with "
        "`campaign-ops-mcp purge`"
    ),
}
