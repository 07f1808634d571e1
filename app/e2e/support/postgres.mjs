// Databases of their own on the PostgreSQL that the tests were given.

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { access, readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const DEBIAN = "/usr/lib/postgresql";

async function psql() {
  const versions = await readdir(DEBIAN).catch(() => []);
  const debian = versions.map((version) => join(DEBIAN, version, "bin"));
  for (const folder of [...(process.env.PATH ?? "").split(delimiter), ...debian]) {
    const program = join(folder, "psql");
    if (await access(program).then(() => true, () => false)) return program;
  }
  throw new Error("psql is missing: install PostgreSQL's client");
}

/** A new empty database beside the one that `url` names. */
export async function createDatabase(url) {
  const program = await psql();
  const run = (statement, database = url) =>
    promisify(execFile)(program, ["--no-psqlrc", "--quiet", "--dbname", database, "--command", statement]);
  const name = `e2e_${randomBytes(8).toString("hex")}`;
  await run(`CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    url: own.href,
    run: (statement) => run(statement, own.href),
    drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}
