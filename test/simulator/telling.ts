import { type Address, concatHex, encodeFunctionData, type Hex, numberToHex, parseAbi, size } from "viem";
import { fraudProof as fraudProofMethod } from "../../sdk/methods/fraudProof.ts";
import { quorum as quorumMethod } from "../../sdk/methods/quorum.ts";
import { type Emitted, emit } from "../indexer/story.ts";

const replayer = parseAbi(["function replay(bytes logs)"]);

/** Calldata with which a TellingMethod emits an event of its own. */
const tell = ({ address, topics, data }: Emitted): Hex =>
  encodeFunctionData({
    abi: replayer,
    functionName: "replay",
    args: [
      concatHex([
        ...[address, numberToHex(topics.length, { size: 1 }), ...topics],
        ...[numberToHex(size(data), { size: 4 }), data],
      ]),
    ],
  });

/** Has Quorum tell that a member of the first panel revealed its vote. */
export const tellVote = (quorum: Address, uid: Hex, member: Address, outputHash: Hex): Hex =>
  tell(emit(quorum, quorumMethod.abi, "VoteRevealed", { uid, round: 1, member, outputHash }));

/** Has FraudProof tell an attestation's activations. */
export const tellTrace = (fraudProof: Address, uid: Hex, trace: Hex): Hex =>
  tell(emit(fraudProof, fraudProofMethod.abi, "Traced", { uid, trace }));

/** Has FraudProof tell that the challenger showed a wrong row of an attestation or batch. */
export const tellWrongRow = (fraudProof: Address, id: Hex, challenger: Address, row: number): Hex =>
  tell(
    emit(fraudProof, fraudProofMethod.abi, "RowRefuted", {
      ...{ id, challenger, unit: 0n, layer: 0n, row: BigInt(row), claimed: 1, correct: -1 },
    }),
  );
