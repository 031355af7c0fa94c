import { randomBytes } from "node:crypto";
import { curves, powersOfTau, r1cs as r1csFiles, type Source, zKey } from "snarkjs";
import { answerOnce, type OnDoing } from "./child.ts";
import { compile } from "./circom.ts";
import type { CompiledCircuit, MadeKeys, SetupRequest } from "./setup.ts";

/** A file in memory that is still to be written. */
const fresh = (): { type: "mem"; data?: Uint8Array } => ({ type: "mem" });

/** What nobody else knows, and this process forgets. */
const entropy = (): string => randomBytes(32).toString("hex");

/** The least power of two of powers of tau that suffice for a circuit. */
async function powerOf(r1cs: Uint8Array): Promise<number> {
  const { nConstraints, nPubInputs, nOutputs } = await r1csFiles.info(r1cs);
  return Math.ceil(Math.log2(nConstraints + nPubInputs + nOutputs + 1));
}

async function makePowers(power: number, say: OnDoing): Promise<Source> {
  const [first, second, prepared] = [fresh(), fresh(), fresh()];
  say(`making 2^${power} powers of tau`);
  await powersOfTau.newAccumulator(await curves.getCurveFromName("bn128"), power, first);
  await powersOfTau.contribute(first, second, "TEST", entropy());
  say(`preparing 2^${power} powers of tau`);
  await powersOfTau.preparePhase2(second, prepared);
  return prepared;
}

async function makeKeys(r1cs: Uint8Array, given: Uint8Array | undefined, say: OnDoing): Promise<MadeKeys> {
  const powers = given ?? (await makePowers(await powerOf(r1cs), say));
  const [first, provingKey] = [fresh(), fresh()];
  say("making the keys");
  await zKey.newZKey(r1cs, powers, first);
  await zKey.contribute(first, provingKey, "TEST", entropy());
  return { key: await zKey.exportVerificationKey(provingKey), provingKey: provingKey.data as Uint8Array };
}

async function checkKeys(
  { r1cs, powers, provingKey }: Extract<SetupRequest, { kind: "check" }>,
  say: OnDoing,
): Promise<MadeKeys> {
  say("checking every contribution to the proving key");
  if (!(await zKey.verifyFromR1cs(r1cs, powers, provingKey)))
    throw new Error("The proving key is not of this circuit and these powers of tau.");
  return { key: await zKey.exportVerificationKey(provingKey), provingKey };
}

answerOnce(async (request: SetupRequest, say): Promise<CompiledCircuit | MadeKeys> => {
  if (request.kind === "make") return makeKeys(request.r1cs, request.powers, say);
  if (request.kind === "check") return checkKeys(request, say);
  say("compiling the circuit");
  return compile(request.source);
});
