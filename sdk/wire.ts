import type { Address, Hex } from "viem";
import type { MethodSteps } from "./methods/index.ts";
import type { Assurance } from "./methods/method.ts";
import type { FinalityName, RequestStateName, StatusName } from "./protocol.ts";
import type { ChunkProof } from "./standings.ts";

// What the indexer's routes answer, as JSON. Points, seq, season and task ids and units are decimal strings; block
// numbers, ranks, counts and times (unix seconds) are numbers; addresses are checksummed, hashes lower case.

/** A decimal integer as text. */
type Decimal = string;

/** The state of the chain that an answer describes. */
export interface AsOf {
  chainId: number;
  blockNumber: number;
  blockHash: Hex;
  /** Blocks up to here can't be reorganised any more, as this server sees it. */
  finalizedBlock: number;
  /** Last entry of the season's ledger; null where the answer isn't about one season. */
  seq: Decimal | null;
  /** The season's ledger hash after that entry; null where the answer isn't about one season. */
  ledgerHash: Hex | null;
}

/** RFC 9457 problem details: the body of every answer from status 400 on. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  /** A sentence that quotes the value. */
  detail: string;
  /** The parameter that was wrong; with status 400. */
  parameter?: string;
}

/** Where an event is on chain. */
export interface EventLocation {
  blockNumber: number;
  /** Block time, unix seconds. */
  timestamp: number;
  transactionHash: Hex;
  logIndex: number;
}

/** A verification method: 0 is none, any other its number in the registry's list. */
export interface Method {
  id: number;
  /** "unknown method 7" if the indexer knows only its number in the registry. */
  name: string;
}

/** An attestation's status; all except pending are final. */
export type AttestationStatus = Exclude<StatusName, "none">;

/**
 * At the time of the block in `asOf`: `drafted` may still change, `open` waits for its start or its seed, `running` takes
 * attestations, `ended` still awards and burns, `closed` is over.
 */
export type SeasonState = "drafted" | "open" | "running" | "ended" | "closed";

export interface Task {
  taskId: Decimal;
  modelId: Hex;
  method: Method;
  /** Points a verified unit gives its prover. */
  points: Decimal;
  /** Units are 0 to this minus one. */
  unitsPerAccount: number;
  /** Each input element is moved by -noise to +noise. */
  noise: number;
  inputCount: number;
  inputSetRoot: Hex;
  /** The `TaskAdded` event, which carries the base inputs' bytes. */
  added: EventLocation;
}

export interface Season {
  seasonId: Decimal;
  state: SeasonState;
  organiser: Address;
  /** What the organiser says of the season; null while it is drafted. */
  uri: string | null;
  /** Null while the season is drafted, as are the next two. */
  startsAt: number | null;
  endsAt: number | null;
  closesAt: number | null;
  seed: Hex | null;
  seededAt: number | null;
  /** Points an account can earn as verifier. */
  verifierCap: Decimal;
  tasks: Task[];
  /** The head of the season's ledger. */
  totals: { seq: Decimal; participants: number; totalPoints: Decimal; ledgerHash: Hex };
  /** When the season was frozen: its ledger can't change any more. Null before. */
  frozen: EventLocation | null;
  /** The final standings on chain; null until there are any. */
  final: { poster: Address; participants: number; finalised: EventLocation } | null;
  /** What the organiser escrowed; null without rewards. */
  rewards: SeasonRewards | null;
}

/** A season's rewards. Amounts are in the token's smallest unit. */
export interface SeasonRewards {
  token: Address;
  /** For the accounts. */
  pool: Decimal;
  /** For the poster of the final order, at most. */
  posterBudget: Decimal;
  /** What the poster gets for each participant, as far as the budget goes. */
  perAccount: Decimal;
  /** Time for claims after the order became final, in seconds. */
  claimPeriod: number;
  /** Prizes of consecutive places from 1 on; empty where the pool is shared by points. */
  prizes: { places: number; amount: Decimal }[];
  /** The ABI-encoded terms, which every call to Rewards shows again. */
  terms: Hex;
  /** When claims end, unix seconds; null until the order is final. */
  claimUntil: number | null;
  /** What accounts claimed so far. */
  claimed: Decimal;
  posterPaid: Decimal;
  /** What returned to the organiser; null until it did. */
  returned: Decimal | null;
}

