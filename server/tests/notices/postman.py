"""A mail server for tests, made of aiosmtpd: it prints its port, and then a line of JSON for each message.

    postman.py [--host ADDRESS] [--port PORT] [--user NAME:PASSWORD] [--tls first|later --certificate FILE --key FILE] [ANSWER ...]

TLS is spoken from the first byte on, or after STARTTLS, before which it takes no mail. Each message, or each recipient where the answer begins with "rcpt ", is given the next answer; when none is left it is
taken.
"""

import argparse
import asyncio
import json
import logging
import ssl

from aiosmtpd.smtp import SMTP, AuthResult

parser = argparse.ArgumentParser()
parser.add_argument("--host", default="127.0.0.1")
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--user")
parser.add_argument("--tls", choices=["first", "later"])
parser.add_argument("--certificate")
parser.add_argument("--key")
parser.add_argument("answers", nargs="*")
arguments = parser.parse_args()
answers = arguments.answers
# Clients that hang up in the middle are what tests are about.
logging.disable()


def say(**line):
    print(json.dumps(line), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if answers and answers[0].startswith("rcpt "):
            answer = answers.pop(0).removeprefix("rcpt ")
            say(answer=answer, to=[address])
            return answer
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server, session, envelope):
        answer = answers.pop(0) if answers else "250 taken"
        secured = server.transport.get_extra_info("ssl_object")
        say(
            answer=answer,
            to=envelope.rcpt_tos,
            sender=envelope.mail_from,
            text=envelope.content.decode(),
            tls=secured.version() if secured else None,
        )
        return answer


def authenticate(server, session, envelope, mechanism, data):
    say(login=data.login.decode())
    given = f"{data.login.decode()}:{data.password.decode()}"
    return AuthResult(success=given == arguments.user, handled=False)


async def main():
    wants_user = arguments.user is not None

    context = None
    if arguments.tls:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(arguments.certificate, arguments.key)
    first = context if arguments.tls == "first" else None
    later = context if arguments.tls == "later" else None

    def connection():
        return SMTP(
            Handler(),
            authenticator=authenticate,
            auth_required=wants_user,
            auth_require_tls=later is not None,
            tls_context=later,
            require_starttls=later is not None,
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(connection, arguments.host, arguments.port, ssl=first)
    say(port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main())
