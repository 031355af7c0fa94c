import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { privateKeyToAccount } from "viem/accounts";
import { createKeystore, openAccount, openKeystore } from "../../participant/keystore.ts";
import { refusal } from "./refusal.ts";

const KEY = `0x${"4b".repeat(32)}` as const;
const never = () => {
  throw new Error("Nobody should be asked for a password.");
};

describe("keystore", () => {
  let directory: string;
  let file: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "proofboard-"));
    file = join(directory, "key.json");
    await createKeystore(file, "secret", KEY);
  });
  after(() => rm(directory, { recursive: true }));

  it("refuses an empty password", async () => {
    expect(await refusal(createKeystore(join(directory, "other.json"), ""))).to.contain("empty password");
  });

  it("refuses to overwrite a file", async () => {
    expect(await refusal(createKeystore(file, "secret"))).to.equal(
      `${file} exists already; a keystore is never overwritten.`,
    );
  });

  it("refuses a wrong password", async () => {
    expect(await refusal(openKeystore(file, "guess"))).to.equal(`The password doesn't open ${file}.`);
  });

  it("refuses a file that is missing or no keystore", async () => {
    const missing = join(directory, "missing.json");
    expect(await refusal(openKeystore(missing, "secret"))).to.equal(`The keystore ${missing} can't be read: ENOENT.`);
    const other = join(directory, "text.json");
    for (const text of ["hello", "{}", '{"version":3,"crypto":{}}', "null"]) {
      await writeFile(other, text);
      expect(await refusal(openKeystore(other, "secret"))).to.equal(`${other} is not a V3 keystore.`);
    }
  });

  it("refuses a malformed private key without quoting it", async () => {
    for (const privateKey of ["0x1234", "4b".repeat(32), `0x${"ff".repeat(32)}`, `0x${"zz".repeat(32)}`]) {
      const sentence = await refusal(openAccount({ privateKey, password: never }));
      expect(sentence).to.contain("64 hex digits").and.not.contain(privateKey.slice(2));
    }
  });

  it("says that there is no key", async () => {
    expect(await refusal(openAccount({ password: never }))).to.contain("PROOFBOARD_PRIVATE_KEY");
  });

  it("keeps a key that only the password opens and only its owner may read", async () => {
    expect((await openKeystore(file, "secret")).address).to.equal(privateKeyToAccount(KEY).address);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    expect(await readFile(file, "utf8")).to.not.contain(KEY.slice(2));
  });

  it("prefers the private key to the keystore", async () => {
    const other = `0x${"11".repeat(32)}` as const;
    const found = await openAccount({ privateKey: other, keystore: file, password: never });
    expect(found.address).to.equal(privateKeyToAccount(other).address);
    const kept = await openAccount({ privateKey: "", keystore: file, password: () => "secret" });
    expect(kept.address).to.equal(privateKeyToAccount(KEY).address);
  });
});
