// The release binary on a database of its own, and its command line.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { createDatabase } from "./postgres.mjs";

const STARTS_WITHIN = 30_000;
const STOPS_WITHIN = 15_000;

/** A variable that `cargo xtask test` sets; without it nothing can be tested. */
export function required(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run cargo xtask test, or set it by hand`);
  return value;
}

/** For a server that must be told its port; the others choose one themselves. */
export function freePort() {
  return new Promise((resolve) => {
    const listener = createServer().listen(0, "127.0.0.1", () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

/** What a person has configured for the real server must not reach a test. */
function environment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("SPACEIQ_")));
}

/** Servers that still run, so that none outlives a test file that breaks off. */
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/**
 * Starts the server, hands it to `body`, and stops it whatever happens.
 * `engine` is "sqlite" or "postgres"; `args` are further arguments of `spaceiq serve`.
 */
export async function withServer(body, { engine = "sqlite", args = [] } = {}) {
  const server = await Server.start(engine, args);
  try {
    await body(server);
  } finally {
    await server.stop();
  }
}

export class Server {
  output = "";

  static async start(engine = "sqlite", args = []) {
    const server = new Server();
    server.folder = await mkdtemp(join(tmpdir(), "spaceiq-e2e-"));
    try {
      server.database = engine === "postgres" ? await createDatabase(required("SPACEIQ_TEST_POSTGRES")) : undefined;
      server.databaseUrl = server.database?.url ?? `sqlite:${join(server.folder, "spaceiq.db")}`;
      await server.#serve(args);
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  async #serve(args) {
    const listen = args.includes("--listen") ? [] : ["--listen", "127.0.0.1:0"];
    this.child = spawn(required("SPACEIQ_BIN"), ["serve", "--database-url", this.databaseUrl, ...listen, ...args], {
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(this.child);
    this.exited = new Promise((resolve) => {
      this.child.once("exit", resolve);
      this.child.once("error", resolve);
    });
    const up = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`the server did not start:\n${this.output}`)), STARTS_WITHIN);
      const heard = (chunk) => {
        this.output += chunk;
        // The link is the last thing that a start on an empty database prints.
        const link = /\/setup\?code=([0-9a-f]+)\n/.exec(this.output);
        if (!link) return;
        clearTimeout(timer);
        resolve(link[1]);
      };
      this.child.stdout.setEncoding("utf8").on("data", heard);
      this.child.stderr.setEncoding("utf8").on("data", heard);
      this.exited.then((code) => reject(new Error(`the server ended with ${code}:\n${this.output}`)));
    });
    this.setupCode = await up;
    this.url = /SpaceIQ is up: (\S+)/.exec(this.output)[1];
  }

  get setupPath() {
    return `/setup?code=${this.setupCode}`;
  }

  /** Runs the command line on the same database; answers what it printed. */
  async spaceiq(args, input) {
    const child = spawn(required("SPACEIQ_BIN"), [...args, "--database-url", this.databaseUrl], {
      env: environment(),
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    let output = "";
    let complaints = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => (output += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk) => (complaints += chunk));
    child.stdin?.end(input);
    const code = await new Promise((resolve, reject) => child.once("close", resolve).once("error", reject));
    assert.equal(code, 0, `spaceiq ${args.join(" ")}: ${complaints}`);
    return output;
  }

  async tokens(tenant = "Acme") {
    return JSON.parse(await this.spaceiq(["token", "list", "--tenant", tenant, "--json"]));
  }

  async createAccount(email, role, password) {
    const args = ["account", "create", "--tenant", "Acme", "--email", email, "--role", role, "--password-stdin"];
    await this.spaceiq(args, `${password}\n`);
  }

  async disableAccount(email) {
    await this.spaceiq(["account", "disable", "--tenant", "Acme", "--email", email]);
  }

  /** Makes everybody's sign-in so old that the password is asked for again before what matters. */
  async ageSignIns() {
    if (this.database) {
      const earlier = "jsonb_build_object('signed_in_at', extract(epoch FROM now())::bigint - 1200, 'confirmed_at', NULL)";
      await this.database.run(`UPDATE sessions SET data = jsonb_set(data, '{stamp}', data -> 'stamp' || ${earlier})`);
    } else {
      const earlier = "'$.stamp.signed_in_at', unixepoch() - 1200, '$.stamp.confirmed_at', NULL";
      await this.#sqlite(`UPDATE sessions SET data = json_set(data, ${earlier})`);
    }
  }

  /** Node 20 has no SQLite of its own. */
  async #sqlite(statement) {
    const program = "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1], timeout=30) as c: c.execute(sys.argv[2])";
    await promisify(execFile)("python3", ["-c", program, join(this.folder, "spaceiq.db"), statement]);
  }

  /** Every byte of the SQLite database: the file, its log and its index. */
  async databaseBytes() {
    const names = await readdir(this.folder);
    return Buffer.concat(await Promise.all(names.map((name) => readFile(join(this.folder, name)))));
  }

  async stop() {
    try {
      if (this.child) await this.#end();
    } finally {
      await this.database?.drop();
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  async #end() {
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), STOPS_WITHIN);
    const code = await this.exited;
    clearTimeout(timer);
    running.delete(this.child);
    assert.equal(code, 0, `the server was asked to stop and ended with ${code}:\n${this.output}`);
  }
}
