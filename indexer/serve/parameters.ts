import type { Address, Hex } from "viem";
import { z } from "zod";
import { checksumOf } from "../decode/abi-words.ts";
import { attestationStatuses, requestStates } from "./labels.ts";

const WRONG_CHECKSUM = "the address's capital letters are not its checksum: a digit may be wrong";
const ACCOUNTS = "1 to 100 accounts are asked";

/** A route without query parameters refuses any. */
export const noQuery = z.strictObject({});

export const seasonId = z
  .string()
  .regex(/^[1-9]\d{0,7}$/, "a season id is a decimal number from 1 on")
  .describe("Season id, decimal.");

export const taskId = z
  .string()
  .regex(/^(0|[1-9]\d{0,7})$/, "a task id is a decimal number")
  .describe("Task id, decimal.");

const ADDRESS = "Address; if it has capital letters, they must be its EIP-55 checksum.";

/** An {@link account} whose checksum isn't checked yet. */
export const accountAsWritten = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "an address is 0x and 40 hex digits")
  .describe(ADDRESS);

export const account = accountAsWritten
  .transform((text, context): Address => {
    const digits = text.slice(2);
    const address = checksumOf(`0x${digits.toLowerCase()}`);
    const isChecked = digits !== digits.toLowerCase() && digits !== digits.toUpperCase();
    if (isChecked && text !== address) context.addIssue(WRONG_CHECKSUM);
    return address;
  })
  .describe(ADDRESS);

export const hash = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "a hash is 0x and 64 hex digits")
  .transform((text) => text.toLowerCase() as Hex)
  .describe("32 bytes, hex.");

export const status = z.enum(attestationStatuses, "a status is pending, verified, refuted, void or revoked");

export const requestState = z.enum(requestStates, `a state is ${requestStates.slice(0, -1).join(", ")} or cancelled`);

export const cursor = z.string().max(300).describe("`next` of an earlier page.");

export const prefix = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,40}$/, "a prefix is 0x and 1 to 40 hex digits")
  .describe("Start of the address; upper and lower case are the same.");

export const nameStart = z
  .string()
  .min(1, "at least one character is asked")
  .max(64, "a name has at most 64 characters")
  .describe("Start of the name; letters that look alike are the same.");

/** One or more accounts, each given as `account=`. */
export const accounts = z
  .preprocess((value) => (typeof value === "string" ? [value] : value), z.array(account, ACCOUNTS).max(100, ACCOUNTS))
  .describe("Repeat it for each account, up to 100 times.");

/** A whole number in a range, in decimal digits and nothing else. */
export const between = (least: number, most: number) => {
  const asked = `a whole number from ${least} to ${most} is asked`;
  return z.preprocess(
    (text) => (typeof text === "string" && /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : text),
    z.int(asked).min(least, `it must be at least ${least}`).max(most, `it may be at most ${most}`),
  );
};
