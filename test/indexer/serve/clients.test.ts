import { expect } from "chai";
import { clientOf, neighbourhoodOf, trustedBy } from "../../../indexer/serve/clients.ts";

describe("clients", () => {
  for (const network of ["", "proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8/8", "::/129", "10.0.0/8", "10.0.0.1:80"])
    it(`are named by no proxy of the network ${JSON.stringify(network)}, which is none`, () => {
      expect(() => trustedBy([network])).to.throw(RangeError, `"${network}" is no network`);
    });

  it("are named by proxies of the given networks only, also where IPv4 is written as IPv6", () => {
    const isTrusted = trustedBy(["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"]);
    const addresses = [
      "10.255.0.1",
      "10.255.0.1:80",
      "::ffff:10.0.0.1",
      "192.0.2.1",
      "2001:db8:1::1",
      "[2001:db8::]:80",
    ];
    for (const address of addresses) expect(isTrusted(address), address).to.equal(true);
    for (const address of ["11.0.0.1", "192.0.2.2", "2001:db9::1", "proxy", "", "10.0.0.1:x"])
      expect(isTrusted(address), address).to.equal(false);
  });

  const named = (ip: string) => clientOf({ ip, raw: { socket: { remoteAddress: "192.0.2.9" } } } as never);

  it("are addresses, and of IPv6 the networks that one owns", () => {
    expect(named("10.0.0.1")).to.equal("10.0.0.1");
    expect(named("10.0.0.1:4000")).to.equal("10.0.0.1");
    expect(named("::ffff:10.0.0.1")).to.equal("10.0.0.1");
    expect(named("2001:db8:1:2:3::4")).to.equal("2001:db8:1:2::");
    expect(named("[2001:db8:1:2::5]:80")).to.equal("2001:db8:1:2::");
    expect(named("fe80::1%eth0")).to.equal("fe80::");
  });

  it("are the proxy's own where it names none", () => {
    for (const text of ["unknown", "_hidden", "a:b", "[a]:1", ""]) expect(named(text), text).to.equal("192.0.2.9");
  });

  it("are neighbours in a /24 of IPv4 and a /48 of IPv6", () => {
    expect(neighbourhoodOf("10.0.1.2")).to.equal("10.0.1");
    expect(neighbourhoodOf("2001:db8:1:2::")).to.equal("2001:db8:1::");
  });
});
