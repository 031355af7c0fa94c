import { bn254 } from "@noble/curves/bn254";
import type { G1, G2, Proof, VerifyingKey } from "./key.ts";

const { Fp, Fp2, Fp12, Fr } = bn254.fields;
const { ZERO: ZERO_1 } = bn254.G1.ProjectivePoint;
const { ZERO: ZERO_2 } = bn254.G2.ProjectivePoint;

/**
 * Whether a proof of public signals holds under a key, as the contract decides: e(A, B) = e(alpha, beta) · e(IC_0 + Σ s_i · IC_i,
 * gamma) · e(C, delta), gamma the generator of G2. False, too, where a coordinate is no point's.
 */
export function verifyProof(key: VerifyingKey, signals: readonly bigint[], proof: Proof): boolean {
  const { alpha, beta, delta, ic } = key;
  if (ic.length !== signals.length + 1) return false;
  if (signals.some((signal) => signal < 0n || signal >= Fr.ORDER)) return false;
  try {
    const sum = ic
      .map(g1Of)
      .reduce((total, point, i) => total.add(i === 0 ? point : point.multiplyUnsafe(signals[i - 1] as bigint)), ZERO_1);
    const pairs = [
      { g1: g1Of(proof.a).negate(), g2: g2Of(proof.b) },
      { g1: g1Of(alpha), g2: g2Of(beta) },
      { g1: sum, g2: bn254.G2.ProjectivePoint.BASE },
      { g1: g1Of(proof.c), g2: g2Of(delta) },
    ];
    // With a point at infinity a pairing is 1.
    const finite = pairs.filter(({ g1, g2 }) => !g1.equals(ZERO_1) && !g2.equals(ZERO_2));
    return Fp12.eql(bn254.pairingBatch(finite), Fp12.ONE);
  } catch (error) {
    if (error instanceof NoPointError) return false;
    throw error;
  }
}

class NoPointError extends Error {
  override name = "NoPointError";
}

/** The point with these coordinates; both zero stand for infinity. */
function g1Of([x, y]: G1) {
  if (x === 0n && y === 0n) return ZERO_1;
  return checked([x, y], () => bn254.G1.ProjectivePoint.fromAffine({ x, y }));
}

function g2Of([x, y]: G2) {
  if ([...x, ...y].every((part) => part === 0n)) return ZERO_2;
  return checked([...x, ...y], () =>
    bn254.G2.ProjectivePoint.fromAffine({ x: Fp2.fromBigTuple([...x]), y: Fp2.fromBigTuple([...y]) }),
  );
}

function checked<Point extends { assertValidity(): void }>(coordinates: readonly bigint[], make: () => Point): Point {
  if (coordinates.some((each) => each >= Fp.ORDER)) throw new NoPointError("A coordinate is too large.");
  const point = make();
  try {
    point.assertValidity();
  } catch (error) {
    throw new NoPointError("The coordinates are no point's of the curve.", { cause: error });
  }
  return point;
}
