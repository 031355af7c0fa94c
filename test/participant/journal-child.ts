import { setTimeout as sleep } from "node:timers/promises";
import { toHex } from "viem";
import { openJournal } from "../../participant/journal.ts";

// Keeps attestations until it is killed, and names each one once it should be on disk.

const journal = openJournal(process.argv[2] as string);
const zero = toHex(0, { size: 32 });
const registry = "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF";
const prover = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf";
for (let n = 1; ; n++) {
  const uid = toHex(n, { size: 32 });
  journal.keepAttestation({
    ...{ chainId: 31337, registry, uid },
    attestation: { prover, method: 1, modelId: zero, inputHash: zero, context: zero, answer: zero },
    answer: { outputHash: zero, traceHash: zero, salt: uid },
  });
  console.log(uid);
  await sleep(1);
}
