// A real SAML identity provider on this machine: the library `samlp`, with one person signed in to it.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import samlp from "samlp";

const PERSON = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/";

/** A key and a certificate for it, as a portal lets an admin download it. */
function newKey() {
  const folder = mkdtempSync(join(tmpdir(), "spaceiq-idp-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const subject = ["-subj", "/CN=Test identity provider", "-days", "30"];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, ...subject], {
    stdio: "ignore",
  });
  const made = { key: readFileSync(key, "utf8"), cert: readFileSync(certificate, "utf8") };
  return { ...made, forget: () => rmSync(folder, { recursive: true, force: true }) };
}

export class IdentityProvider {
  /** Starts it; `person` is who is signed in to it. */
  static async start(person, options = {}) {
    const provider = new IdentityProvider();
    provider.person = person;
    provider.options = options;
    provider.keys = newKey();
    provider.site = createServer((request, response) => provider.#answer(request, response));
    await new Promise((resolve) => provider.site.listen(0, "127.0.0.1", resolve));
    provider.url = `http://127.0.0.1:${provider.site.address().port}`;
    provider.issuer = `${provider.url}/metadata`;
    return provider;
  }

  get certificate() {
    return this.keys.cert;
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
      key: this.keys.key,
      cert: this.keys.cert,
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
    this.keys.forget();
  }
}
