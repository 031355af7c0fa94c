import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { bytesToHex, concat, type Hex, hexToBytes, keccak256, sha256, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import {
  type Certified,
  certifyChain,
  encodePayload,
  payloadOf,
  signDocument,
  simulateDocument,
} from "../../enclave-program/simulated.ts";
import { verifyNitro } from "../../inference/methods/enclave/nitro.ts";
import { callOf } from "../../sdk/calls.ts";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../sdk/contexts.ts";
import { keyName, receiptEvidence, receiptMessage } from "../../sdk/enclaves.ts";
import { encodeLayout, INT8, UINT8 } from "../../sdk/layouts.ts";
import { enclave } from "../../sdk/methods/enclave.ts";
import { rsaJwk, rsaPublicKey, signPss } from "../vectors/rsa.ts";
import { keyOf, runCommand, useSite } from "./site.ts";

const layout = {
  widths: [],
  input: { name: "input", dtype: INT8, dims: [1, 4] },
  output: { name: "output", dtype: UINT8, dims: [1, 2] },
};
const enclaveKey = (name: string) => privateKeyToAccount(keccak256(toHex(name)));

describe("proofboard enclave", () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "proofboard-enclave-"));
  });
  after(() => rm(directory, { recursive: true }));

  const write = async (name: string, bytes: Uint8Array | string): Promise<string> => {
    const file = join(directory, name);
    await writeFile(file, bytes);
    return file;
  };
  const documentFor = (name: string) => simulateDocument(hexToBytes(enclaveKey(name).publicKey));

  describe("inspect", () => {
    const inspect = async (file: string, ...options: string[]) => {
      const { code, stdout } = await runCommand(["enclave", "inspect", file, ...options], {});
      return { code, text: stdout.replaceAll(/\s+/g, " "), stdout };
    };

    it("says of a document that isn't AWS's that it proves nothing, and exits with 1", async () => {
      const { code, text } = await inspect(await write("doc", await documentFor("one")));
      expect(text).to.match(
        /^It proves nothing\. Its root certificate has the SHA-256 0x.*; the one that is trusted has 0x641a03/,
      );
      expect(code).to.equal(1);
    });

    it("says in words what one of a trusted root proves and doesn't, whether in bytes, base64 or hex", async () => {
      const document = await documentFor("one");
      const { root, measurement } = await verifyNitro(document, undefined);
      for (const bytes of [document, Buffer.from(document).toString("base64"), `${bytesToHex(document)}\n`]) {
        const { code, text } = await inspect(await write("doc", bytes), "--root", root);
        expect(code).to.equal(0);
        expect(text).to.contain("NOT AWS's").and.to.contain(`Measurement ${measurement}`);
        expect(text).to.contain("whoever made it can make any document");
        expect(text)
          .to.contain(keyName(enclaveKey("one").publicKey))
          .and.to.contain("(secp256k1)");
        expect(text).to.contain("Doesn't prove What the program does");
      }
      const { stdout } = await inspect(join(directory, "doc"), "--root", root, "--json");
      const found = JSON.parse(stdout);
      expect(found).to.deep.include({ good: true, debug: false, measurement, userData: null, nonce: null });
      expect(found.publicKey).to.equal(enclaveKey("one").publicKey);
      expect(Object.keys(found.pcrs)).to.have.length(16);
    });

    it("flags debug mode", async () => {
      const at = new Date();
      const chain = await certifyChain(at);
      const pcrs = new Map([0, 1, 2].map((i) => [i, new Uint8Array(48)]));
      const payload = encodePayload(payloadOf(chain, { at, pcrs }));
      const [root, last] = [chain[0], chain.at(-1)];
      if (root === undefined || last === undefined) throw new Error("There is no chain.");
      const file = await write("debug", await signDocument(payload, last));
      const { text } = await inspect(file, "--root", sha256(root.certificate));
      expect(text).to.contain("DEBUG MODE").and.to.contain("so no image is named");
      const { stdout } = await inspect(file, "--root", sha256(root.certificate), "--json");
      expect(JSON.parse(stdout).debug).to.equal(true);
    });

    it("refuses what is no document, and wrong use", async () => {
      expect((await inspect(await write("text", "hello"))).text).to.match(/^It proves nothing\. The file is neither/);
      expect((await inspect(await write("empty", ""))).code).to.equal(1);
      expect((await inspect(join(directory, "nowhere"))).code).to.equal(2);
      expect((await inspect(join(directory, "text"), "--root", "0x12")).code).to.equal(2);
    });
  });

  describe("admit, keys and revoke", () => {
    const useIt = useSite();
    const registrar = { PROOFBOARD_PRIVATE_KEY: keyOf(0) };

    const admitted = async (name: string, key = registrar, ...options: string[]) => {
      const document = await documentFor(name);
      const file = await write(name, document);
      const { root } = await verifyNitro(document, undefined);
      return useIt().run(["enclave", "admit", file, "--root", root, "--json", ...options], key);
    };

    it("refuses who is no registrar, a document that isn't AWS's, and a time too far", async () => {
      const stranger = await admitted("two", { PROOFBOARD_PRIVATE_KEY: keyOf(1) });
      expect(stranger.stderr).to.contain("is no registrar; those are 0x");
      const file = await write("two", await documentFor("two"));
      expect((await useIt().run(["enclave", "admit", file], registrar)).stderr).to.contain(
        "the one that is trusted has 0x641a",
      );
      expect((await admitted("two", registrar, "--days", "91")).code).to.equal(2);
      expect((await admitted("two", registrar, "--approval", "0x12")).code).to.equal(2);
    });

    it("admits a key, lists it, and revokes it for good", async () => {
      const key = keyName(enclaveKey("three").publicKey);
      const sent = JSON.parse((await admitted("three")).stdout);
      expect(sent).to.deep.include({ key, admitted: true });

      const listed = async () => {
        const { keys } = JSON.parse((await useIt().run(["enclave", "keys", "--json"])).stdout) as {
          keys: { key: Hex }[];
        };
        return keys.find((each) => each.key === key);
      };
      expect(await listed()).to.deep.include({ kind: "secp256k1", until: sent.expiresAt, revoked: false, valid: true });
      expect((await useIt().run(["enclave", "revoke", key], registrar)).stdout).to.contain("revoked, from now on");
      expect(await listed()).to.deep.include({ revoked: true, valid: false });
      expect((await useIt().run(["enclave", "keys"])).stdout).to.contain("no more: revoked");
      expect((await admitted("three")).stderr).to.contain("KeyIsRevoked");
    });

    describe("of a gateway, whose key nitriding bound by its hash", () => {
      const pem = (key: KeyObject) => key.export({ type: "spki", format: "pem" }) as string;
      const gateway = createPublicKey({ key: rsaJwk, format: "jwk" });
      let command: string[];
      let measurement: Hex;
      before(async () => {
        const der = new Uint8Array(gateway.export({ type: "spki", format: "der" }));
        const userData = hexToBytes(concat(["0x1220", keccak256(toHex("TLS certificate")), "0x1220", sha256(der)]));
        const at = new Date();
        const chain = await certifyChain(at);
        const payload = encodePayload(payloadOf(chain, { at, publicKey: new TextEncoder().encode("dummy"), userData }));
        const document = await signDocument(payload, chain.at(-1) as Certified);
        const found = await verifyNitro(document, undefined);
        measurement = found.measurement;
        command = ["enclave", "admit", await write("gateway", document), "--root", found.root, "--json"];
      });

      it("refuses the document alone, and another key", async () => {
        expect((await useIt().run(command, registrar)).stderr).to.contain("names no key that the contract takes");
        const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
        const file = await write("other.pem", pem(other));
        expect((await useIt().run([...command, "--key", file], registrar)).stderr).to.contain(
          "The document binds another key than the file's.",
        );
      });

      it("admits the key, whose receipt is verified, and says what that proves and doesn't", async () => {
        const { run, client, senderOf } = useIt();
        const sent = await run([...command, "--key", await write("gateway.pem", pem(gateway))], registrar);
        expect(JSON.parse(sent.stdout)).to.deep.include({ key: keyName(rsaPublicKey), admitted: true });

        const { modelRegistry, attestationRegistry } = client.contracts;
        const account = senderOf(0).account.address;
        const runtimeId = keccak256(toHex("gpt-x"));
        const publication = { artifactHash: ZERO_HASH, runtimeId, verifyingKeyHash: ZERO_HASH, measurement };
        const parts = [publication, bytesToHex(encodeLayout(layout)), "0x", ""] as const;
        const publish = { ...modelRegistry, functionName: "publish", args: parts } as const;
        const { result: modelId } = await client.rpc.simulateContract({ ...publish, account });
        await senderOf(0).send(callOf(publish));

        const { timestamp } = await client.rpc.getBlock();
        const receipt = { inputHash: keccak256("0x01"), outputHash: keccak256("0x02"), timestamp };
        const signature = signPss(hexToBytes(receiptMessage(receipt)), { salt: new Uint8Array(32) });
        const answer = { outputHash: receipt.outputHash, traceHash: ZERO_HASH, salt: keccak256("0x03") };
        const evidence = receiptEvidence(runtimeId, timestamp, rsaPublicKey, signature);
        const args = [enclave.id, modelId, receipt.inputHash, FREE_CONTEXT, answer, evidence] as const;
        const attest = { ...attestationRegistry, functionName: "attest", args } as const;
        const { result: uid } = await client.rpc.simulateContract({ ...attest, account });
        await senderOf(0).send(callOf(attest));

        const found = JSON.parse((await run(["verify", uid, "--json"])).stdout);
        expect(found).to.deep.include({ good: true, status: "verified", method: enclave.id, output: null });
        const results = found.checks.map(({ name, result }: { name: string; result: string }) => [name, result]);
        expect(Object.fromEntries(results)).to.deep.equal({
          ...{ uid: "held", record: "held", signed: "held", key: "held" },
          // There is no file to run, and the root isn't AWS's.
          ...{ model: "unknown", nitro: "unknown" },
        });
        expect(found.proven).to.contain("signed a receipt of this input, this output and a time");
        expect(found.notProven).to.match(/^That the named model gave the answer: the gateway proves what it passed on/);
      });
    });
  });
});
