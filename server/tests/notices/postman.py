"""A mail server for tests, made of aiosmtpd: it prints its port, and then a line of JSON for each message.

    postman.py [--port PORT] [--user NAME:PASSWORD] [ANSWER ...]

Each message, or each recipient where the answer begins with "rcpt ", is given the next answer; when none is left it is
taken.
"""

import argparse
import asyncio
import json

from aiosmtpd.smtp import SMTP, AuthResult

parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--user")
parser.add_argument("answers", nargs="*")
arguments = parser.parse_args()
answers = arguments.answers


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
        say(answer=answer, to=envelope.rcpt_tos, sender=envelope.mail_from, text=envelope.content.decode())
        return answer


def authenticate(server, session, envelope, mechanism, data):
    given = f"{data.login.decode()}:{data.password.decode()}"
    return AuthResult(success=given == arguments.user, handled=False)


async def main():
    wants_user = arguments.user is not None

    def connection():
        return SMTP(Handler(), authenticator=authenticate, auth_required=wants_user, auth_require_tls=False)

    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", arguments.port)
    say(port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main())
