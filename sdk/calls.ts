import {
  type Abi,
  type Address,
  type ContractFunctionName,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  type Hex,
} from "viem";

/** A call of a contract's function, to be sent as a transaction. */
export interface Call {
  /** What it is called in messages, as in `commit`. */
  name: string;
  to: Address;
  data: Hex;
  /** Wei sent along. */
  value: bigint;
}

/** A typed call of a contract's function: spread one of a client's contracts and add `functionName` and `args`. */
export function callOf<const abi extends Abi, name extends ContractFunctionName<abi, "nonpayable" | "payable">>(
  parameters: EncodeFunctionDataParameters<abi, name> & { address: Address; value?: bigint },
): Call {
  return {
    name: String(parameters.functionName),
    to: parameters.address,
    data: encodeFunctionData(parameters as EncodeFunctionDataParameters),
    value: parameters.value ?? 0n,
  };
}
