import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { Hex } from "viem";
import { agentRequestHash } from "../../../sdk/adapters.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { addressOf, hash, opened, protocol } from "../fixtures.ts";
import { MOCK } from "../seasons.ts";

/** Hardhat's. */
const CHAIN_ID = 31_337;

/** The protocol, a validator, and both registries of the draft: `owner` has agent 0, `stranger` agent 1. */
export async function agency(ethers: HardhatEthers) {
  const p = await protocol(ethers);
  const [owner, stranger] = p.accounts as [HardhatEthersSigner, HardhatEthersSigner];
  const agents = await ethers.deployContract("MockAgentRegistry");
  const validations = await ethers.deployContract("MockValidationRegistry", [agents]);
  const validator = await ethers.deployContract("ERC8004Validator", [p.registry]);
  await agents.connect(owner).register();
  await agents.connect(stranger).register();
  return { ...p, owner, stranger, agents, validations, validator };
}

export type Agency = Awaited<ReturnType<typeof agency>>;

/** The hash under which agent 0 asks about an attestation; give what differs. */
export const requestHashOf = ({ validator, validations }: Agency, uid: Hex, agentId = 0n, nonce = 0n): Hex =>
  agentRequestHash(
    CHAIN_ID,
    { validator: addressOf(validator), validations: addressOf(validations) },
    { agentId, uid, nonce },
  );

/** Agent 0's owner asks about an attestation. */
export async function ask(p: Agency, uid: Hex, nonce = 0n): Promise<Hex> {
  const requestHash = requestHashOf(p, uid, 0n, nonce);
  await p.validations.connect(p.owner).validationRequest(p.validator, 0, "ipfs://work", requestHash);
  return requestHash;
}

/** An open attestation of an account under the mock, or under another method. */
export async function attested(p: Agency, by: HardhatEthersSigner, method = MOCK, input = "input"): Promise<Hex> {
  const fields = [method, p.integerModel, hash(input), FREE_CONTEXT, opened, "0x"] as const;
  const uid = await p.registry.connect(by).attest.staticCall(...fields);
  await p.registry.connect(by).attest(...fields);
  return uid as Hex;
}
