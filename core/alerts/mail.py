"""Mail: a message as a mail of plain text and HTML, with an id by which one that comes twice is known."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from html import escape
from typing import Any

from core.alerts.channel import Message, Undelivered

#: Of each step of the conversation.
_STEP_S = 15
_PORTS = {"insecure": 25, "starttls": 587, "ssl": 465}


def send_mail(server: Any, message: Message) -> str:
    """Hand it over to the mail server of apprise's description; whom it refused, where it took it for others.

    Raises Undelivered.
    """
    recipients = [address for _, address in server.targets]
    everyone = [*recipients, *server.cc, *server.bcc]
    try:
        with _connected(server) as smtp:
            refused = smtp.send_message(_mail(server, message), server.from_addr[1], everyone)
    except smtplib.SMTPResponseException as error:
        raise Undelivered(f"The mail server answered {error.smtp_code}.") from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = sorted({code for code, _ in error.recipients.values()})
        raise Undelivered(f"The mail server refused every recipient ({', '.join(map(str, codes))}).") from None
    except TimeoutError:
        raise Undelivered("The mail server did not answer in time.") from None
    except ssl.SSLError:
        raise Undelivered("The mail server has no certificate that can be trusted.") from None
    except (smtplib.SMTPException, OSError):
        raise Undelivered("The mail server could not be reached.") from None
    return f"The mail server refused {len(refused)} of {len(everyone)} recipients." if refused else ""


def _connected(server: Any) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if not server.verify_certificate:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    port = server.port or _PORTS[server.secure_mode]
    if server.secure_mode == "ssl":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.smtp_host, port, timeout=_STEP_S, context=context)
    else:
        smtp = smtplib.SMTP(server.smtp_host, port, timeout=_STEP_S)
    if server.secure_mode == "starttls":
        smtp.starttls(context=context)
    if server.user and server.password:
        smtp.login(server.user, server.password)
    return smtp


def _mail(server: Any, message: Message) -> EmailMessage:
    name, sender = server.from_addr
    mail = EmailMessage()
    mail["Subject"] = " ".join(message.title.split())
    mail["From"] = formataddr((name or "Phyght", sender))
    mail["To"] = ", ".join(address for _, address in server.targets)
    if server.cc:
        mail["Cc"] = ", ".join(sorted(server.cc))
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<{message.id}@{sender.partition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    if message.html:
        mail.add_alternative(document(message.title, message.html), subtype="html")
    return mail


def document(title: str, body: str) -> str:
    """A page that mail programs show as it is: no style sheet, no script, nothing from elsewhere."""
    font = "font-family:Arial,Helvetica,sans-serif;font-size:14px;color:#1c2430;background:#ffffff"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<title>{escape(title)}</title></head><body style="{font}">{body}</body></html>'
    )
