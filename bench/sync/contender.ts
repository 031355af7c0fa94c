import type { Chain } from "./chain.ts";

/** The result that an indexer must reach: read back from each contender, so that none does less. */
export interface Outcome {
  events: number;
  attestations: number;
  /** All accounts with an entry in the order of the list, each as `lower-case address points lastSeq`. */
  ranking: string[];
}

/** What a contender is given. */
export interface Task {
  chain: Chain;
  /** A directory of its own that is removed afterwards. */
  directory: string;
  /** Path of the deployment as JSON. */
  deployment: string;
  /** How many blocks hold about 10,000 events. */
  span: number;
  /** Whether Proofboard holds every log against receipts' roots. */
  receipts: boolean;
  /** Directory for CPU profiles of its Node processes; undefined for none. */
  profile: string | undefined;
}

/** One of the indexers that are compared. */
export interface Contender {
  name: string;
  /** How often it is measured; the run of median CPU time counts. */
  rounds: number;
  /** Why it can't be measured on this machine, as a sentence; undefined when it can. */
  obstacle(): Promise<string | undefined>;
  /** Starts what must run before it, such as its database. */
  prepare(task: Task): Promise<Prepared>;
}

/** A contender about to start. */
export interface Prepared {
  /** Roots of the process trees that run already and work for it. */
  helpers: number[];
  start(): Running;
  release(): Promise<void>;
}

/** A started contender. */
export interface Running {
  /** Root of its process tree. */
  pid: number;
  /** Whether everything is indexed to the head; throws when it has ended. */
  ready(): Promise<boolean>;
  /** Its result; asked once it is ready. */
  outcome(): Promise<Outcome>;
  stop(): Promise<void>;
}