/** `GET /v1/seasons`, newest first; `GET /v1/seasons/:id`. */
export interface Seasons {
  asOf: AsOf;
  items: Season[];
}
export interface SeasonAnswer {
  asOf: AsOf;
  item: Season;
}

/** An account's standing in a season. The list goes by points descending, then by the lower `lastSeq`. */
export interface Standing {
  /** From 1: accounts with equal points share a rank, and the ranks after them are skipped (1, 2, 2, 4). */
  rank: number;
  /** From 1: position in the list, different for each account. */
  place: number;
  account: Address;
  points: Decimal;
  /** Units of the account's own attestations, by status. */
  verified: number;
  pending: number;
  refuted: number;
  /** Refutations that the account took part in: a vote with the panel's majority, or a challenge. */
  caught: number;
  /** `seq` of the account's last ledger entry. */
  lastSeq: Decimal;
  lastChangeAt: number;
  /** What the account calls itself, made harmless; null without a name. Never to be shown without the address. */
  name: string | null;
}

/** `GET /v1/seasons/:id/standings?limit=1..100&cursor=`, or `&place=` to begin at a place. */
export interface StandingsPage {
  asOf: AsOf;
  items: Standing[];
  /** Cursor of the next page; null on the last one. */
  next: string | null;
  /** Accounts ranked. */
  total: number;
}

/** `GET /v1/seasons/:id/standings/:account?around=0..50`; 404 without a ledger entry. */
export interface StandingAnswer {
  asOf: AsOf;
  item: Standing;
  /** Up to `around` standings before and `around` after the account's, in order, without its own. */
  neighbours: Standing[];
}

/**
 * `GET /v1/seasons/:id/tasks/:task/standings?limit=1..100&cursor=`, and `GET /v1/seasons/:id/models/:model/standings` of all the
 * season's tasks with a model: accounts with a verified unit of it, the most units first. The first 10,000 can be paged to.
 */
export interface UnitStandingsPage {
  asOf: AsOf;
  items: UnitStanding[];
  next: string | null;
  /** Accounts with a verified unit. */
  total: number;
}
export interface UnitStanding {
  /** From 1, by verified units: equal numbers share a rank (1, 2, 2, 4). */
  rank: number;
  place: number;
  account: Address;
  /** As in {@link Standing}. */
  name: string | null;
  /** Units of the account's own attestations. */
  verified: number;
  refuted: number;
}

/** A standing of a season's final order: what the contracts take as `FinalStanding`. */
export interface FinalStanding {
  place: number;
  rank: number;
  account: Address;
  points: Decimal;
  lastSeq: Decimal;
}

/**
 * `GET /v1/seasons/:id/claim/:account`: what `Rewards.claim` and `Badges.mint` take, and what became of it; 404 for an account
 * without a ledger entry, 409 while the season's order isn't final.
 */
export interface ClaimAnswer {
  asOf: AsOf;
  /** The leaf of the final order. */
  standing: FinalStanding;
  proof: ChunkProof;
  /** The chunk that holds it: place of its first account, and the root that Standings keeps. */
  chunk: { first: number; root: Hex };
  /** Null without rewards. */
  reward: ClaimedReward | null;
  /** The account's badge, and where it was minted; null before. */
  badge: { tokenId: Decimal; minted: EventLocation | null };
}

export interface ClaimedReward {
  /** What the standing earns, or what was paid for it once it is claimed, in the token's smallest unit. */
  amount: Decimal;
  /** `nothing`: it earns nothing; `over`: it wasn't claimed in time. */
  state: "claimable" | "claimed" | "over" | "nothing";
  claimed: EventLocation | null;
  /** The next rank's first standing; null where no rank follows or the pool is shared by points, as is its proof. */
  next: FinalStanding | null;
  nextProof: ChunkProof | null;
}

/**
 * `GET /v1/seasons/:id/search?prefix=0x…&name=…`: at most 20 accounts, first those whose address starts with the prefix, sorted
 * by address, then those whose name starts with what looks like the name that is asked, sorted by name.
 */
