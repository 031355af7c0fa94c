import { expect } from "chai";
import { type Hex, padHex } from "viem";
import { buildAttestation } from "../../../inference/methods/quorum.ts";
import { attestationRegistryAbi } from "../../../sdk/abi.ts";
import type { Client } from "../../../sdk/client.ts";
import { attestationUid } from "../../../sdk/commitments.ts";
import { commitDraft, reveal } from "../../../web/take-part/prove.ts";
import type { Wallet } from "../../../web/take-part/wallet.ts";

const registry = padHex("0x0a", { size: 20 });
const account = padHex("0x0b", { size: 20 });
const word = (n: number): Hex => padHex(`0x${n.toString(16)}`, { size: 32 });
const made = buildAttestation({
  ...{ prover: account, method: 1, modelId: word(1), inputHash: word(2), context: word(3) },
  ...{ outputHash: word(4), salt: word(5) },
});
const uid = attestationUid(31_337, registry, made.attestation);
const journal = { keep: () => {}, entries: () => [{ uid, ...made }] };
const wallet: Wallet = { kind: "local", account, submit: () => Promise.reject(new Error("Nothing is to be sent.")) };

/** A chain that refuses every transaction and has this record of the attestation. */
const refusing = (record: { status: number; open: boolean }): Client => {
  const rpc = {
    estimateGas: () => Promise.reject(new Error("It is refused.")),
    readContract: () => Promise.resolve(record),
  };
  const contracts = { attestationRegistry: { address: registry, abi: attestationRegistryAbi } };
  return { rpc, contracts } as unknown as Client;
};

const revealFrom = (record: { status: number; open: boolean }) =>
  reveal({ client: refusing(record), wallet, journal }, uid).then(
    () => "opened",
    ({ message }: Error) => message,
  );

describe("committing", () => {
  it("refuses what is under a method that no browser can take part under", async () => {
    for (const [method, name] of [
      [2, "FraudProof"],
      [7, "unknown method 7"],
    ] as const) {
      const entries = () => [{ uid, ...made, attestation: { ...made.attestation, method } }];
      const tools = { client: refusing({ status: 0, open: false }), wallet, journal: { keep: () => {}, entries } };
      const error = await commitDraft({ ...tools, run: () => Promise.reject() }, uid, () => {}).catch(
        (thrown: Error) => thrown,
      );
      expect((error as Error).message).to.equal(`A browser can't take part under ${name}.`);
    }
  });
});

describe("revealing", () => {
  it("says why an answer that is still to be opened was not", async () => {
    expect(await revealFrom({ status: 1, open: false })).to.equal("It is refused.");
  });

  it("is done where the answer is open, or the attestation settled", async () => {
    expect(await revealFrom({ status: 1, open: true })).to.equal("opened");
    expect(await revealFrom({ status: 2, open: true })).to.equal("opened");
  });

  it("refuses an attestation whose answer isn't kept here", async () => {
    const none = { keep: () => {}, entries: () => [] };
    const error = await reveal({ client: refusing({ status: 1, open: false }), wallet, journal: none }, uid).catch(
      (thrown: Error) => thrown,
    );
    expect((error as Error).message).to.include("is not in this browser");
  });
});
