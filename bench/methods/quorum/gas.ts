import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { type Hex, numberToHex } from "viem";
import { type Answer, answerHash, voteHash, ZERO_HASH } from "../../../sdk/commitments.ts";
import { encodeHeader } from "../../../sdk/headers.ts";
import { NO_INPUT } from "../../../sdk/units.ts";
import { addressOf, ETHER, hash } from "../../../test/contracts/fixtures.ts";
import type { Quorum } from "../../../types/ethers-contracts/index.ts";
import { gasOf, runSeason, type Site } from "../../site.ts";
import type { Gas } from "../method.ts";

/** The protocol's number of Quorum. */
const QUORUM = 1;

/** The unit that is measured: the first ones write slots that the later ones only change. */
const MEASURED = 5;

/** Gas of all that a unit needs whose panel agrees and that nobody appeals, and of its parts. */
export async function measure(site: Site, quorum: Quorum): Promise<Gas> {
  const { bonds, prover, accounts, networkHelpers } = site;
  const { firstPanel, verifierBond } = await quorum.parameters();
  for (const account of accounts.slice(0, 2 * Number(firstPanel) + 1)) {
    await bonds.deposit(quorum, account, { value: verifierBond });
    await quorum.connect(account).join();
  }
  await networkHelpers.mine();
  await bonds.deposit(quorum, prover, { value: ETHER });
  const { digits } = await runSeason(site, QUORUM);
  let gas: Gas = {};
  for (let unit = 0; unit <= MEASURED; unit++) gas = await unitOf(site, quorum, digits.modelId, digits.contextOf(unit));
  const total = Object.values(gas).reduce((sum, part) => sum + part, 0);
  return { "quorum-unit": total, ...gas };
}

async function unitOf(site: Site, quorum: Quorum, modelId: Hex, context: Hex): Promise<Gas> {
  const { registry, campaign, prover, networkHelpers, ethers } = site;
  const [inputHash, outputHash] = [hash("input"), hash("output")];
  const answer: Answer = { outputHash, traceHash: ZERO_HASH, salt: context };
  const attestation = {
    ...{ prover: addressOf(prover), method: QUORUM, modelId, inputHash, context },
    answer: answerHash(addressOf(prover), answer),
  };
  const own = registry.connect(prover);
  const attest = await gasOf(await own.commit(QUORUM, modelId, inputHash, context, attestation.answer));
  const uid = (await registry.uidOf(attestation)) as Hex;

  const { drawBlock } = await quorum.caseOf(uid);
  await networkHelpers.mineUpTo(drawBlock);
  const block = await ethers.provider.send("eth_getBlockByNumber", [numberToHex(drawBlock), false]);
  const draw = await gasOf(await quorum.draw(uid, encodeHeader(block)));

  const seats = await quorum.seatsOf(uid);
  const members = seats.map(
    ({ member }) => site.accounts.find(({ address }) => address === member) as HardhatEthersSigner,
  );
  let votes = 0;
  for (const [seat, member] of members.entries()) {
    const commitment = voteHash(uid, 1, addressOf(member), outputHash, hash(member.address));
    votes += await gasOf(await quorum.connect(member).commit(uid, seat, commitment));
  }
  const reveal = await gasOf(await own.reveal(QUORUM, modelId, inputHash, context, answer));
  for (const [seat, member] of members.entries())
    votes += await gasOf(await quorum.connect(member).reveal(uid, seat, outputHash, hash(member.address)));

  const { revealUntil } = await quorum.caseOf(uid);
  await networkHelpers.time.increaseTo(revealUntil + (await quorum.parameters()).appealWindow);
  const settle = await gasOf(await quorum.settle(uid));
  const award = await gasOf(await campaign.award(prover, attestation, NO_INPUT));
  return {
    "quorum-attest": attest,
    "quorum-draw": draw,
    "quorum-votes": votes,
    "quorum-reveal": reveal,
    "quorum-settle": settle,
    "quorum-award": award,
  };
}
