import { expect } from "chai";
import { type Address, encodeErrorResult, type Hex, padHex } from "viem";
import { badgesAbi, rewardsAbi } from "../../../sdk/abi.ts";
import type { Client } from "../../../sdk/client.ts";
import { type Standing as Ranked, rankAll } from "../../../sdk/ledger.ts";
import { encodeTerms, type Terms } from "../../../sdk/seasonEnd.ts";
import { cutStandings } from "../../../sdk/standings.ts";
import type { ClaimAnswer, FinalStanding } from "../../../sdk/wire.ts";
import { checkClaim } from "../../../web/final/claim.ts";
import { account } from "../audit/story.ts";
import { at } from "./seasons.ts";

const SIZE = 2;
const order = rankAll(
  [30, 20, 20, 20, 0].map((points, i) => ({ account: account(i), points: BigInt(points), lastSeq: BigInt(i + 1) })),
);
const chunks = cutStandings(order, SIZE);
const terms: Terms = {
  ...{ token: padHex("0x70", { size: 20 }), pool: 100n, posterBudget: 0n, perAccount: 0n, claimPeriod: 86_400 },
  prizes: [
    { places: 1, amount: 70n },
    { places: 1, amount: 30n },
  ],
};
const byPoints: Terms = { ...terms, prizes: [] };

const told = ({ points, lastSeq, ...rest }: Ranked): FinalStanding => ({
  ...rest,
  points: String(points),
  lastSeq: String(lastSeq),
});
const proved = (place: number) => {
  const chunk = chunks[Math.floor((place - 1) / SIZE)];
  const standing = order[place - 1];
  if (chunk === undefined || standing === undefined) throw new Error(`There is no place ${place}.`);
  return { standing: told(standing), proof: chunk.proof(place), chunk: { first: chunk.first, root: chunk.root } };
};
const AMOUNTS = ["70", "10", "10", "10", "0"];
const SHARES = ["33", "22", "22", "22", "0"];

/** What an honest server answers for the account at a place. */
function honest(place: number, isShared = false): ClaimAnswer {
  const { rank } = order[place - 1] as Ranked;
  const next = isShared ? undefined : order.find((one) => one.rank > rank);
  const amount = (isShared ? SHARES : AMOUNTS)[place - 1] as string;
  return {
    asOf: { chainId: 1, blockNumber: 1, blockHash: "0x", finalizedBlock: 0, seq: null, ledgerHash: null },
    ...proved(place),
    reward: {
      ...{ amount, state: amount === "0" ? "nothing" : "claimable", claimed: null },
      ...{ next: next ? proved(next.place).standing : null, nextProof: next ? proved(next.place).proof : null },
    },
    badge: { tokenId: "1", minted: null },
  };
}

type Reverted = { reverts: Hex };
const reverting = (reverts: Hex): never => {
  throw Object.assign(new Error("It reverted."), { data: reverts });
};

/** The contracts, as far as a claim asks them; `claim` reverts with what is given. */
function chainOf({
  claim,
  isClaimed = false,
  names = ["Standings", "Rewards", "Badges"],
}: {
  claim?: Reverted;
  isClaimed?: boolean;
  names?: string[];
} = {}): Client {
  const answers: Record<string, (args: readonly never[]) => unknown> = {
    endOf: () => ({
      ...{ participants: order.length, poster: account(8), finalisedAt: 1, frozen: true },
      totalPoints: 90n,
      epoch: 1,
    }),
    finalRootOf: ([, first]) => chunks.find((chunk) => chunk.first === first)?.root ?? padHex("0x", { size: 32 }),
    locked: () => reverting(encodeErrorResult({ abi: badgesAbi, errorName: "BadgeIsBound", args: [1n] })),
    isClaimed: () => isClaimed,
  };
  const rpc = {
    readContract: async ({ functionName, args }: { functionName: string; args: readonly never[] }) =>
      answers[functionName]?.(args),
    call: async () => (claim ? reverting(claim.reverts) : {}),
  };
  const contracts = Object.fromEntries(names.map((name, i) => [name, { address: padHex(`0x${i + 1}`, { size: 20 }) }]));
  return { rpc, deployment: { chainId: 1, contracts } } as unknown as Client;
}

const check = (
  answer: ClaimAnswer,
  {
    client = chainOf(),
    terms: shown = terms,
    of = answer.standing.account as Address,
    answerAt = async (place: number) => honest(place),
  } = {},
) =>
  checkClaim(answer, {
    client,
    seasonId: 1n,
    account: of,
    rewards: { terms: encodeTerms(shown), token: terms.token },
    answerAt,
  });

const refusal = (checked: Promise<unknown>): Promise<string> =>
  checked.then(
    () => "accepted",
    ({ name, message }: Error) => `${name}: ${message}`,
  );

const refused = (
  errorName: "WrongTerms" | "RewardAlreadyClaimed" | "ClaimsOver" | "NoReward",
  ...args: readonly unknown[]
) => ({
  claim: { reverts: encodeErrorResult({ abi: rewardsAbi, errorName, args: args as never }) },
});

