import { createReadStream } from "node:fs";
import { appendFile, mkdir, stat, truncate, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { Block, Part } from "../../sdk/audit/read.ts";
import type { AuditJournal } from "../../sdk/audit.ts";
import type { Client } from "../../sdk/client.ts";
import { toLine } from "../format.ts";

/** Whose state a file is: one for each deployment and season. */
interface Identity {
  format: "proofboard audit 1";
  chainId: number;
  campaign: string;
  seasonId: string;
}

/**
 * Opens the state of an audit: a line that says whose it is, then one for each part that was read. A file that isn't there
 * is begun. A last line that an interruption cut off is forgotten. Throws a sentence for a file that is something else, or
 * of another season.
 */
export async function openAuditJournal(file: string, client: Client, seasonId: bigint): Promise<AuditJournal> {
  const identity: Identity = {
    format: "proofboard audit 1",
    chainId: client.deployment.chainId,
    campaign: client.contracts.campaign.address,
    seasonId: String(seasonId),
  };
  await begin(file, identity);
  for await (const { line } of linesOf(file)) {
    checkIdentity(file, line, identity);
    break;
  }
  // Where each part begins in the file.
  let starts: number[] = [];
  let end = 0;

  return {
    async blocks() {
      const blocks: Block[] = [];
      starts = [];
      for await (const { line, number, from, to } of linesOf(file)) {
        if (number > 1) {
          starts.push(from);
          blocks.push(parsePart(file, line, number).block);
        }
        end = to;
      }
      return blocks;
    },
    async keep(count) {
      end = starts[count] ?? end;
      starts.length = Math.min(starts.length, count);
      await truncate(file, end);
    },
    async *parts() {
      for await (const { line, number } of linesOf(file)) if (number > 1) yield parsePart(file, line, number);
    },
    async append(part) {
      await appendFile(file, toLine(encodePart(part)));
    },
  };
}

async function begin(file: string, identity: Identity): Promise<void> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  if (size > 0) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, toLine(identity));
}

function checkIdentity(file: string, line: string, identity: Identity): void {
  let found: Partial<Identity> = {};
  try {
    found = JSON.parse(line) as Partial<Identity>;
  } catch {
    // Then it is no state of an audit.
  }
  if (found?.format !== identity.format)
    throw new Error(`${file} is not the state of an audit; name another file, or one that isn't there yet.`);
  const { chainId, campaign, seasonId } = identity;
  if (found.chainId !== chainId || found.campaign !== campaign || found.seasonId !== seasonId)
    throw new Error(
      `${file} is of season ${found.seasonId} of campaign ${found.campaign} on chain ${found.chainId}, not of season ${seasonId} of ${campaign} on chain ${chainId}; name another file.`,
    );
}

interface Line {
  line: string;
  /** From 1. */
  number: number;
  /** Its bytes in the file, the line's end among them. */
  from: number;
  to: number;
}

/** Whole lines of a file of ASCII. */
async function* linesOf(file: string): AsyncGenerator<Line> {
  const { size } = await stat(file);
  let [from, number] = [0, 0];
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    const to = from + Buffer.byteLength(line) + 1;
    if (to > size) return;
    number += 1;
    yield { line, number, from, to };
    from = to;
  }
}

const hex = z.templateLiteral(["0x", z.string()]);
const integer = z
  .string()
  .regex(/^-?[0-9]+$/)
  .transform(BigInt);
const count = z.int().nonnegative();
const storedPart = z.object({
  block: z.tuple([integer, hex]),
  attestations: z.array(z.tuple([hex, hex, count, hex, integer, integer, count, hex.nullable(), integer])),
  entries: z.array(z.tuple([integer, hex, hex, count, integer, integer, integer])),
  records: z.array(z.tuple([hex, count, count, z.array(hex)])),
  wrong: z.array(z.string()),
});

function parsePart(file: string, line: string, number: number): Part {
  let stored: z.infer<typeof storedPart>;
  try {
    stored = storedPart.parse(JSON.parse(line));
  } catch {
    throw new Error(`${file} is broken at line ${number}; remove it, and the audit begins anew.`);
  }
  const { block, attestations, entries, records, wrong } = stored;
  return {
    block: { number: block[0], hash: block[1] },
    attestations: attestations.map(([id, prover, method, modelId, taskId, unit, units, inputHash, blockNumber]) => ({
      ...{ id, prover, method, modelId, taskId, unit, count: units, inputHash, blockNumber },
    })),
    entries: entries.map(([seasonId, account, subject, reason, delta, seq, blockNumber]) => ({
      ...{ seasonId, account, subject, reason, delta, seq, blockNumber },
    })),
    records: records.map(([id, attestedAt, status, verifiers]) => [id, { attestedAt, status, verifiers }]),
    wrong,
  };
}

const encodePart = ({ block, attestations, entries, records, wrong }: Part) => ({
  block: [block.number, block.hash],
  attestations: attestations.map(
    ({ id, prover, method, modelId, taskId, unit, count: units, inputHash, blockNumber }) => [
      ...[id, prover, method, modelId, taskId, unit, units, inputHash, blockNumber],
    ],
  ),
  entries: entries.map(({ seasonId, account, subject, reason, delta, seq, blockNumber }) => [
    ...[seasonId, account, subject, reason, delta, seq, blockNumber],
  ]),
  records: records.map(([id, { attestedAt, status, verifiers }]) => [id, attestedAt, status, verifiers]),
  wrong,
});
