// The parts of snarkjs and circom2 that are used here; the packages have no types of their own.

declare module "snarkjs" {
  /** Bytes, the path of a file, or bytes that are being written. */
  type Source = string | Uint8Array | { type: "mem"; data?: Uint8Array };

  interface Logger {
    debug(message: string): void;
    info(message: string): void;
    warn(message: string): void;
    error(message: string): void;
  }

  export const groth16: {
    prove(
      provingKey: Source,
      witness: Source,
      logger: Logger | undefined,
      options: { singleThread: boolean },
    ): Promise<{ proof: import("./snarkjs.ts").SnarkjsProof; publicSignals: string[] }>;
  };

  export const wtns: {
    calculate(input: Record<string, unknown>, program: Source, witness: Source): Promise<void>;
  };

  export const powersOfTau: {
    newAccumulator(curve: unknown, power: number, to: Source, logger?: Logger): Promise<unknown>;
    contribute(from: Source, to: Source, name: string, entropy: string, logger?: Logger): Promise<unknown>;
    preparePhase2(from: Source, to: Source, logger?: Logger): Promise<unknown>;
  };

  export const zKey: {
    newZKey(r1cs: Source, powers: Source, to: Source, logger?: Logger): Promise<unknown>;
    contribute(from: Source, to: Source, name: string, entropy: string, logger?: Logger): Promise<unknown>;
    verifyFromR1cs(r1cs: Source, powers: Source, provingKey: Source, logger?: Logger): Promise<boolean>;
    exportVerificationKey(provingKey: Source, logger?: Logger): Promise<import("./snarkjs.ts").SnarkjsKey>;
  };

  export const r1cs: {
    info(r1cs: Source, logger?: Logger): Promise<{ nConstraints: number; nPubInputs: number; nOutputs: number }>;
  };

  export const curves: {
    getCurveFromName(name: string): Promise<{ terminate(): Promise<void> }>;
  };
}

declare module "circom2" {
  interface Bindings {
    exit(code: number): void;
    fs: object;
  }

  export const bindings: Bindings;

  export class CircomRunner {
    constructor(options: {
      args: readonly string[];
      env: Record<string, string>;
      preopens: Record<string, string>;
      bindings: Bindings;
    });
    execute(compiler: Uint8Array): Promise<unknown>;
  }
}
