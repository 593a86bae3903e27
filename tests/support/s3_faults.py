"""S3 faults: what goes wrong between S3 and here, for StrictS3.plan."""

from collections.abc import Callable
from dataclasses import replace

from tests.support.sigv4 import Refused
from tests.support.strict_s3 import Answer, Exchange, Fault


def refuse(status: int, code: str, message: str = "It is refused.") -> Fault:
    """S3 answers with this error."""

    def fault(_: Exchange) -> Answer:
        raise Refused(status, code, message)

    return fault


slow_down = refuse(503, "SlowDown", "Please reduce your request rate.")


def denied(action: str) -> Fault:
    """The account's policies do not allow the action; in the words of S3."""
    return refuse(
        403, "AccessDenied",
        f"User: arn:aws:iam::111111111111:user/reader is not authorized to perform: {action} on resource: "
        f'"arn:aws:s3:::bills/x" because no identity-based policy allows the {action} action',
    )  # fmt: skip


def cut_body(after: int) -> Fault:
    """The connection breaks after some bytes of the body."""

    def fault(exchange: Exchange) -> Answer:
        answer = exchange.proceed()
        answer.headers["Content-Length"] = str(len(answer.body))
        answer.body = answer.body[:after]
        return answer

    return fault


def flip_bit(at: int) -> Fault:
    """One bit of the body arrives wrong."""

    def fault(exchange: Exchange) -> Answer:
        answer = exchange.proceed()
        changed = bytearray(answer.body)
        changed[at] ^= 1
        answer.body = bytes(changed)
        return answer

    return fault


def shorter(by: int) -> Fault:
    """The body is shorter than the listing says, and the answer says so too."""

    def fault(exchange: Exchange) -> Answer:
        answer = exchange.proceed()
        answer.body = answer.body[:-by]
        answer.headers["Content-Length"] = str(len(answer.body))
        return answer

    return fault


def slow(exchange: Exchange) -> Answer:
    """Nothing comes for as long as anyone would wait."""
    exchange.server.closing.wait(60)
    return exchange.proceed()


def lost_answer(exchange: Exchange) -> Answer:
    """It is done, and nobody hears of it."""
    exchange.proceed()
    raise ConnectionResetError("the link went down")


def after(change: Callable[[], object]) -> Fault:
    """Something else happens to the bucket just before."""

    def fault(exchange: Exchange) -> Answer:
        change()
        return exchange.proceed()

    return fault


def never_arrives(exchange: Exchange) -> Answer:
    """The connection breaks before S3 has it all."""
    raise ConnectionResetError("the link went down")


def garbled(at: int) -> Fault:
    """One bit of what was sent arrives wrong."""

    def fault(exchange: Exchange) -> Answer:
        changed = bytearray(exchange.request.body)
        changed[at] ^= 1
        return exchange.proceed_with(replace(exchange.request, body=bytes(changed)))

    return fault
