// A SCIM client.

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** Requests with a token, at the Tenant URL that the console shows, by a client that calls itself `agent`. */
export function scim(tenantUrl, token, agent = "Test") {
  const request = async (method, path, body, headers) => {
    const response = await fetch(`${tenantUrl}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        "User-Agent": agent,
        ...(body && { "Content-Type": "application/scim+json" }),
        ...headers,
      },
      body: typeof body === "string" ? body : body && JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === "" ? undefined : JSON.parse(text) };
  };
  return {
    get: (path) => request("GET", path),
    post: (path, body, headers) => request("POST", path, body, headers),
    patch: (path, body, headers) => request("PATCH", path, body, headers),
    delete: (path) => request("DELETE", path),
  };
}

/** A person as Azure sends one. */
export function user(given, family, { department = "Engineering", title = "Engineer" } = {}) {
  const address = `${given}.${family}@acme.test`.toLowerCase();
  return {
    schemas: [USER, ENTERPRISE],
    userName: address,
    externalId: `id-${address}`,
    active: true,
    displayName: `${given} ${family}`,
    name: { givenName: given, familyName: family },
    emails: [{ type: "work", primary: true, value: address }],
    title,
    [ENTERPRISE]: { department },
  };
}

/** A group with these members. */
export function group(displayName, members = []) {
  return { schemas: [GROUP], displayName, members: members.map((value) => ({ value })) };
}

/** A PATCH of these operations. */
export function patch(...operations) {
  return { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: operations };
}

/** Disables someone as Azure does. */
export const DISABLE = patch({ op: "Replace", path: "active", value: "False" });
