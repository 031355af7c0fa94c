import { BlockList, isIP, isIPv6 } from "node:net";
import type { FastifyRequest } from "fastify";
import { Address6 } from "ip-address";

/** Networks of the proxies that may name their clients in `x-forwarded-for`, as CIDRs or single addresses. */
export type TrustedProxies = readonly string[];

/**
 * Whether an address is of a trusted proxy, as Fastify's `trustProxy` asks it. A port behind the address doesn't count.
 * Throws a RangeError that quotes what is no network.
 */
export function trustedBy(networks: TrustedProxies): (address: string) => boolean {
  const trusted = new BlockList();
  for (const network of networks) trust(trusted, network);
  return (text) => {
    const address = addressIn(text);
    return address !== undefined && trusted.check(address, isIPv6(address) ? "ipv6" : "ipv4");
  };
}

function trust(trusted: BlockList, network: string): void {
  const [address = "", bits, ...more] = network.split("/");
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  if (family === 0 || more.length > 0 || (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > most)))
    throw new RangeError(`"${network}" is no network: an address is asked, or one with its bits, as 10.0.0.0/8.`);
  trusted.addSubnet(address, Number(bits ?? most), family === 6 ? "ipv6" : "ipv4");
}

/**
 * Whose requests are counted together: the address that asks, or the one that a trusted proxy names; of IPv6 its /64,
 * which one client owns. A name that is no address counts as the proxy's own.
 */
export function clientOf({ ip, raw }: Pick<FastifyRequest, "ip" | "raw">): string {
  const address = addressIn(ip) ?? raw.socket.remoteAddress ?? "unknown";
  return address.includes(":") ? networkOf(address, 64) : address;
}

/** The network that a {@link clientOf} is in, which one provider may hand out whole: a /24 of IPv4, a /48 of IPv6. */
export const neighbourhoodOf = (client: string): string =>
  client.includes(":") ? networkOf(client, 48) : client.slice(0, client.lastIndexOf("."));

/** The address in a text that may have a port behind it, as some proxies write it; undefined where there is none. */
function addressIn(text: string): string | undefined {
  if (isIP(text)) return text;
  const [, v6, v4] = /^(?:\[(.*)\](?::\d+)?|(.*):\d+)$/.exec(text) ?? [];
  if (v6 !== undefined) return isIPv6(v6) ? v6 : undefined;
  return v4 !== undefined && isIP(v4) === 4 ? v4 : undefined;
}

function networkOf(ip: string, bits: number): string {
  const address = new Address6(ip);
  return address.isMapped4()
    ? address.to4().correctForm()
    : new Address6(`${ip.replace(/%.*/, "")}/${bits}`).startAddress().correctForm();
}