export interface SearchAnswer {
  asOf: AsOf;
  items: Standing[];
}

/** A slice of a season that is over: ranks at its end are kept. */
export interface Epoch {
  /** From 1 on. */
  epoch: number;
  endsAt: number;
  /** Last ledger entry of a block before the end; "0" before any. */
  seq: Decimal;
}

/** `GET /v1/seasons/:id/profiles?account=A&account=B…`, 1 to 100 accounts, in the order asked. */
export interface ProfilesAnswer {
  asOf: AsOf;
  /** In order. */
  epochs: Epoch[];
  items: Profile[];
}
export interface Profile {
  account: Address;
  /** The account's points by why it has them; they add up to its points, penalties being negative. */
  reasons: { reason: Reason; points: Decimal }[];
  /** Where the account stood at the end of each of `epochs`; null before its first ledger entry. */
  history: ({ rank: number; points: Decimal } | null)[];
}

/**
 * `GET /v1/seasons/:id/network`: the season as a test of the network, from what the server looked at: all of it in small
 * seasons, else the beginning of each tenth of the season's time.
 */
export interface NetworkAnswer {
  asOf: AsOf;
  /** Whether every attestation and ledger entry of the season was looked at. */
  isWhole: boolean;
  /** Points burned for refuted attestations. */
  burned: Decimal;
  /** Those under which there are attestations, by number. */
  methods: NetworkMethod[];
  /** Those that have begun, in order; none while the season is drafted. */
  tenths: NetworkTenth[];
  /** Who serves the files of its tasks' models, as this server measured it: that is of now, and not of the block in `asOf`. */
  content: AvailabilityAnswer[];
}
export interface NetworkMethod {
  method: Method;
  /** What became of the attestations; a status that none has is left out. */
  statuses: { status: AttestationStatus; attestations: number; units: number }[];
  /** Seconds from recording to Verified that half, and nine of ten, took at most; null where none is verified. */
  toVerified: { median: number; p90: number } | null;
  /** Seats that drawn members missed, and what that cost them in wei, in so many of the attestations; null where the method has no seats. */
  missedSeats: { attestations: number; seats: number; lost: Decimal } | null;
  /** What a unit costs in gas; null where nothing is final yet, and where the node doesn't say what transactions used. */
  gas: NetworkGas | null;
}
/** Gas a unit, by the transactions with an event about so many final attestations; one about several counts for each in equal parts. */
export interface NetworkGas {
  attestations: number;
  units: number;
  /** All steps together. */
  perUnit: number;
  /** By what transactions are for, a step's name, in the order in which they first come. */
  steps: { step: string; transactions: number; perUnit: number }[];
}
/** A tenth of a season's time from its start to its closing, unix seconds. */
export interface NetworkTenth {
  startsAt: number;
  endsAt: number;
  /** Recorded in it. */
  attestations: number;
  /** Accounts that recorded them. */
  provers: number;
  /** Accounts that earned points as verifiers in it. */
  verifiers: number;
  /** Whether every attestation and ledger entry of it was looked at. */
  isWhole: boolean;
}

/** `GET /v1/activity`: attestations recorded, the last 180 minutes that had any, in order. */
export interface ActivityAnswer {
  asOf: AsOf;
  items: MinuteActivity[];
}
export interface MinuteActivity {
  /** When the minute began, unix seconds of block time. */
  minute: number;
  method: Method;
  count: number;
}

/** `GET /v1/news?cursor=`: what happened, newest first; the stream tells it as it happens. */
export interface NewsPage {
  asOf: AsOf;
  items: News[];
  next: string | null;
}

