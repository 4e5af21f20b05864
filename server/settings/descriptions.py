"""What each setting means, in the words of docs/settings.md; a setting is named as the file nests it."""

from collections.abc import Mapping

from server.settings.guard_descriptions import OF_THE_GUARDS
from tools.sentence import Sentence, sentence

HEADINGS: Mapping[str, Sentence] = {
    "every8d": sentence("EVERY8D account"),
    "omis": sentence("OMIS account"),
    "files": sentence("Images and reports"),
    "lists": sentence("Lists of recipients"),
    "callbacks": sentence("Delivery reports that EVERY8D pushes (2.1)"),
    "http": sentence("Serving over HTTP"),
    "console": sentence("The page for people"),
    "store": sentence("Where everything is kept"),
    "policy": sentence("Rules"),
    "policy.quiet_hours": sentence("Quiet hours"),
    "approval": sentence("How a person is asked"),
    "privacy": sentence("What may be shown, and for how long it is kept"),
    "": sentence("The rest"),
}
"""Of the sections, in the order of the page; '' is what stands in no section."""
_OF_THE_REST: Mapping[str, Sentence] = {
    "every8d.base_url": sentence(
        "EVERY8D's host; an enterprise host keeps its path prefix. https, except on loopback"
    ),
    "every8d.uid": sentence("The account. Without it there are no EVERY8D tools"),
    "every8d.password": sentence("Its password"),
    "every8d.password_from": sentence(
        "`keyring`: the password is in the keyring of the system, where `campaign-ops-mcp setup` put it"
    ),
    "every8d.response_format": sentence("Format of delivery answers (2.2): 0 text, 1 JSON, 2 XML"),
    "every8d.max_recipients": sentence("Most recipients in one call; the vendor documents no limit"),
    "every8d.calls_at_once": sentence("Most calls at the same time"),
    "omis.base_url": sentence("OMIS's host. https, except on loopback"),
    "omis.login_name": sentence("The account. Without it there are no OMIS tools"),
    "omis.password": sentence("Its password"),
    "omis.password_from": sentence(
        "`keyring`: the password is in the keyring of the system, where `campaign-ops-mcp setup` put it"
    ),
    "omis.send_password_unencrypted": sentence("Allows plain http: anybody on the way can read the password"),
    "omis.password_in_url": sentence("Calls by GET: the password stands in URLs and in the logs of others"),
    "omis.request_style": sentence("How the account is sent: `form`, `xml_request`, `xml_file`, `xml_url`"),
    "omis.xml_url": sentence("Where OMIS fetches the account's XML, for `xml_url`"),
    "omis.response_mode": sentence("How a report is answered: 0 path, 1 link, 2 content, 3 download"),
    "omis.refer_url": sentence("ReferUrl of the document"),
    "omis.successful_url": sentence("SuccessfulUrl of the document"),
    "omis.failed_url": sentence("FailedUrl of the document"),
    "omis.redirect_hosts": sentence("Hosts that the four URLs above may name"),
    "omis.download_hosts": sentence("Hosts that a report's link may name, besides the base URL's own"),
    "omis.calls_at_once": sentence("Most calls at the same time"),
    "files.folder": sentence("Where images for MMS are; a tool names a plain file in it"),
    "files.reports": sentence(
        "Where downloaded reports are kept; `reports` in the store's folder if not set"
    ),
    "files.max_report_bytes": sentence("Largest report that is kept, in bytes"),
    "lists.folder": sentence(
        "Where lists of recipients are (CSV, XLSX); a tool names a plain file in it. The folder for "
        "images if not set"
    ),
    "lists.max_bytes": sentence("Largest file that is read as a list, in bytes"),
    "lists.max_rows": sentence("Most rows of a list"),
    "callbacks.port": sentence("Port of the receiver"),
    "callbacks.host": sentence("Address that it listens on"),
    "callbacks.token": sentence(
        "Secret at the end of the callback's URL, at least 16 letters, digits, `-` or `_`; without it "
        "those of `callbacks rotate` are taken, and with neither the receiver is off"
    ),
    "callbacks.url": sentence(
        "Where the vendor reaches your proxy, such as `https://reports.example`: how the URL of "
        "`callbacks rotate` begins"
    ),
    "callbacks.allowed_addresses": sentence(
        "Addresses and networks that may report, besides knowing the URL; empty: all. Of a proxy on this "
        "machine, the last address of `X-Forwarded-For` counts"
    ),
    "callbacks.ask": sentence(
        "Whether batches that are still open are asked for at the vendor (2.2, 2.4), at growing "
        "intervals, with a callback or without"
    ),
    "http.tokens": sentence(
        "Who may use `serve --http`: `CAMPAIGN_OPS_HTTP__TOKENS__DESK=…` is the token of `desk`, 32 "
        "characters at least. None: whoever reaches the port acts as the local user"
    ),
    "http.shared": sentence(
        "Each token sees its own batches, delivery events and report files; `true` shares them, for a "
        "small team"
    ),
    "http.owner_of_foreign": sentence(
        "The name whose token also sees and erases batches that were sent elsewhere. The local user "
        "(stdio) always does"
    ),
    "console.enabled": sentence("Whether servers show the page for people, on this machine alone"),
    "console.port": sentence(
        "Its port, at `http://localhost:8807`; the first server of a machine has it, the next one takes "
        "over. `serve --sandbox` uses the next port. `0` takes a free one"
    ),
    "store.url": sentence("`postgresql://…`; none means one SQLite file"),
    "store.folder": sentence(
        "The SQLite file, the audit's key and head, the key of the numbers, the reports; the user's data "
        "directory if not set"
    ),
    "store.audit_key_file": sentence(
        "The key of the audit chain and of all hashed numbers; in the store's folder if not set. Servers "
        "that share a store share a copy of it; with another key nothing is done. `numbers.key` stands "
        "beside it: with that, numbers and names in the records are encrypted, and it is shared in the "
        "same way"
    ),
    "store.audit_head_file": sentence(
        "The last entry of the audit chain and the store's generation; in the store's folder if not set. "
        "A store without the one that it had sends nothing"
    ),
    "toolsets": sentence("Groups of tools to list"),
    "language": sentence(
        "Language of whatever people read, questions and the terminal: `en` or `zh-TW`. Unset: `zh-TW` where "
        "the system's locale (`LC_ALL`, `LC_MESSAGES`, `LANG`) is Chinese as in Taiwan, else `en`"
    ),
    "log_level": sentence("`DEBUG`, `INFO`, `WARNING` or `ERROR`; logs go to stderr"),
}
DESCRIPTIONS: Mapping[str, Sentence] = {**_OF_THE_REST, **OF_THE_GUARDS}
