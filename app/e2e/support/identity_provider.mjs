// A real SAML identity provider on this machine: the library `samlp`, with one person signed in to it.

import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

import samlp from "samlp";

const PERSON = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/";

/** The key and the certificate of the server's own tests. */
const FOLDER = new URL("../../../server/src/sso/verify/tests/", import.meta.url);
const CERTIFICATE = readFileSync(new URL("idp.crt", FOLDER), "utf8");
const KEY = createPrivateKey({ key: readFileSync(new URL("idp.pk8", FOLDER)), format: "der", type: "pkcs8" }).export({
  format: "pem",
  type: "pkcs8",
});

export class IdentityProvider {
  /** Starts it; `person` is who is signed in to it. */
  static async start(person, options = {}) {
    const provider = new IdentityProvider();
    provider.person = person;
    provider.options = options;
    provider.site = createServer((request, response) => provider.#answer(request, response));
    await new Promise((resolve) => provider.site.listen(0, "127.0.0.1", resolve));
    provider.url = `http://127.0.0.1:${provider.site.address().port}`;
    provider.issuer = `${provider.url}/metadata`;
    return provider;
  }

  get certificate() {
    return CERTIFICATE;
  }

  /** The service to which it sends people. */
  knows({ callback, audience }) {
    this.service = { callback, audience };
  }

  /** What `express` would give to the library, which is all that it uses of it. */
  #answer(request, response) {
    const address = new URL(request.url, this.url);
    if (address.pathname !== "/sso") {
      // The browser asks for an icon.
      response.writeHead(204).end();
      return;
    }
    request.query = Object.fromEntries(address.searchParams);
    response.set = (name, value) => response.setHeader(name, value);
    response.send = (body) => response.end(typeof body === "number" ? String(body) : body);
    const { callback, audience } = this.service;
    const answer = samlp.auth({
      issuer: this.issuer,
      key: KEY,
      cert: CERTIFICATE,
      recipient: callback,
      destination: callback,
      audience,
      getPostURL: (_audience, _request, _httpRequest, done) => done(null, callback),
      getUserFromRequest: () => ({ id: this.person, emails: [{ value: this.person }], displayName: "Ada", name: {} }),
      nameIdentifierProbes: [`${PERSON}nameidentifier`],
      ...this.options,
    });
    answer(request, response, (error) => {
      response.writeHead(500).end(String(error));
    });
  }

  async stop() {
    await new Promise((resolve) => this.site.close(resolve));
  }
}