/** Something that happened. New methods and contracts add kinds of news: ignore those that you don't know. */
export type News = { at: EventLocation } & (
  | ({ news: "attested"; uid: Hex; method: Method; count: number; seasonId: Decimal | null } & Who)
  /** An attestation became final; whose it is. */
  | ({ news: "settled"; uid: Hex; status: AttestationStatus; seasonId: Decimal | null } & Who)
  | ({ news: "awarded" | "burned"; uid: Hex; seasonId: Decimal; points: Decimal; reason: Reason } & Who)
  /** Panel members were drawn for an attestation; whose it is. */
  | ({ news: "seatsDrawn"; uid: Hex; seats: number; seasonId: Decimal | null } & Who)
  /** Money that a prover had locked went to the one who acted on its attestation. */
  | ({ news: "coverPaid"; uid: Hex; token: Address | null; amount: Decimal } & Who)
  | ({ news: "asked" | "answered"; requestId: Hex } & Who)
  /** An account set its name to this one, or took it off: then it is null. */
  | ({ news: "named" } & Who)
  /** By its organiser; and its final order by its poster. */
  | ({ news: "seasonOpened" | "seasonFinalised"; seasonId: Decimal } & Who)
  | { news: "seasonFrozen"; seasonId: Decimal; participants: number }
);

/** An account that did something, or to whom it happened. */
interface Who {
  account: Address;
  /** As in {@link Standing}. */
  name: string | null;
}

/** Data of the stream's event `head`: the answers are of this block now. */
export interface StreamHead {
  asOf: AsOf;
}

/** Data of the stream's event `reorg`: every event above this block is undone. */
export interface StreamReorg {
  asOf: AsOf;
  blockNumber: number;
}

/**
 * Data of the events of `GET /v1/stream` by name. An event's id, `<block>-<logIndex>`, is the position of the last event
 * of the chain that was sent: a client that reconnects with it, as header `Last-Event-ID` or as `?lastEventId=`, misses
 * nothing. It may get a `reorg` again that it has seen; what follows is complete. Status 410 if the id is more than 10,000
 * events old, 503 while there are too many clients or the chain is read for the first time.
 */
export interface StreamEvents {
  /** Points changed. */
  points: Receipt;
  /** An attestation was recorded, revealed or covered, or became final; as it is now. */
  status: AttestationSummary;
  /** A request was made, accepted, answered, settled or cancelled; as it is now. */
  request: InferenceRequestSummary;
  /**
   * What happened, beside what it changed; only with `?news=true`. It comes before the other message of the same event, without
   * an id of its own, so it may come twice.
   */
  news: News;
  reorg: StreamReorg;
  head: StreamHead;
}

/** `GET /v1/accounts/:account`; an account that did nothing has no seasons. */
export interface AccountAnswer {
  asOf: AsOf;
  account: Address;
  /** As in {@link Standing}. */
  name: string | null;
  /** Seasons where the account has an attestation, a catch or a ledger entry, newest first. */
  seasons: AccountSeason[];
}
interface AccountSeason {
  seasonId: Decimal;
  /** Null without a ledger entry, as are points. */
  rank: number | null;
  points: Decimal | null;
  verified: number;
  pending: number;
  refuted: number;
  caught: number;
}

/**
 * What an account calls itself, made harmless: any account may have any name, so the address is always shown beside it. An
 * account without a name has none.
 */
export interface AccountProfile {
  account: Address;
  /** One line of at most 32 characters, without hidden signs; its direction is its own. */
  name: string;
  /** An http or https URL that the account gives, never fetched; null for none. */
  link: string | null;
  set: EventLocation;
}

/** An enclave's key, as registrars admitted it last. Times are unix seconds. */
export interface EnclaveKey {
  /** An address in the low 20 bytes, or an RSA key's hash. */
  key: Hex;
  /** keccak256(PCR0 ‖ PCR1 ‖ PCR2) of its enclave's image. */
  measurement: Hex;
  /** 0x04 ‖ x ‖ y of a secp256k1 key, u256 exponent ‖ modulus of an RSA-2048 key. */
  publicKey: Hex;
  expiresAt: number;
  /** Null while no registrar revoked it. */
  revoked: { by: Address; at: number } | null;
  /** The `KeyAdmitted` event, which carries the enclave's document. */
  admitted: EventLocation;
}

/** `GET /v1/enclaves`: at most 1,000 keys, the newest admissions first. */
export interface EnclavesAnswer {
  asOf: AsOf;
  /** Null where nobody has been named. */
  registrars: { accounts: Address[]; threshold: number } | null;
  items: EnclaveKey[];
}

/** `GET /v1/profiles?account=A&account=B…`, 1 to 100 accounts: those that have a name. */
export interface AccountProfilesAnswer {
  asOf: AsOf;
  items: AccountProfile[];
}

