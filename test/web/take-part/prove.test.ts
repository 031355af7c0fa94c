import { expect } from "chai";
import { type Hex, padHex } from "viem";
import { buildAttestation } from "../../../inference/methods/quorum.ts";
import { attestationRegistryAbi, bondsAbi } from "../../../sdk/abi.ts";
import { type Call, callOf } from "../../../sdk/calls.ts";
import type { Client } from "../../../sdk/client.ts";
import { attestationUid } from "../../../sdk/commitments.ts";
import { withReserve } from "../../../sdk/gas.ts";
import { nextStep, reveal } from "../../../web/take-part/prove.ts";
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

describe("the next step of a draft", () => {
  const bonds = { address: padHex("0x0c", { size: 20 }), abi: bondsAbi };
  const contract = { address: padHex("0x0d", { size: 20 }) };
  const attest: Call = { name: "attestBatch", to: registry, data: "0x1234", value: 0n };

  /** A chain on which so much of the account's bond is free; a batch of n units locks 100 n. */
  const chainWith = (free: bigint): Client => {
    const rpc = {
      estimateGas: async () => 50_000n,
      getBalance: async () => 10n ** 18n,
      getGasPrice: async () => 2n,
      readContract: async ({ functionName, args }: { functionName: string; args: [number] }) =>
        functionName === "bondOf" ? { free } : 100n * BigInt(args[0]),
    };
    return { rpc, contracts: { bonds }, deployment: { contracts: { FraudProof: contract } } } as unknown as Client;
  };
  const next = (free: bigint, method = 2) =>
    nextStep({ client: chainWith(free), wallet }, { method, count: 16, attest });
  const about = { fees: 0n, locked: 1_600n, fee: 2n * withReserve(50_000n), lacking: 0n };

  it("is none under a method that no browser can take part under", async () => {
    const error = await next(0n, 7).catch((thrown: Error) => thrown);
    expect((error as Error).message).to.equal("A browser can't take part under unknown method 7.");
  });

  it("deposits what is missing for the bond of all units, and no more", async () => {
    const args = [contract.address, account] as const;
    expect(await next(1_501n)).to.deep.equal({
      ...{ ...about, free: 1_501n, missing: 99n },
      call: callOf({ ...bonds, functionName: "deposit", args, value: 99n }),
    });
  });

  it("attests where enough is free", async () => {
    expect(await next(1_600n)).to.deep.equal({ ...about, free: 1_600n, missing: 0n, call: attest });
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
