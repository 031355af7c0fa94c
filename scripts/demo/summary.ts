import type { ChainState } from "../../participant/chainState.ts";
import { fetchApi } from "../../sdk/api.ts";
import { type AttestationState, countOf } from "../../sdk/attestations.ts";
import { disputeGame } from "../../sdk/methods/disputeGame.ts";
import { enclave } from "../../sdk/methods/enclave.ts";
import { fraudProof } from "../../sdk/methods/fraudProof.ts";
import { quorum } from "../../sdk/methods/quorum.ts";
import { zkProof } from "../../sdk/methods/zkProof.ts";
import { Status } from "../../sdk/protocol.ts";
import type { StandingsPage } from "../../sdk/wire.ts";
import type { DemoAccounts } from "./accounts.ts";
import { attestationsOf, refutationOf, short, unitAt } from "./progress.ts";

/** A guest's keystore and its password, which is no secret. */
export interface Guest {
  keystore: string;
  password: string;
}

export interface SummaryOptions {
  state: ChainState;
  /** The season that has settled. */
  seasonId: bigint;
  accounts: DemoAccounts;
  apiUrl: string;
  rpcUrl: string;
  /** The account that may take part in the next season; undefined if there is none. */
  guest: Guest | undefined;
  /** Options by which the commands find this demo; empty with the default ports. */
  where: string;
}

/** The season's standings, who was caught, and what to try next. */
export async function summarise(options: SummaryOptions): Promise<string> {
  const { state, seasonId, accounts, apiUrl, rpcUrl, guest, where } = options;
  const next = seasonId + 1n;
  const page = await fetchApi<StandingsPage>(apiUrl, `/v1/seasons/${seasonId}/standings?limit=100`);
  const rows = page.items.map(({ rank, account, points, verified, refuted, caught }) => [
    String(rank),
    account,
    points,
    String(verified),
    String(refuted),
    String(caught),
    account === accounts.cheat.address ? "the cheat" : account === accounts.forger.address ? "the forger" : "",
  ]);
  const own = attestationsOf(state, seasonId);
  const batches = own.filter(({ message }) => message.method === fraudProof.id);
  const rooted = own.find(({ message, status }) => message.method === disputeGame.id && status === Status.verified);
  const disputed = [...state.attestations.byId.values()].find(
    ({ message, status }) => message.method === disputeGame.id && status === Status.refuted,
  );
  const panels = own.filter(({ message }) => message.method === quorum.id);
  const proven = own.find(({ message }) => message.method === zkProof.id);
  const refuted = panels.find(({ status }) => status === Status.refuted);
  const verified = panels.find(({ status, message }) => status === Status.verified && message.method !== enclave.id);
  const batch = batches.filter(({ status }) => status === Status.verified).sort((a, b) => countOf(b) - countOf(a))[0];
  const forged = batches.find((each) => refutationOf(each) !== undefined);
  const signed = own.find(({ message }) => message.method === enclave.id);
  const command = (rest: string) => `  npm run -s proofboard -- ${rest}${where}`;
  const check = (what: string | undefined, does: string) =>
    what === undefined ? [] : [command(`verify ${what}`), `      ${does}`];
  return [
    "",
    `Season ${seasonId} has settled`,
    "",
    ...table([["rank", "account", "points", "verified", "refuted", "caught", ""], ...rows]),
    "",
    refuted === undefined
      ? "Nobody was caught."
      : `${short(refuted.message.prover)} gave wrong answers: panels that re-ran the model refuted them, and ten times a unit's points burn for each.`,
    ...batchLines(batch),
    ...forgedLines(forged),
    ...rootedLines(rooted),
    "",
    `  page       ${apiUrl}`,
    `  standings  ${apiUrl}/v1/seasons/${seasonId}/standings`,
    `  API        ${apiUrl}/openapi.json`,
    `  RPC        ${rpcUrl}`,
    "",
    `Open ${apiUrl} in a browser, or try in a second terminal, while this one runs:`,
    "",
    command(`rank ${seasonId}`),
    "      the same standings",
    command(`audit ${seasonId}`),
    "      recomputes them from the chain alone and compares the API with them",
    ...check(verified?.id, "fetches model and input of a verified answer, runs it here and compares"),
    ...check(refuted?.id, "the same for a wrong answer"),
    ...check(proven?.id, "the same for a proven answer, and its zero-knowledge proof is checked again"),
    ...check(
      batch && `${batch.id} --unit 7`,
      "checks one unit inside the batch: its place in the tree, every row, a run of the model",
    ),
    ...check(signed?.id, "checks what a SIMULATED enclave signed: signature, key and document, and runs it here"),
    ...check(forged?.id, "shows the row that refuted the forged batch, and both numbers"),
    ...check(rooted?.id, "runs all that was attested by one root, and compares the root"),
    ...check(disputed?.id, "writes the forged story again, and says which number of it was refuted"),
    ...(batch === undefined
      ? []
      : [command(`challenge ${batch.id}`), "      re-runs all of the batch and finds nothing to refute"]),
    ...(guest === undefined
      ? []
      : [
          `  PROOFBOARD_PASSWORD=${guest.password} npm run -s proofboard -- attest --batch ${next}/3 --units 0..199 --keystore ${guest.keystore}${where}`,
          `      attests 200 units of season ${next} in one transaction`,
          `  PROOFBOARD_PASSWORD=${guest.password} npm run -s proofboard -- work ${next} --once --units 3 --keystore ${guest.keystore}${where}`,
          `      takes part in season ${next} with an account kept for you: three units, about a minute`,
        ]),
    "",
  ].join("\n");
}

function batchLines(batch: AttestationState | undefined): string[] {
  if (batch === undefined) return [];
  return [
    `${short(batch.message.prover)} attested ${countOf(batch)} units in one batch: every activation is on chain, nobody showed a wrong row, one award paid for all.`,
  ];
}

function forgedLines(forged: AttestationState | undefined): string[] {
  const refutation = forged && refutationOf(forged);
  if (forged === undefined || refutation === undefined) return [];
  const { challenger, index, layer, row, claimed, correct } = refutation;
  return [
    `${short(forged.message.prover)} slipped a wrong answer into a batch of ${countOf(forged)}: ${short(challenger)} showed the contract row ${row} of layer ${layer} of unit ${unitAt(forged, index)},`,
    `claimed as ${claimed}, computed as ${correct}. The batch is refuted, and ten times the points of all its units burn.`,
  ];
}

function rootedLines(rooted: AttestationState | undefined): string[] {
  if (rooted === undefined) return [];
  return [
    `${short(rooted.message.prover)} attested ${countOf(rooted)} units by one root of 32 bytes: nobody walked down to a wrong number, one award paid for all.`,
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) =>
      /^\d+$/.test(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
    );
  return rows.map((row) => `  ${line(row).join("  ")}`.trimEnd());
}