/** `GET /v1/profiles/:account` */
export interface AccountProfileAnswer {
  asOf: AsOf;
  /** Null for an account without a name. */
  item: AccountProfile | null;
  /** Other accounts whose names look like this one: the first 20, sorted. */
  alike: Address[];
}

/** The unit of a campaign that an attestation is for. */
export interface AttestationUnit {
  campaign: Address;
  seasonId: Decimal;
  taskId: Decimal;
  unit: Decimal;
}

/** An attestation as lists show it. */
export interface AttestationSummary {
  /** The attestation's uid, or a batch's id. */
  uid: Hex;
  prover: Address;
  /** What the prover calls itself, as in {@link Standing}. */
  proverName: string | null;
  modelId: Hex;
  method: Method;
  status: AttestationStatus;
  /** Null for a batch: each unit's input is the one assigned to it. */
  inputHash: Hex | null;
  context: Hex;
  /** A batch's first unit; null where the context is not a unit's. */
  unit: AttestationUnit | null;
  /** Whether it is for a task of the deployed campaign as the season's rules ask: only those appear in standings. */
  counts: boolean;
  /** Units covered: 1, or a batch's length. */
  count: number;
  /** Null for a batch. */
  answer: Hex | null;
  /** Null while the answer is hidden and for a batch, as are the next two. */
  outputHash: Hex | null;
  traceHash: Hex | null;
  salt: Hex | null;
  /** A batch's: ordered tree of its units' activations, which the `BatchAttested` event carries; null for any other. */
  root: Hex | null;
  /** When it was recorded: the transaction that holds the activations, where they are on chain. */
  attested: EventLocation;
  /** When it became final; null while it is pending. */
  settled: EventLocation | null;
}

/**
 * One step of an attestation's life, in the order of the chain. New methods add kinds of steps: ignore those that you don't
 * know.
 */
export type Step = { at: EventLocation } & (
  | { step: "committed"; by: Address }
  | { step: "revealed"; by: Address; outputHash: Hex }
  | { step: "batchAttested"; by: Address; count: number; root: Hex }
  | { step: "settled"; status: AttestationStatus; by: Address }
  | { step: "awarded"; account: Address; reason: Reason; amount: Decimal; seq: Decimal }
  | { step: "burned"; account: Address; reason: Reason; amount: Decimal; seq: Decimal }
  /** Money was locked for the one who acts on it; a null token is ETH. */
  | { step: "coverLocked"; by: Address; beneficiary: Address; token: Address | null; amount: Decimal }
  | { step: "coverSettled"; beneficiary: Address; token: Address | null; to: Address; amount: Decimal }
  /** An event of the method's contract that the indexer can't read, as the chain holds it: only one of at most 4,096 bytes of data. */
  | { step: "event"; contract: Address; topics: Hex[]; data: Hex }
  | MethodSteps
);

/** An attestation with everything that happened to it. */
export interface Attestation extends AttestationSummary, Assurance {
  steps: Step[];
}

/** `GET /v1/attestations/:uid` */
export interface AttestationAnswer {
  asOf: AsOf;
  item: Attestation;
  /** The request that it was given as an answer to; null for none. */
  request: InferenceRequestSummary | null;
  /** Money locked for those who act on it, in order: the first 100. */
  covers: Cover[];
}

/**
 * `GET /v1/attestations?prover=&model=&status=&cursor=`, newest first; `GET /v1/accounts/:account/catches?cursor=`: those in
 * whose refutation the account took part.
 */
export interface AttestationsPage {
  asOf: AsOf;
  items: AttestationSummary[];
  next: string | null;
}

/** A request's state; all after `covered` are final. */
export type RequestState = Exclude<RequestStateName, "none">;

/** Why money was written down to an account. */
export type PaymentReason =
  /** The prover's, for an answer of the wanted finality. */
  | "fee"
  /** The requester's fee, of a request that ended without an answer. */
  | "refund"
  /** The prover's own deposit, once it answered. */
  | "depositReturned"
  /** The deposit of a prover that let its time pass: the requester's. */
  | "depositForfeited"
  /** Cover of an answer that wasn't found right: the beneficiary's. */
  | "coverPaid"
  /** Cover of an answer that was found right: the prover's again. */
  | "coverReturned";

