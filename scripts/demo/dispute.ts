import { type Address, formatEther, type LocalAccount, parseEther } from "viem";
import type { CommittedModel } from "../../models/read.ts";
import type { ChainFollower } from "../../participant/follow.ts";
import type { Sender } from "../../participant/sender.ts";
import { detailOf } from "../../sdk/attestations.ts";
import { decodeLayout } from "../../sdk/layouts.ts";
import { disputeGame } from "../../sdk/methods/disputeGame.ts";
import { Status } from "../../sdk/protocol.ts";
import { askAndWait, type SettledAnswer } from "../../sdk/requests/wait.ts";
import { shownText, textInput } from "../../sdk/text.ts";
import type { DemoAccounts } from "./accounts.ts";
import { short } from "./progress.ts";
import { untilState } from "./wait.ts";

const FEE = parseEther("0.01");
/** The forger's, who asks for most of it, so that it takes no other request. */
const FORGED_FEE = parseEther("0.04");
export const FORGER_MIN_FEE = parseEther("0.03");
const COVER = parseEther("0.05");
const BEGINNING = "Once, a brave fox called Ada lived by the";

export interface DisputeOptions {
  follower: ChainFollower;
  accounts: DemoAccounts;
  senderOf(account: LocalAccount): Sender;
  story: CommittedModel;
  /** Whose answers the demo's challenger leaves alone until they are acted on. */
  spared: Set<Address>;
  signal: AbortSignal;
  print: (line: string) => void;
}

/** Two stories are attested by the roots of their traces, one of them with a byte changed, which the game walks down to. */
export async function disputeStory(options: DisputeOptions): Promise<void> {
  const { follower, accounts, spared, signal, print } = options;
  const [right, forged] = await Promise.all([
    askOne(options, accounts.responder.address, FEE),
    askOne(options, accounts.storyForger.address, FORGED_FEE),
  ]);
  spared.delete(accounts.storyForger.address);
  for (const { prover, data, uid } of [right, forged])
    print(
      `${short(prover)} wrote “${shownText(data)}”: ${short(uid)}, one root of 32 bytes for every number of its run.`,
    );

  const isSettled = () => (follower.state.attestations.byId.get(forged.uid)?.status ?? Status.none) > Status.pending;
  await untilState(follower, signal, isSettled);
  const settled = follower.state.attestations.byId.get(forged.uid);
  const refutation = settled && detailOf(disputeGame, settled)?.refutation;
  if (!refutation) return print(`Nobody walked down ${short(forged.uid)} in time.`);
  const { challenger, operator, row, column, claimed, correct } = refutation;
  print(
    `${short(challenger)} walked down ${short(forged.uid)} to operator ${operator}, row ${row}, column ${column}: ` +
      `attested ${claimed}, the contract computed ${correct}. One byte of the story was forged: it is refuted.`,
  );
}

/** Somebody has a prover go on with a story under DisputeGame, its answer covered. */
function askOne(
  { follower: { client }, accounts, senderOf, story: { name, model }, signal, print }: DisputeOptions,
  prover: Address,
  fee: bigint,
): Promise<SettledAnswer> {
  const input = textInput(decodeLayout(model.layout).input, BEGINNING);
  const covered = { finality: "covered", fee, cover: COVER } as const;
  const wish = { modelId: model.modelId, input, ...covered, methods: [disputeGame.id], provers: [prover] };
  return askAndWait(client, senderOf(accounts.market), wish, {
    signal,
    onAsked: ({ requestId }) =>
      print(
        `Somebody asks ${short(prover)} to go on with “${BEGINNING}” by "${name}", covered with ${formatEther(COVER)} ETH: request ${short(requestId)}.`,
      ),
  });
}
