import { expect } from "chai";
import fc from "fast-check";
import { nameSkeleton, profileLimits, SHOWN_CLUSTERS, shownLink, shownName, shownProfile } from "../../sdk/profiles.ts";

const clustersOf = (text: string): number => [...new Intl.Segmenter("und").segment(text)].length;

/** Signs that people hide behind: directions, joiners, blanks, marks, controls, look-alikes, half surrogates. */
const hostile = fc.constantFrom(
  ...["\u202e", "\u2066", "\u200f", "\u200b", "\u200d", "\ufe0f", "\u00ad", "\u3164", "\u2800", "\u034f", "\u115f"],
  ...["\n", "\r", "\u2028", "\t", "\0", "\u001b[2J", "\u0085", "\u0301", "\u0489", "\u20e3", "\u{e0041}", "\ufffc"],
  ...[
    "\ud800",
    "\udc00",
    "\ue000",
    "\u{10ffff}",
    "\u0378",
    "а",
    "0x",
    "…",
    "<b>",
    " ",
    "\u00a0",
    "👩",
    "🇦",
    "각",
    "\u1100",
  ],
);
const names = fc
  .array(fc.oneof(fc.string({ unit: "binary", maxLength: 3 }), hostile), { maxLength: 60 })
  .map((parts) => parts.join(""));