/** A request as lists show it. Amounts are in the token's smallest unit. */
export interface InferenceRequestSummary {
  requestId: Hex;
  state: RequestState;
  requester: Address;
  /** What the requester calls itself, as in {@link Standing}; likewise the beneficiary and the prover. */
  requesterName: string | null;
  modelId: Hex;
  /** Accepted methods. */
  methods: Method[];
  /** How settled an answer must be to be paid and delivered. */
  finality: FinalityName;
  /** What fee and cover are paid in; null for ETH. */
  token: Address | null;
  fee: Decimal;
  cover: Decimal;
  /** Who gets the cover of a wrong answer; null where none is asked for. */
  beneficiary: Address | null;
  beneficiaryName: string | null;
  /** Whether the prover covers itself, which covers nobody: it is the beneficiary, or who asked. */
  coversItself: boolean;
  /** Until when an answer may come, unix seconds. */
  deadline: number;
  /** Who accepted it or answered; null while nobody has. */
  prover: Address | null;
  proverName: string | null;
  /** End of that prover's time to answer, unix seconds. */
  until: number | null;
  /** The attestation that answers it; null while none does. */
  uid: Hex | null;
  requested: EventLocation;
}

/** A request with all that happened to it. */
export interface InferenceRequest extends InferenceRequestSummary {
  inputHash: Hex;
  /** Bytes of the input's tensor that came with it; 0 where it is content under its hash. */
  inputBytes: number;
  /** The tensor, header and data; null where it is content, or more than 4,096 bytes. */
  input: Hex | null;
  /** Seconds that a prover has to answer. */
  answerWindow: number;
  /** The contract that is told, and the gas that it is given; null for none. */
  callback: { contract: Address; gas: number } | null;
  nonce: Decimal;
  /** Who may answer; empty for anybody. */
  provers: Address[];
  /** `abi.encode(Request)`, which every call shows again. */
  encoded: Hex;
  /** Answers that were given, in order; all but the last didn't hold. At most the first 32. */
  answers: GivenAnswer[];
  /** What was written down to accounts because of it, in order: the first 200. */
  payments: Payment[];
  steps: InferenceRequestStep[];
}

/** An answer to a request. */
export interface GivenAnswer {
  uid: Hex;
  prover: Address;
  method: Method;
  /** The attestation's. */
  status: AttestationStatus;
  outputHash: Hex;
  outputBytes: number;
  /** The output's tensor, header and data; null where it is more than 4,096 bytes. */
  output: Hex | null;
  /** The finality at which it was paid for and delivered; null before. */
  delivered: FinalityName | null;
  /** What its prover locked for the request's beneficiary; null where nothing was. */
  cover: Cover | null;
  answered: EventLocation;
}

/** Money that a prover locked for the one who acts on its attestation before it is final. */
export interface Cover {
  uid: Hex;
  prover: Address;
  /** Who gets it unless the attestation ends Verified. */
  beneficiary: Address;
  /** Whether the beneficiary is the prover itself: then it covers nobody. */
  coversItself: boolean;
  /** Null for ETH. */
  token: Address | null;
  /** All that was locked, in the token's smallest unit. */
  amount: Decimal;
  locked: EventLocation;
  /** Who got it, and where; null while it is locked. */
  settled: { to: Address; at: EventLocation } | null;
}

/** Money that InferenceRequests or Cover wrote down to an account. */
export interface Payment {
  account: Address;
  /** Null for ETH. */
  token: Address | null;
  amount: Decimal;
  reason: PaymentReason;
  /** The attestation that it is for; null where it is for none. */
  uid: Hex | null;
  at: EventLocation;
}

/** One step of a request's life, in the order of the chain. */
export type InferenceRequestStep = { at: EventLocation } & (
  | { step: "requested"; by: Address }
  | { step: "accepted"; by: Address; until: number }
  | { step: "lapsed"; prover: Address }
  | { step: "answered"; by: Address; uid: Hex }
  | { step: "delivered"; uid: Hex; prover: Address; finality: FinalityName; fee: Decimal }
  | { step: "settled"; uid: Hex; status: AttestationStatus; state: RequestState }
  | { step: "calledBack"; contract: Address; succeeded: boolean }
  | { step: "cancelled" }
);

