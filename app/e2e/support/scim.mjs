// A SCIM client.

import assert from "node:assert/strict";

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

/** How many operations a Bulk request may hold. */
const BULK = 1000;

/** Creates `people` employees and changes them in turn, until the log has `events` lines: what a company leaves in some months. */
export async function fill(client, people, events) {
  const send = async (operations) => {
    const answer = await client.post("/Bulk", { schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], Operations: operations });
    assert.equal(answer.status, 200);
    const refused = answer.body.Operations.find(({ status }) => !["200", "201"].includes(status));
    assert.equal(refused, undefined);
    return answer.body.Operations.map(({ location }) => location.split("/").pop());
  };
  const ids = [];
  await inLanes(people, async (numbers) => {
    const operations = numbers.map((number) => ({ method: "POST", path: "/Users", bulkId: `${number}`, data: someone(number) }));
    ids.push(...(await send(operations)));
  });
  const change = (number) => patch({ op: "replace", path: "title", value: `Engineer, level ${Math.floor(number / people)}` });
  await inLanes(events - people, (numbers) =>
    send(numbers.map((number) => ({ method: "PATCH", path: `/Users/${ids[number % people]}`, data: change(number) }))),
  );
}

/** Calls `work` with the numbers below `count`, as many as a Bulk request holds at a time, and in eight lanes: commits are shared. */
async function inLanes(count, work) {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const from = next;
      next += BULK;
      await work(Array.from({ length: Math.min(BULK, count - from) }, (_, index) => from + index));
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

const GIVEN = ["Ada", "Grace", "Katherine", "Alan", "Mary", "Nikola", "Hedy", "Wangari", "Ibn", "Chiaki"];
const FAMILY = ["Lovelace", "Hopper", "Johnson", "Turing", "Seacole", "Tesla", "Lamarr", "Maathai", "Noether", "Mukai"];
const DEPARTMENTS = ["Engineering", "Research", "People", "Facilities", "Sales"];

function someone(number) {
  const given = GIVEN[number % GIVEN.length];
  const family = `${FAMILY[Math.floor(number / GIVEN.length) % FAMILY.length]}${number}`;
  return user(given, family, { department: DEPARTMENTS[number % DEPARTMENTS.length] });
}
