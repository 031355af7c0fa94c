import type { Row } from "../../sdk/layouts.ts";
import { type BuiltModel, GraphBuilder } from "../graphModel/build.ts";
import { MAX_WIDTH } from "../operators/operator.ts";
import { productOf } from "./numbers.ts";
import type { StaticGraph } from "./prepare.ts";
import type { Network } from "./reader.ts";

/**
 * The graph model of a network whose layers were made integers. Throws a sentence that names what no rule of
 * docs/graph-profile.md allows.
 */
export function graphOf({ input, output }: StaticGraph, network: Network, layers: readonly Row[][]): BuiltModel {
  const { builder, last: first } = begun(network, productOf(input.dims));
  let last = first;
  for (const [l, { window, pools = [] }] of network.layers.entries()) {
    const rows = layers[l] as Row[];
    last = builder.linear(window ? builder.gather(last, window) : last, rows);
    for (const pool of pools) last = builder.max(builder.gather(last, pool), rows.length);
  }
  if (network.answersByChannel) builder.transpose(last);
  return builder.finish(input, output);
}

/** A graph whose last operator gives the input as the first layer takes it. */
function begun({ image }: Network, size: number): { builder: GraphBuilder; last: number } {
  if (!image) return { builder: new GraphBuilder({ rows: 1, width: size }), last: 0 };
  const { channels, byChannel } = image;
  const pixels = size / channels;
  if (!byChannel) return { builder: new GraphBuilder({ rows: pixels, width: channels }), last: 0 };
  if (pixels <= MAX_WIDTH) {
    const builder = new GraphBuilder({ rows: channels, width: pixels });
    return { builder, last: builder.transpose(0) };
  }
  const builder = new GraphBuilder({ rows: size, width: 1 });
  // Windows as high as there are channels, each of which is an image of one row, and one pixel wide.
  const window = { height: channels, across: pixels, down: 1, outAcross: pixels, kh: channels, kw: 1, sy: 1, sx: 1 };
  return { builder, last: builder.gather(0, { ...window, top: 0, left: 0 }) };
}

/** An input as its network's first layer takes it: an image pixel by pixel. */
export function arranged({ image }: Network, input: Int8Array): Int8Array {
  if (!image?.byChannel) return input;
  const { channels } = image;
  const pixels = input.length / channels;
  return Int8Array.from(input, (_, i) => input[(i % channels) * pixels + Math.floor(i / channels)] as number);
}
