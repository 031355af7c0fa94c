import { readFile, writeFile } from "node:fs/promises";
import * as Keystore from "ox/Keystore";
import { type Hex, isHex, type LocalAccount } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";

/**
 * Writes a V3 keystore that only its owner may read, and returns its account. Never overwrites a file.
 *
 * @param privateKey The key to keep; defaults to a new one.
 */
export async function createKeystore(
  file: string,
  password: string,
  privateKey: Hex = generatePrivateKey(),
): Promise<LocalAccount> {
  if (password === "") throw new Error("An empty password protects nothing; give another one.");
  const account = privateKeyToAccount(privateKey);
  const [key, options] = await Keystore.scryptAsync({ password });
  const keystore = { address: account.address.slice(2).toLowerCase(), ...Keystore.encrypt(privateKey, key, options) };
  try {
    await writeFile(file, `${JSON.stringify(keystore, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new Error(`${file} exists already; a keystore is never overwritten.`);
  }
  return account;
}

/** The account in a V3 keystore file. Throws a sentence when the file or the password is wrong. */
export async function openKeystore(file: string, password: string): Promise<LocalAccount> {
  const keystore = parseKeystore(file, await readKeystore(file));
  let privateKey: Hex;
  try {
    privateKey = Keystore.decrypt(keystore, await Keystore.toKeyAsync(keystore, { password }));
  } catch {
    throw new Error(`The password doesn't open ${file}.`);
  }
  return privateKeyToAccount(privateKey);
}

/** Sources of an account's key. */
export interface KeySource {
  /** Private key as 0x and 64 hex digits, as in PROOFBOARD_PRIVATE_KEY; used before the keystore. */
  privateKey?: string | undefined;
  /** Keystore file. */
  keystore?: string | undefined;
  /** Returns the keystore's password. */
  password: () => string | Promise<string>;
}

/** The account of a private key, or of a keystore. Never quotes a key. */
export async function openAccount({ privateKey, keystore, password }: KeySource): Promise<LocalAccount> {
  if (privateKey !== undefined && privateKey !== "") {
    try {
      if (!isHex(privateKey) || privateKey.length !== 66) throw new Error();
      return privateKeyToAccount(privateKey);
    } catch {
      throw new Error("The private key is not one: it must be 0x and 64 hex digits below the curve's order.");
    }
  }
  if (keystore === undefined) throw new Error("There is no key: give a keystore file, or PROOFBOARD_PRIVATE_KEY.");
  return openKeystore(keystore, await password());
}

async function readKeystore(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new Error(`The keystore ${file} can't be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

function parseKeystore(file: string, text: string): Keystore.Keystore {
  try {
    const value = JSON.parse(text) as Keystore.Keystore;
    const { cipher, ciphertext, kdf } = value.crypto;
    if (
      value.version === 3 &&
      cipher === "aes-128-ctr" &&
      /^[0-9a-f]{64}$/i.test(ciphertext) &&
      typeof kdf === "string"
    )
      return value;
  } catch {
    // All of these get the same sentence, below.
  }
  throw new Error(`${file} is not a V3 keystore.`);
}
