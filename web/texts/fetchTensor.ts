import type { Hex } from "viem";
import { fetchContent } from "../../inference/content.ts";
import { decodeTensor, type Tensor } from "../../inference/tensors.ts";
import { cidOfKeccak256 } from "../../sdk/content.ts";

/** Fetches a tensor by its hash from a server; throws a sentence where it isn't there, or is another. */
export const fetchTensor = async (source: string, hash: Hex): Promise<Tensor> =>
  decodeTensor(await fetchContent(source, cidOfKeccak256(hash)));
