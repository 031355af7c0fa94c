import type { Address, Hex } from "viem";
import type { TracedAttestation } from "../../../inference/methods/fraudProof/evidence.ts";

/** What is asked: `Request` of IInferenceRequests. */
export interface Asked {
  requester: Address;
  modelId: Hex;
  inputHash: Hex;
  methods: bigint;
  finality: Finality;
  token: Address;
  fee: bigint;
  cover: bigint;
  beneficiary: Address;
  deadline: number;
  answerWindow: number;
  callback: Address;
  callbackGas: number;
  nonce: bigint;
  provers: readonly Address[];
}

/** A request with its name. */
export interface Question {
  id: Hex;
  asked: Asked;
}

/** An attestation, recorded or not. */
export interface Made extends TracedAttestation {
  uid: Hex;
  /** The output's tensor. */
  output: Hex;
  trace: Uint8Array;
  /** Whether the model gives that. */
  isRight: boolean;
}

export const Finality = { covered: 0, verified: 1 } as const;
export type Finality = (typeof Finality)[keyof typeof Finality];

/** What a MockConsumer does when it is called. */
export const Manners = { returns: 0, reverts: 1, revertsWithBomb: 2, returnsBomb: 3, eatsGas: 4 } as const;
export type Manners = (typeof Manners)[keyof typeof Manners];

/** A contract that holds money. */
export type Holder = "cover" | "requests";

/** What accounts do. Money in wei or in a token's units. */
export type Act =
  | { kind: "request" | "accept"; question: Question; value: bigint }
  | { kind: "cancel" | "lapse"; question: Question }
  | { kind: "attest" | "refute" | "confirm"; made: Made }
  | { kind: "decide"; made: Made; status: number }
  | { kind: "lock"; made: Made; beneficiary: Address; token: Address; amount: bigint; value: bigint }
  | { kind: "answer" | "settle"; question: Question; made: Made; output: Hex }
  | { kind: "settleCover"; made: Made; beneficiary: Address; token: Address }
  | { kind: "withdraw"; holder: Holder; token: Address; account: Address }
  | { kind: "withdrawTo"; holder: Holder; token: Address; to: Address }
  /** Tells a consumer how to behave, or what to call when it is called next. */
  | { kind: "behave"; consumer: Address; manners: Manners }
  | { kind: "callOn"; consumer: Address; act: Act }
  /** Has the hostile token take a fee of every transfer, or make a call within the next. */
  | { kind: "charge"; fee: bigint }
  | { kind: "hook"; act: Act };

/** A transaction. */
export interface Sent {
  from: Address;
  act: Act;
  /** It has too little gas for the callback. */
  isShort?: boolean;
}
