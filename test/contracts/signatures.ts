import type { HardhatEthers } from "@nomicfoundation/hardhat-ethers/types";
import { concat, getBytes, Signature, toBeHex, Wallet } from "ethers";

/** The forms in which wallets and libraries write one ECDSA signature. */
export function formsOf(signature: string): Record<string, string> {
  const { r, s, v, yParityAndS } = Signature.from(signature);
  return {
    "v = 27 or 28": concat([r, s, toBeHex(v)]),
    "v = 0 or 1": concat([r, s, Uint8Array.of(v - 27)]),
    "64 bytes (ERC-2098)": concat([r, yParityAndS]),
  };
}

/** The same forms of a signature with the other parity, which is another account's. */
export function flippedForms(signature: string): Record<string, string> {
  const { r, s, v } = Signature.from(signature);
  return formsOf(concat([r, s, toBeHex(55 - v)]));
}

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The mirrored signature of the same account, which anyone can compute, with v of either kind. */
export function mirroredForms(signature: string): string[] {
  const { r, s, v } = Signature.from(signature);
  const mirrored = concat([r, toBeHex(order - BigInt(s), 32)]);
  return [concat([mirrored, toBeHex(55 - v)]), concat([mirrored, Uint8Array.of(28 - v)])];
}

/** A new account with a key that has another contract's code (EIP-7702). */
export async function delegatedAccount(ethers: HardhatEthers, code: { target: unknown }): Promise<Wallet> {
  const [funder] = await ethers.getSigners();
  const account = new Wallet(Wallet.createRandom().privateKey, ethers.provider);
  await funder?.sendTransaction({ to: account.address, value: 10n ** 18n });
  // The account's own transaction raises its nonce before the authorization is looked at.
  const authorization = await account.authorize({ address: String(code.target), nonce: 1, chainId: 31337 });
  await (
    await account.sendTransaction({ type: 4, to: funder?.address ?? null, authorizationList: [authorization] })
  ).wait();
  const found = getBytes(await ethers.provider.getCode(account.address));
  if (found.length !== 23) throw new Error(`The account ${account.address} has no delegated code.`);
  return account;
}

/** A signature of a contract that is yet to be deployed, in the form of ERC-6492. */
export const wrapped = (ethers: HardhatEthers, factory: string, deploying: string, signature: string): string =>
  concat([
    new ethers.AbiCoder().encode(["address", "bytes", "bytes"], [factory, deploying, signature]),
    `0x${"6492".repeat(16)}`,
  ]);