/** `GET /v1/requests?state=&model=&requester=&prover=&beneficiary=&cursor=`, newest first. */
export interface InferenceRequestsPage {
  asOf: AsOf;
  items: InferenceRequestSummary[];
  next: string | null;
}

/** `GET /v1/requests/:requestId` */
export interface InferenceRequestAnswer {
  asOf: AsOf;
  item: InferenceRequest;
}

/** Why points changed: 1 prover, 2 verifier, 5 penalty. */
export interface Reason {
  id: number;
  name: string;
}

/** One point change, with everything that is needed to check it. */
export interface Receipt {
  seasonId: Decimal;
  seq: Decimal;
  account: Address;
  /** What the account calls itself, as in {@link Standing}. */
  name: string | null;
  reason: Reason;
  /** Negative where points were burned. */
  delta: Decimal;
  /** The account's points after it. */
  points: Decimal;
  /** The uid or batch id that the points are for. */
  subject: Hex;
  /** The rule that gave this number, in words. */
  rule: string;
  /** The season's ledger hash before and after this entry. */
  previousLedgerHash: Hex;
  ledgerHash: Hex;
  at: EventLocation;
  attestation: Attestation;
}

/** `GET /v1/accounts/:account/receipts?season=&status=&cursor=`, newest first. `status` is the attestation's. */
export interface ReceiptsPage {
  asOf: AsOf;
  items: Receipt[];
  next: string | null;
}

/** A tensor as a layout describes it; `dtype` is ONNX's TensorProto.DataType. */
interface WireTensor {
  name: string;
  dtype: number;
  dims: number[];
}

export interface Model {
  modelId: Hex;
  publisher: Address;
  /** sha256 of the ONNX file; zero for a model without one, which only the enclave that its name holds can run. */
  artifactHash: Hex;
  /** The file's CID: `/ipfs/<cid>`; of no content for a model without a file. */
  cid: string;
  runtimeId: Hex;
  layoutHash: Hex;
  weightsRoot: Hex;
  verifyingKeyHash: Hex;
  measurement: Hex;
  /**
   * `integer` and `graph` models run exactly in every implementation, a graph's weights being in its file; `float` models
   * are checked by re-execution.
   */
  kind: "integer" | "graph" | "float";
  /** Null if a tensor's name isn't text. */
  layout: { widths: number[]; input: WireTensor; output: WireTensor } | null;
  /** A graph model's parameter rows, and how many of them are on chain, too; null for any other model. */
  parameterRows: { count: number; onChain: number } | null;
  /** Hints where the file may be found; the publisher's comes first, and may be its model card's address. Nothing is to be trusted without hashing. */
  uris: string[];
  /** The `ModelPublished` event, which carries layout and rows. */
  published: EventLocation;
}

/** Whether a server has a model's file, as it was measured: fetched whole, and hashed. Times are unix seconds. */
export interface MeasuredSource {
  /** The server's URL, or `here`. */
  source: string;
  /** Since when each look found it; null if the last one didn't, or there was none. */
  servedSince: number | null;
  checkedAt: number | null;
  /** The last look that failed since the server started. */
  failure: { at: number; reason: string } | null;
}

/** `GET /v1/models/:id/availability`: what this server measured since it started. It isn't of the chain, so it has no `asOf`. */
export interface AvailabilityAnswer {
  modelId: Hex;
  /** An integer model's file is made from the chain by whoever needs it, and isn't looked for. */
  onChain: boolean;
  sources: MeasuredSource[];
}

/** `GET /v1/models?cursor=`, newest first; `GET /v1/models/:id`. */
export interface ModelsPage {
  asOf: AsOf;
  items: Model[];
  next: string | null;
}
export interface ModelAnswer {
  asOf: AsOf;
  item: Model;
}

/** Units of models that were verified or refuted. */
export interface Used {
  verified: number;
  refuted: number;
}
export interface UsedFor extends Used {
  /** Accounts with a verified unit. */
  provers: number;
}