describe("a claim, held against the contracts", () => {
  it("is refused where the proof can't be read", async () => {
    const answer = honest(1);
    const { standing, proof } = answer;
    for (const edit of [
      { standing: { ...standing, points: "many" } },
      { standing: { ...standing, points: "-1" } },
      { standing: { ...standing, account: "0x12" as Address } },
      { standing: { ...standing, place: 2 ** 40 } },
      { proof: { ...proof, index: -1.5 } },
      { proof: { ...proof, index: 9 } },
      { proof: { ...proof, siblings: ["0x12" as Hex] } },
    ])
      expect(await refusal(check({ ...answer, ...edit })), JSON.stringify(edit)).to.equal(
        "ContradictionError: The server's proof can't be read.",
      );
  });

  it("is refused where the proof doesn't lead to the contract's root", async () => {
    const answer = honest(2);
    for (const edit of [
      { standing: { ...answer.standing, points: "21" } },
      { standing: { ...answer.standing, rank: 1 } },
      { proof: honest(1).proof },
      { proof: { ...answer.proof, siblings: [] } },
      { proof: { ...answer.proof, count: 1 } },
    ])
      expect(await refusal(check({ ...answer, ...edit })), JSON.stringify(edit)).to.match(
        /^ContradictionError: The server places .* doesn't lead to the root/,
      );
  });

  it("is refused where it's another account's", async () => {
    expect(await refusal(check(honest(1), { of: account(7) }))).to.equal(
      `ContradictionError: The server answers for ${account(0)} instead of ${account(7)}.`,
    );
  });

  it("is refused where the server hides the next rank, or a part of the own, or proves it wrongly", async () => {
    const answer = honest(1);
    const reward = answer.reward as NonNullable<ClaimAnswer["reward"]>;
    const showing = (place: number | null) => {
      const next = place === null ? { standing: null, proof: null } : proved(place);
      return check({ ...answer, reward: { ...reward, amount: "0", next: next.standing, nextProof: next.proof } });
    };
    for (const place of [null, 1, 3, 5])
      expect(await refusal(showing(place)), String(place)).to.equal(
        "ContradictionError: The server hides the rank after 1: the contract would pay less.",
      );
    expect(await refusal(check({ ...answer, reward: { ...reward, nextProof: null } }))).to.contain("can't be read");
    const liar = async (place: number) => ({ ...honest(place), standing: honest(3).standing });
    expect(await refusal(check(honest(2), { answerAt: liar }))).to.contain("doesn't lead to the root");
    const evading = async () => honest(3);
    expect(await refusal(check(honest(2), { answerAt: evading }))).to.contain("hides the rank after 2");
  });

  it("is refused where terms or amount are others than the contract's", async () => {
    const answer = honest(1);
    const reward = { ...(answer.reward as NonNullable<ClaimAnswer["reward"]>), amount: "71" };
    expect(await refusal(check({ ...answer, reward }))).to.equal(
      "ContradictionError: The server says that the reward is 71; by the terms it's 70.",
    );
    const paid = (amount: string) =>
      check(
        { ...answer, reward: { ...reward, amount } },
        { client: chainOf(refused("RewardAlreadyClaimed", 1n, account(0))) },
      );
    expect(await refusal(paid("71"))).to.contain("by the terms it's 70");
    expect((await paid("69")).reward?.state).to.equal("claimed");
    expect(await refusal(check(answer, { client: chainOf(refused("WrongTerms", 1n)) }))).to.equal(
      "ContradictionError: The server tells other terms of the rewards than the organiser escrowed.",
    );
    expect(await refusal(check(answer, { terms: { ...terms, token: account(6) } }))).to.equal(
      `ContradictionError: The server says that ${terms.token} is paid; by its terms it's ${account(6)}.`,
    );
    const broken = { client: chainOf(), seasonId: 1n, account: account(0), answerAt: async () => answer };
    expect(
      await refusal(checkClaim(answer, { ...broken, rewards: { terms: "0x1234", token: terms.token } })),
    ).to.contain("The server's terms of the rewards can't be read.");
  });

  it("is no contradiction where the token refuses", async () => {
    const token = chainOf({ claim: { reverts: "0x08c379a0" } });
    expect(await refusal(check(honest(1), { client: token }))).to.match(/^RevertError: claim was refused/);
  });

  it("gives the amount of every place, by prizes and by points", async () => {
    for (const place of [1, 2, 3, 4, 5]) {
      const { reward, badge } = await check(honest(place));
      expect(String(reward?.amount)).to.equal(AMOUNTS[place - 1]);
      expect(reward?.until).to.equal(1 + terms.claimPeriod);
      expect(badge?.isMinted).to.equal(false);
      expect([reward?.claim.name, badge?.mint.name]).to.deep.equal(["claim", "mint"]);
      const shared = await check(honest(place, true), { terms: byPoints });
      expect(String(shared.reward?.amount)).to.equal(SHARES[place - 1]);
    }
  });

  it("has the state that the contract gives it, whatever the server says", async () => {
    const stateOf = async (refusing: Parameters<typeof chainOf>[0]) =>
      (await check(honest(1), { client: chainOf(refusing) })).reward?.state;
    expect(await stateOf({})).to.equal("claimable");
    expect(await stateOf(refused("RewardAlreadyClaimed", 1n, account(0)))).to.equal("claimed");
    expect(await stateOf(refused("NoReward", 1n, account(0)))).to.equal("nothing");
    expect(await stateOf(refused("ClaimsOver", 1n, 5n))).to.equal("over");
    expect(await stateOf({ ...refused("ClaimsOver", 1n, 5n), isClaimed: true })).to.equal("claimed");
  });

  it("is a standing alone without rewards and badges", async () => {
    const answer = { ...honest(2), reward: null, badge: { tokenId: "1", minted: at } };
    const client = chainOf({ names: ["Standings"] });
    const checked = await checkClaim(answer, {
      ...{ client, seasonId: 1n, account: account(1), rewards: null, answerAt: async () => answer },
    });
    expect(checked).to.deep.equal({ standing: order[1], reward: undefined, badge: undefined });
  });
});
