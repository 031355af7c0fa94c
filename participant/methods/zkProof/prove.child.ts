import { groth16, wtns } from "snarkjs";
import { answerOnce } from "./child.ts";
import type { MadeProof, ProveRequest } from "./prove.ts";

answerOnce(async ({ witness, provingKey, data, uid }: ProveRequest, say): Promise<MadeProof> => {
  say("running the circuit");
  const values = { type: "mem" } as const;
  await wtns.calculate({ data, uid }, witness, values);
  say("proving");
  const made = await groth16.prove(provingKey, values, undefined, { singleThread: true });
  return { ...made, memory: process.resourceUsage().maxRSS * 1024 };
});
