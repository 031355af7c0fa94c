import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import type { Hex } from "viem";
import { rankAll } from "../../../sdk/ledger.ts";
import { protocol } from "../fixtures.ts";
import { contextOf, NO_INPUT, replay, runSeason, Status, settled } from "../seasons.ts";

/** Task 2 gives 50 points a unit, task 3 gives 10. */
const FIFTY = 2n;
const TEN = 3n;

/** The protocol, with Standings. */
async function protocolWithStandings(ethers: HardhatEthers) {
  const p = await protocol(ethers);
  return { ...p, standings: await ethers.deployContract("Standings", [p.campaign]) };
}

type WithStandings = Awaited<ReturnType<typeof protocolWithStandings>>;

/**
 * The protocol with Standings and a season in which nobody earns more. In final order: 100 points, 50, 50, 10, 0, 0.
 * `signers` are theirs, `inOrder` their addresses; `stranger` has no entry. `drafted` is done while the season is a draft.
 */
export async function endedSeason(
  ethers: HardhatEthers,
  helpers: NetworkHelpers,
  drafted = async (_: WithStandings): Promise<unknown> => undefined,
) {
  const p = await protocolWithStandings(ethers);
  const season = await runSeason(p, helpers, [{ points: 10n }], () => drafted(p));
  await p.method.setChecksInput(true);
  const [first, second, third, fourth, fifth, sixth, stranger] = p.accounts as [
    HardhatEthersSigner,
    ...[HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner, HardhatEthersSigner],
    HardhatEthersSigner,
  ];
  const earn = async (account: HardhatEthersSigner, taskId: bigint, unit = 0n) => {
    const context = await contextOf(p, taskId, unit);
    const { attestation } = await settled(p, account, Status.Verified, { context });
    await p.campaign.award(account, attestation, NO_INPUT);
  };
  const lose = async (account: HardhatEthersSigner) => {
    const context = await contextOf(p, TEN, 3n);
    const { attestation } = await settled(p, account, Status.Refuted, { context });
    await p.campaign.burn(attestation);
  };
  // Not in the order of the result.
  for (const account of [fifth, second, fourth, sixth])
    await earn(account, account === fourth || account === fifth ? TEN : FIFTY);
  await earn(first, FIFTY);
  await earn(third, FIFTY);
  await earn(first, FIFTY, 1n);
  await lose(fifth);
  await lose(sixth);
  const { entries } = await replay(p, 1n);
  const order = rankAll([...entries].map(([account, entry]) => ({ account: account as Hex, ...entry })));
  return {
    ...{ ...p, ...season, stranger, order },
    signers: [first, second, third, fourth, fifth, sixth],
    inOrder: order.map(({ account }) => account),
  };
}

/** The same, closed and frozen. */
export async function frozenSeason(...[ethers, helpers, drafted]: Parameters<typeof endedSeason>) {
  const p = await endedSeason(ethers, helpers, drafted);
  await helpers.time.increaseTo(p.closesAt);
  await p.standings.freeze(1);
  return p;
}
