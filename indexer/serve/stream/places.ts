import { neighbourhoodOf } from "../clients.ts";
import { ProblemError } from "../problems.ts";

/** Bounds of the stream's clients: of all, of one address, and of one network (a /24 of IPv4, a /48 of IPv6). */
export interface Places {
  clients: number;
  clientsOfAddress: number;
  clientsOfNetwork: number;
}

interface Placed {
  address: string;
}

/**
 * Finds a place for one more client of an address. Where all are taken, it takes one of the network that has the most, if
 * that still has as many then: answers who must leave, the latest of its most frequent address. Throws a problem of
 * status 503 where there is no place.
 */
export function findPlace<Client extends Placed>(
  clients: ReadonlySet<Client>,
  address: string,
  { clients: most, clientsOfAddress, clientsOfNetwork }: Places,
): Client | undefined {
  const byNetwork = Map.groupBy(clients, (client) => neighbourhoodOf(client.address));
  const near = byNetwork.get(neighbourhoodOf(address)) ?? [];
  const same = near.filter((client) => client.address === address).length;
  if (same >= clientsOfAddress)
    throw new ProblemError(503, `${address} has ${same} streams open already: close one, or try again later.`);
  if (near.length >= clientsOfNetwork)
    throw new ProblemError(503, `The network of ${address} has ${near.length} streams open already: try again later.`);
  if (clients.size < most) return undefined;
  const fullest = longest(byNetwork.values());
  if (fullest.length <= near.length + 1)
    throw new ProblemError(503, `The stream has ${clients.size} clients already: try again later.`);
  return longest(Map.groupBy(fullest, (client) => client.address).values()).at(-1);
}

const longest = <Client>(lists: Iterable<Client[]>): Client[] =>
  [...lists].reduce((most, list) => (list.length > most.length ? list : most), []);
