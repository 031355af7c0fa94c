import { formatEther } from "viem";

/** An exact amount: `0.15 ETH`. */
export const ether = (wei: bigint): string => `${formatEther(wei)} ETH`;

const rough = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 2 });

/** An amount to two digits: `0.00012 ETH`. */
export const aboutEther = (wei: bigint): string => `${rough.format(Number(formatEther(wei)))} ETH`;
