import { expect } from "chai";
import { encodeAbiParameters, type Hex } from "viem";
import { IntegrityError } from "../../../indexer/fold/step.ts";
import { profilesAbi } from "../../../sdk/abi.ts";
import { nameSkeleton } from "../../../sdk/profiles.ts";
import { accountOf, type Emitted, emit, naming } from "../story.ts";
import { openTold } from "./ending.ts";

const [ada, other] = [1, 2].map(accountOf) as [Hex, Hex];
const TIME = 1_000;
const LINK = "https://example.org/";
const set = (account: Hex, name: string, link = ""): Emitted =>
  emit(naming.Profiles.address, profilesAbi, "ProfileSet", { account, name, link });

/** A name and a link of any bytes. */
const setBytes = (name: Hex, link: Hex): Emitted => ({
  ...set(ada, ""),
  data: encodeAbiParameters([{ type: "bytes" }, { type: "bytes" }], [name, link]),
});

describe("the fold of profiles", () => {
  it("refuses texts that are longer than the contract takes", () => {
    const { tell, readers } = openTold();
    for (const [name, link] of [
      ["a".repeat(65), ""],
      ["a", "a".repeat(201)],
    ] as const)
      expect(() => tell(TIME, set(ada, name, link))).to.throw(
        IntegrityError,
        `${ada} set a name of ${name.length} characters and a link of ${link.length}.`,
      );
    expect(readers.profiles.profile(ada)).to.equal(undefined);
  });

  it("keeps what is shown of the last name and link, and where they were set", () => {
    const { tell, readers } = openTold();
    tell(TIME, set(ada, "\u202eAda", LINK), set(other, "Other", "javascript:alert(1)"));
    expect(readers.profiles.profile(ada)).to.deep.include({ account: ada, name: "Ada", link: LINK, timestamp: TIME });
    expect(readers.profiles.profile(other)).to.deep.include({ name: "Other", link: null });
    tell(TIME + 5, set(ada, "Ada L."));
    expect(readers.profiles.profile(ada)).to.deep.include({
      ...{ name: "Ada L.", link: null, skeleton: nameSkeleton("Ada L."), timestamp: TIME + 5 },
    });
    expect(readers.profiles.nameOf(ada)).to.equal("Ada L.");
  });

  it("takes a name away that is empty, shows nothing or looks like an address", () => {
    for (const name of ["", "\u200b\n", ada]) {
      const { tell, readers } = openTold();
      tell(TIME, set(ada, name));
      expect(readers.profiles.profile(ada)).to.equal(undefined);
      tell(TIME, set(ada, "Ada"));
      tell(TIME, set(ada, name));
      expect(readers.profiles.profile(ada)).to.equal(undefined);
    }
  });

  it("reads bytes that aren't text, and a byte order mark with a link", () => {
    const { tell, readers } = openTold();
    tell(TIME, setBytes(`0x${"ff".repeat(64)}`, `0x${"c3".repeat(200)}`));
    expect(readers.profiles.profile(ada)).to.deep.include({ name: `${"\ufffd".repeat(31)}…`, link: null });
    tell(TIME, setBytes("0xefbbbf", "0x61"));
    expect(readers.profiles.profile(ada)).to.equal(undefined);
  });

  it("is undone with its block", () => {
    const { tell, readers, writer } = openTold();
    tell(TIME, set(ada, "Ada"));
    const { cursor } = writer.progress() ?? {};
    const before = readers.profiles.profile(ada);
    tell(TIME, set(ada, "Eve"));
    tell(TIME, set(ada, ""));
    writer.rollback(cursor?.number as number);
    expect(readers.profiles.profile(ada)).to.deep.equal(before);
  });
});
