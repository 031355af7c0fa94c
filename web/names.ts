import { useQuery } from "@tanstack/react-query";
import type { Address } from "viem";
import type { AccountProfile, AccountProfilesAnswer } from "../sdk/wire.ts";
import { ask } from "./api.ts";

/** Accounts in one request of the API. */
const AT_ONCE = 100;

interface Asked {
  account: Address;
  resolve(name: string | null): void;
  reject(error: unknown): void;
}

/** Finds what an account calls itself, null without a name: accounts that are asked at the same time are asked together. */
export function createNames(
  askFor: (accounts: readonly Address[]) => Promise<readonly Pick<AccountProfile, "account" | "name">[]>,
): (account: Address) => Promise<string | null> {
  let waiting: Asked[] = [];

  function askWaiting(): void {
    for (let from = 0; from < waiting.length; from += AT_ONCE) void askTogether(waiting.slice(from, from + AT_ONCE));
    waiting = [];
  }

  async function askTogether(asked: readonly Asked[]): Promise<void> {
    try {
      const found = await askFor(asked.map(({ account }) => account));
      const names = new Map(found.map(({ account, name }) => [account.toLowerCase(), name]));
      for (const { account, resolve } of asked) resolve(names.get(account.toLowerCase()) ?? null);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }

  return (account) =>
    new Promise((resolve, reject) => {
      if (waiting.push({ account, resolve, reject }) === 1) setTimeout(askWaiting);
    });
}

const nameOf = createNames(async (accounts) => {
  const query = new URLSearchParams(accounts.map((account) => ["account", account]));
  return (await ask<AccountProfilesAnswer>(`/v1/profiles?${query}`)).items;
});

/** What an account calls itself; undefined until it is known. Nothing is asked where it is `known` already. */
export function useName(account: Address, known?: string | null): string | null | undefined {
  const { data } = useQuery({
    queryKey: [`/v1/profiles?account=${account}`],
    queryFn: () => nameOf(account),
    enabled: known === undefined,
  });
  return known === undefined ? data : known;
}
