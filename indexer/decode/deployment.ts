import { type Address, getAddress, type Hex } from "viem";
import { z } from "zod";

const hex = (digits: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${digits}}$`), `must be 0x and ${digits} hex digits`)
    .transform((text) => text.toLowerCase() as Hex);

const contract = z.object({
  address: hex(40).transform((address): Address => getAddress(address)),
  transactionHash: hex(64),
});

const schema = z.object({
  chainId: z.number().int().positive(),
  // The block before it is where indexing starts from.
  startBlock: z.number().int().positive(),
  contracts: z
    .object({ ModelRegistry: contract, AttestationRegistry: contract, Campaign: contract })
    .catchall(contract),
});

/** What says where the contracts are: `deployments/<chainId>.json`. */
export type Deployment = z.infer<typeof schema>;

/** Reads a deployment; throws an error that names the first wrong field. */
export function parseDeployment(value: unknown): Deployment {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`The deployment's ${issue?.path.join(".") || "file"} is wrong: ${issue?.message}.`);
}
