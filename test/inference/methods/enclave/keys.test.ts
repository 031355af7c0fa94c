import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { expect } from "chai";
import { concat, type Hex, hexToBytes, sha256 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { admissibleKey, bindsKey, isSignedByRsa } from "../../../../inference/methods/enclave/keys.ts";
import { keyName } from "../../../../sdk/enclaves.ts";
import { bytes, hash } from "../../../vectors/bytes.ts";
import { rsaJwk, rsaPublicKey, signPss } from "../../../vectors/rsa.ts";

const spkiOf = (key: ReturnType<typeof createPublicKey>) =>
  new Uint8Array(key.export({ type: "spki", format: "der" }) as Buffer);

describe("admissibleKey", () => {
  it("takes a secp256k1 point and an RSA-2048 key in DER, as the contract does", async () => {
    const { publicKey, address } = privateKeyToAccount(hash("key"));
    const found = await admissibleKey(hexToBytes(publicKey));
    expect(found).to.deep.equal({ kind: "secp256k1", publicKey, key: keyName(publicKey) });
    expect(BigInt(keyName(publicKey))).to.equal(BigInt(address));

    const rsa = createPublicKey({ key: rsaJwk, format: "jwk" });
    const key = keyName(rsaPublicKey);
    expect(await admissibleKey(spkiOf(rsa))).to.deep.equal({ kind: "RSA-2048", publicKey: rsaPublicKey, key });
  });

  it("takes nothing else", async () => {
    const longer = generateKeyPairSync("rsa", { modulusLength: 3072 }).publicKey;
    const curve = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey;
    for (const key of [undefined, new Uint8Array(0), new TextEncoder().encode("dummy"), spkiOf(longer), spkiOf(curve)])
      expect(await admissibleKey(key)).to.equal(undefined);
  });
});

describe("bindsKey", () => {
  const { publicKey } = privateKeyToAccount(hash("key"));
  const der = () => spkiOf(createPublicKey({ key: rsaJwk, format: "jwk" }));
  const nitriding = (hashed: Hex) => hexToBytes(concat(["0x1220", hash("TLS certificate"), "0x1220", hashed]));

  it("finds a key in public_key", async () => {
    const document = { publicKey: hexToBytes(publicKey), userData: undefined };
    expect(await bindsKey(document, publicKey)).to.equal(true);
    expect(await bindsKey(document, rsaPublicKey)).to.equal(false);
  });

  it("finds an RSA key's hash where nitriding puts it, and nowhere else", async () => {
    const dummy = new TextEncoder().encode("dummy");
    const userData = nitriding(sha256(der()));
    expect(await bindsKey({ publicKey: dummy, userData }, rsaPublicKey)).to.equal(true);
    expect(await bindsKey({ publicKey: dummy, userData }, publicKey)).to.equal(false);
    for (const other of [undefined, nitriding(hash("another key")), userData.subarray(1), hexToBytes(sha256(der()))])
      expect(await bindsKey({ publicKey: dummy, userData: other }, rsaPublicKey)).to.equal(false);
  });
});

describe("isSignedByRsa", () => {
  const message = bytes("message", 32);

  it("takes what the contract takes, and no other salt's length", async () => {
    const salted = (length: number) => hexToBytes(signPss(message, { salt: bytes("salt", length) }));
    expect(await isSignedByRsa(rsaPublicKey, salted(32), message)).to.equal(true);
    for (const length of [0, 31, 33])
      expect(await isSignedByRsa(rsaPublicKey, salted(length), message)).to.equal(false);
    expect(await isSignedByRsa(rsaPublicKey, salted(32), bytes("another", 32))).to.equal(false);
  });

  it("agrees with node:crypto", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const found = await admissibleKey(spkiOf(publicKey));
    const options = { key: privateKey, padding: 6, saltLength: 32 };
    const signature = new Uint8Array(sign("sha256", message, options));
    expect(await isSignedByRsa(found?.publicKey ?? "0x", signature, message)).to.equal(true);
  });
});
