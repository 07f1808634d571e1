// An app on a phone that shows codes (RFC 6238).

import { createHmac } from "node:crypto";

const STEP = 30;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The page of a second factor. */
export const SECOND_FACTOR = "/settings/profile/second-factor";

export class Authenticator {
  #secret;

  /** `key` is the setup key, as it is typed. */
  constructor(key) {
    const letters = key.replaceAll(" ", "");
    const bits = [...letters].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, "0")).join("");
    this.#secret = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  }

  /** The code of now, or of so many steps later: one step ahead is what a phone with a fast clock shows. */
  code(ahead = 0) {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000 / STEP) + ahead));
    const tag = createHmac("sha1", this.#secret).update(counter).digest();
    const word = tag.readUInt32BE(tag[tag.length - 1] & 15) & 0x7fffffff;
    return String(word % 1_000_000).padStart(6, "0");
  }
}

/** Reads the setup key of the page. */
export async function scan(page) {
  return new Authenticator(await page.getByLabel("Setup key").inputValue());
}

/** From the page of a second factor that is off to the recovery codes: the app, and the codes. */
export async function setUpFactor(page) {
  await page.goto(SECOND_FACTOR);
  await page.getByRole("button", { name: "Set up" }).click();
  const app = await scan(page);
  await page.getByLabel("Code", { exact: true }).fill(app.code());
  await page.getByRole("button", { name: "Turn on" }).click();
  return { app, codes: await shownCodes(page) };
}

/** The recovery codes of the page that shows them. */
export async function shownCodes(page) {
  return (await page.getByLabel("Recovery codes").innerText()).trim().split(/\s+/);
}

/** Answers the question that follows the password. */
export async function enterCode(page, code) {
  await page.getByRole("heading", { level: 1, name: "Enter your code" }).waitFor();
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
}