describe("shownName", () => {
  it("shows a name in any script as it is", () => {
    for (const name of [
      "Ada Lovelace",
      "Zoë",
      "毛利 小五郎",
      "عمر الخيام",
      "שלום",
      "สมชาย",
      "ada.eth",
      "0xAda",
      "🦊 fox",
      "…",
    ])
      expect(shownName(name), name).to.equal(name);
  });

  it("drops what hides, turns or joins, and makes unreadable signs visible", () => {
    for (const [name, shown] of [
      ["\u202eadA\u202c", "adA"],
      ["A\u200bd\u00ada\u2060\ufeff", "Ada"],
      ["A\u0000d\u001b[31ma", "Ad[31ma"],
      ["A\n\nd\ta", "A d a"],
      ["\u2800\u3164 \u00a0Ada \u2003 L\u2800", "Ada L"],
      ["A\ue000\u0378\ud800", "A\ufffd\ufffd\ufffd"],
      ["👩\u200d🚀", "👩🚀"],
      ["\u0301\u0301Ada", "Ada"],
      [`A${"\u0316".repeat(20)}`, "A\u0316\u0316\u0316"],
      ["Zoe\u0308", "Zoë"],
      ["\u200b\u2800\n", ""],
      ["", ""],
    ] as const)
      expect(shownName(name), JSON.stringify(name)).to.equal(shown);
  });

  it("clips a long name by what people see as characters", () => {
    expect(shownName("z".repeat(32))).to.equal("z".repeat(32));
    expect(shownName("z".repeat(33))).to.equal(`${"z".repeat(31)}…`);
    expect(shownName("🇦🇹".repeat(33))).to.equal(`${"🇦🇹".repeat(31)}…`);
  });

  it("shows nothing of a name that looks like an address", () => {
    for (const name of [
      "0x00000000000000000000000000000000000A11CE",
      "0xA11c…e0f1",
      "OxA11ce0f1",
      "0хa11ce0f1 (me)",
      "0 x a 1 1 c e 0 f 1",
      "0\u0445a1\u200b1ce0",
      "the real 0xa11ce0",
      "a11ce0f1a11ce0f1a11ce0f1a1",
    ])
      expect(shownName(name), name).to.equal("");
    expect(shownName("Oxford")).to.equal("Oxford");
  });

  it("makes of anything one line without hidden signs, of few characters and marks", () => {
    fc.assert(
      fc.property(names, (name) => {
        const shown = shownName(name);
        expect(shown).to.not.match(/[\p{C}\p{DI}\p{Bidi_C}\p{Zl}\p{Zp}\u2800]/u);
        expect(shown).to.not.match(/^\p{M}|\p{M}{4}| {2}|^ | $/u);
        expect(shown.isWellFormed()).to.equal(true);
        expect(clustersOf(shown)).to.be.at.most(SHOWN_CLUSTERS);
      }),
      { numRuns: 1000 },
    );
  });

  it("changes nothing of what it made", () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(shownName(shownName(name))).to.equal(shownName(name));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("nameSkeleton", () => {
  it("is the same for names that look alike", () => {
    for (const [one, other] of [
      ["Ada", "ада".replace("д", "d")],
      ["Ada", "Α\u0501α"],
      ["Ada", "A.D.A"],
      ["Ada", "Àdâ\u200b"],
      ["Ada", "𝓐𝓭𝓪"],
      ["Ada", "ａｄａ"],
      ["Bill", "BiII"],
      ["Bill", "8ill".replace("8", "В")],
      ["Ole", "01e"],
      ["modern", "rnodem"],
      ["wave", "vvave"],
      ["Straße", "STRASSE"],
      ["ΣΟΦΟΣ", "σοφος"],
    ] as const)
      expect(nameSkeleton(one), `${one} ${other}`).to.equal(nameSkeleton(other));
  });

  it("differs for names that don't", () => {
    const others = ["Ada", "Eda", "Adah", "毛利", "毛", "🦊", "🐺", "!", "?"];
    expect(new Set(others.map(nameSkeleton)).size).to.equal(others.length);
  });

  it("begins with the skeleton of the name's beginning", () => {
    const readable = fc.string({ unit: fc.constantFrom(..."adAlI1 mrnwvßσΣé毛각0x.ж"), minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(readable, fc.nat(), (name, at) => {
        const begun = name.slice(0, at % (name.length + 1));
        if (!/[\p{L}\p{N}]/u.test(begun) || shownName(name) === "") return;
        expect(nameSkeleton(name).startsWith(nameSkeleton(begun))).to.equal(true);
      }),
    );
  });

  it("is of what is shown", () => {
    fc.assert(
      fc.property(names, (name) => {
        expect(nameSkeleton(name)).to.equal(nameSkeleton(shownName(name)));
      }),
    );
  });
});

describe("shownLink", () => {
  it("shows an address of the web, as browsers write it", () => {
    expect(shownLink("https://example.org")).to.equal("https://example.org/");
    expect(shownLink("HTTP://Example.org/ä?b=1#c")).to.equal("http://example.org/%C3%A4?b=1#c");
    expect(shownLink("https://exаmple.org/")).to.equal("https://xn--exmple-4nf.org/");
  });

  it("shows nothing else", () => {
    for (const link of [
      ...[
        "",
        "example.org",
        "/a",
        "javascript:alert(1)",
        "data:text/html,a",
        "ftp://example.org",
        "ipfs://a",
        "https://",
      ],
      ...["https://a:b@example.org", "https://bank.example@example.org", "java\nscript:alert(1)"],
      ...[
        "https://example.org/\u202egpj",
        "https://exam\u200bple.org",
        " https://example.org",
        "https://example.org/\n",
      ],
      ...[`https://example.org/${"a".repeat(200)}`, `https://example.org/${"ä".repeat(100)}`],
    ])
      expect(shownLink(link), link).to.equal(null);
  });

  it("is plain, short and stays as it is", () => {
    const links = fc.oneof(fc.webUrl({ withFragments: true, withQueryParameters: true }), names);
    fc.assert(
      fc.property(links, (link) => {
        const shown = shownLink(link);
        if (shown === null) return;
        expect(shown).to.match(/^https?:\/\/[!-~]+$/);
        expect(shown.length).to.be.at.most(profileLimits.link);
        expect(shownLink(shown)).to.equal(shown);
      }),
    );
  });
});

describe("shownProfile", () => {
  it("leaves out a link that isn't safe, and everything without a name", () => {
    const link = "https://example.org/";
    expect(shownProfile("Ada", link)).to.deep.equal({ name: "Ada", link });
    expect(shownProfile("Ada", "javascript:alert(1)")).to.deep.equal({ name: "Ada", link: null });
    expect(shownProfile("\u200b", link)).to.equal(undefined);
  });
});
