import type { Address } from "viem";
import type { Assignment } from "../../inference/assignment.ts";
import type { MethodRole } from "../../participant/methods/method.ts";
import type { Client } from "../../sdk/client.ts";
import type { Invocation, LazyCommand, Option, Outcome } from "../command.ts";

/** A role other than prover that `work` can take under a method, and its switch. */
export interface WorkRole {
  role: Exclude<MethodRole, "prover">;
  /** Without its dashes, as in `verify`. */
  option: string;
  help: string;
  /** What it does, as in "joins the verifiers"; follows "it also" in `work`'s details. */
  does: string;
  /** Duties last beyond the work: it ends with them, and only a second Ctrl-C ends it at once. */
  hasDuties?: boolean;
  /** What it will put at stake, in sentences; throws one where the account can't. */
  before?(client: Client, account: Address): Promise<string[]>;
  /** How its duties stand, in lines of at most 100 columns whose texts begin in column 11. */
  afterwards?(client: Client, account: Address): Promise<string[]>;
}

/** Consecutive units of a task under the method. */
export interface UnitsToAttest {
  client: Client;
  assignment: Assignment;
  first: bigint;
  count: number;
}

/** Attesting many units in one transaction. */
export interface BatchCommand {
  /** What a batch means; follows "records them as one batch, " in `attest`'s details. */
  means: string;
  /** The JSON's keys. */
  keys: string;
  run(units: UnitsToAttest, invocation: Invocation): Promise<Outcome>;
}

/** What `account` shows of an account under a method. */
export interface Duties {
  /** The JSON's key. */
  key: string;
  /** Their texts begin in column 11. */
  lines: string[];
  json: unknown;
}

/** What the command line offers of a verification method. */
export interface CliMethod {
  /** How `work` attests units under it, as in "commits and reveals in time". */
  works: string;
  /** What the limit of `work --units N` counts for, as in "in a season". */
  limit: string;
  roles: readonly WorkRole[];
  /** Options of `work` with values that only its participants read, by their names. */
  means?: Readonly<Record<string, Option>>;
  /** Undefined where the method takes no batches. */
  batch?: BatchCommand;
  /** What an account has to do under the method, and what it lost by it; undefined where the deployment lacks the method. */
  duties?(client: Client, account: Address): Promise<Duties | undefined>;
  /** Commands that only this method has, by name. */
  commands: Readonly<Record<string, LazyCommand>>;
}
