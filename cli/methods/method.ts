import type { Assignment } from "../../inference/assignment.ts";
import type { MethodRole } from "../../participant/methods/method.ts";
import type { Client } from "../../sdk/client.ts";
import type { Command, Invocation, Outcome } from "../command.ts";

/** Something else than a prover that `work` can be under a method, and the switch that makes it so. */
export interface WorkRole {
  role: Exclude<MethodRole, "prover">;
  /** Without its dashes, as in `verify`. */
  option: string;
  help: string;
  /** What it does, as in "joins the verifiers": `work`'s details say it after "it also". */
  does: string;
  /** What to know afterwards, in lines of at most 100 columns. */
  afterwards?: string;
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
  /** What it means to be in a batch: `attest`'s details say it after "records them as one batch, ". */
  means: string;
  /** The JSON's keys. */
  keys: string;
  run(units: UnitsToAttest, invocation: Invocation): Promise<Outcome>;
}

/** What the command line offers of a verification method. */
export interface CliMethod {
  /** How `work` attests units under it, as in "commits and reveals in time". */
  works: string;
  /** Of what `work --units N` takes N at most, as in "in a season". */
  limit: string;
  roles: readonly WorkRole[];
  /** Undefined where the method takes no batches. */
  batch?: BatchCommand;
  /** Commands that the method alone has, by name. */
  commands: Readonly<Record<string, Command>>;
}
