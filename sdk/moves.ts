import { type Address, type Hex, hexToBytes, parseEventLogs, type TransactionReceipt } from "viem";
import { agentVaultAbi } from "./abi.ts";
import { callOf } from "./calls.ts";
import type { Answer, Attestation } from "./commitments.ts";
import type { EventOf } from "./methods/method.ts";
import { Status, type StatusName, statusName } from "./protocol.ts";
import type { CallSender } from "./sending.ts";
import type { Policy, VaultCall } from "./vault.ts";

/** An agent's vault, and the policy that holds now: the vault keeps its hash alone. */
export interface Vault {
  address: Address;
  policy: Policy;
}

/** What `execute` has to show of a proposal: the struct of `Proposed`. */
export type Proposal = ArgsOf<"Proposed">["proposal"];

/** A call that waits for an answer. */
export interface Proposed {
  proposal: Proposal;
  /** What the answer's context must be. */
  context: Hex;
  /** The input to run the model on: sixteen int8. */
  features: Int8Array;
}

/** An answer that a prover brings: its attestation is recorded, and covered where the move needs that. */
export interface BroughtAnswer {
  attestation: Attestation;
  answer: Answer;
  /** The output's tensor, header and data. */
  output: Hex;
}

/**
 * Proposes a call of a route of the policy; only its agent can, and it takes the place of what was proposed before. Throws a
 * `RevertError` that says what the policy doesn't allow.
 *
 * @param route Its position in the policy's list.
 */
export async function propose(
  sender: CallSender,
  { address, policy }: Vault,
  route: number,
  { target, value, data }: VaultCall,
): Promise<Proposed> {
  const args = [policy, BigInt(route), target, value, data] as const;
  const receipt = await sender.send(callOf({ ...at(address), functionName: "propose", args }));
  const { proposal, context, features } = eventOf(receipt, address, "Proposed");
  return { proposal, context, features: new Int8Array(hexToBytes(features).buffer) };
}

/**
 * Executes a proposal with an answer to it; anyone can. Answers whether the attestation was verified or only covered. Throws a
 * `RevertError` that says why the vault doesn't move: the answer's own reasons, the policy's, or those of the called contract.
 */
export async function execute(
  sender: CallSender,
  { address, policy }: Vault,
  proposal: Proposal,
  { attestation, answer, output }: BroughtAnswer,
): Promise<{ uid: Hex; status: StatusName | "unknown"; isFinal: boolean; transactionHash: Hex }> {
  const args = [policy, proposal, attestation, answer, output] as const;
  const receipt = await sender.send(callOf({ ...at(address), functionName: "execute", args }));
  const { uid, status } = eventOf(receipt, address, "Executed");
  const { transactionHash } = receipt;
  return { uid, status: statusName(status), isFinal: status > Status.pending, transactionHash };
}

const at = (address: Address) => ({ address, abi: agentVaultAbi }) as const;

type ArgsOf<name extends VaultEvent["eventName"]> = Extract<VaultEvent, { eventName: name }>["args"];

type VaultEvent = EventOf<typeof agentVaultAbi>;

function eventOf<name extends VaultEvent["eventName"]>(
  { logs, transactionHash }: TransactionReceipt,
  vault: Address,
  eventName: name,
): ArgsOf<name> {
  const events: readonly (VaultEvent & { address: Address })[] = parseEventLogs({ abi: agentVaultAbi, logs });
  const found = events.find(
    (event) => event.eventName === eventName && event.address.toLowerCase() === vault.toLowerCase(),
  );
  if (found === undefined) throw new Error(`Transaction ${transactionHash} has no ${eventName} of vault ${vault}.`);
  return found.args as ArgsOf<name>;
}
