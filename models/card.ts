import type { Hex } from "viem";

/** A model card for programs; the README beside it is the one for people. */
export interface Card {
  name: string;
  task: string;
  /** What it was trained and measured on. */
  data: string;
  profile: "integer" | "graph" | "float";
  /** What the outputs mean, in order: classes of `digits`, elements of `risk`'s verdict. */
  labels: readonly string[];
  /** Inputs that it was measured on and never trained on. */
  heldOutCount: number;
  /** Share of the held-out inputs answered rightly. */
  accuracy: number;
  /** The amplitude of noise that a season is expected to add to its inputs. */
  noise: number;
  /** The same share with that noise added to each input. */
  accuracyWithNoise: number;
  /** Area under the ROC curve of the score, without and with noise; only for a model that scores. */
  auc?: number;
  aucWithNoise?: number;
  /** Share that the rule which drew the labels would answer rightly, if it were known: labels are drawn with chance. */
  bestAccuracy?: number;
  /** Of a language model: how well it knows what comes next in held-out text, in bits a byte. */
  text?: {
    /** Bytes that it was measured on. */
    bytes: number;
    /** What the text's source has in the mean: nothing can know it better. */
    entropy: number;
    /** What these very bytes have, by the derivation that drew them. */
    trueBits: number;
    /** What the model needs, and what the network needed before its numbers were rounded. */
    bits: number;
    floatBits: number;
    /** What one step of a logit is worth, in nats. */
    logitStep: number;
  };
  artifactBytes: number;
  layoutBytes: number;
  rowsBytes: number;
  inputCount: number;
  /** Bytes of all base inputs together. */
  inputBytes: number;
  artifactHash: Hex;
  /** Where the file is found: the address of its content. */
  cid: string;
  modelId: Hex;
  /** Only for a model with a circuit, as `proofboard model circuit` writes it. */
  circuit?: CircuitCard;
}

/** A model's circuit and its keys. */
export interface CircuitCard {
  /** Who made the keys: one machine, which could forge proofs, or many in a ceremony. */
  setup: "TEST" | "ceremony";
  constraints: number;
  /** keccak256 of the verifying key, a part of the model's name. */
  verifyingKeyHash: Hex;
  /** Where the program that computes witnesses is found. */
  witness: string;
  /** Where the proving key is found. */
  provingKey: string;
}

/** What a training script knows; the rest of a card follows from the files. */
export type Measured = Omit<
  Card,
  "artifactBytes" | "layoutBytes" | "rowsBytes" | "inputCount" | "inputBytes" | "artifactHash" | "cid" | "modelId"
>;