/** `GET /v1/boards/models?by=seasons|requests`: the 50 models with the most verified units of that use, the most first; `name` is the publisher's. */
export interface ModelBoard {
  asOf: AsOf;
  items: { modelId: Hex; publisher: Address; name: string | null; seasons: UsedFor; requests: UsedFor }[];
}
/** `GET /v1/boards/publishers?by=seasons|requests`: likewise, all models of a publisher together. */
export interface PublisherBoard {
  asOf: AsOf;
  items: { publisher: Address; name: string | null; seasons: UsedFor; requests: UsedFor }[];
}
/** `GET /v1/models/:id/standings`: the 50 accounts with the most units of the model verified in seasons, the most first. */
export interface ModelStandings {
  asOf: AsOf;
  items: UsedBy[];
}
export interface UsedBy {
  account: Address;
  name: string | null;
  seasons: Used;
  requests: Used;
}
/** `GET /v1/seasons/:id/catchers`: the 50 accounts that took part in the most refutations, the most first. */
export interface CatchersAnswer {
  asOf: AsOf;
  items: { account: Address; name: string | null; caught: number }[];
}

/** How far a panel member got with its vote: a seat without one may still be open while the attestation is pending. */
export type SeatVote = "none" | "committed" | "revealed";

/** `GET /v1/accounts/:account/seats?cursor=`: seats on panels that the account was drawn for, newest first. */
export interface SeatsPage {
  asOf: AsOf;
  items: DrawnSeat[];
  next: string | null;
}
export interface DrawnSeat {
  attestation: AttestationSummary;
  /** The panel's. */
  round: number;
  vote: SeatVote;
  /** What the account lost for its seats of this attestation, in wei. */
  lost: Decimal;
  drawn: EventLocation;
}

/** `GET /v1/accounts/:account/money`: asked of a node at the block of `asOf`. Amounts in wei. */
export interface MoneyAnswer {
  asOf: AsOf;
  account: Address;
  balance: Decimal;
  /** What others' bonds paid it and `Bonds.claim` pays out. */
  claimable: Decimal;
  /** One for each method of the deployment. */
  bonds: {
    holder: Address;
    /** The method's name. */
    name: string;
    free: Decimal;
    locked: Decimal;
    unbonding: Decimal;
    /** When what is unbonding may be withdrawn, unix seconds; null if nothing is. */
    withdrawableAt: number | null;
  }[];
  /** What requests and cover paid it, of each token: ETH first, at most 50. */
  requests: RequestMoney[];
  /** Seasons in which it owes points for what was refuted. */
  debts: { seasonId: Decimal; owed: Decimal }[];
}

/** What InferenceRequests or Cover paid an account of one token so far, in its smallest unit. */
export interface RequestMoney {
  contract: Address;
  /** The contract's name. */
  name: string;
  /** Null for ETH. */
  token: Address | null;
  /** For its answers. */
  fees: Decimal;
  /** Deposits that provers of its requests forfeited. */
  deposits: Decimal;
  /** Cover of answers that weren't found right. */
  covers: Decimal;
  /** Its own money that came back: fees, deposits and cover. */
  returned: Decimal;
  /** What it can withdraw now. */
  withdrawable: Decimal;
}

/** `GET /v1/audit/:seasonId`: the ledger folded from events against `Campaign.ledgerOf` at the same block. */
export interface Audit {
  asOf: AsOf;
  /** Last entry folded. */
  seq: Decimal;
  chainSeq: Decimal;
  chainLedgerHash: Hex;
  localLedgerHash: Hex;
  match: boolean;
}

/** `GET /v1/deployment` */
export interface DeploymentAnswer {
  chainId: number;
  startBlock: number;
  contracts: Record<string, { address: Address; transactionHash: Hex }>;
  /** An RPC URL that a browser may use; null where the operator names none. */
  rpcUrl: string | null;
  /** The https URL of a block explorer, to link to; null where the deployment names none. */
  explorer: string | null;
}

/** `GET /healthz`: the process runs. */
export interface Health {
  status: "ok";
}

/** `GET /readyz`: status 200 when up to date; a problem of status 503 while syncing or stalled. */
export interface Readiness {
  status: "ready";
  blockNumber: number;
  headBlock: number;
}
