import { expect } from "chai";
import { createPictures, etagOfPicture } from "../../../../indexer/serve/picture/pictures.ts";

const svg = (text: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20"><text y="16">${text}</text></svg>`;

const outcome = (drawn: Promise<Uint8Array>): Promise<string> =>
  drawn.then(
    (png) => `${png.length > 100 ? "drawn" : "empty"}`,
    ({ message }: Error) => message,
  );

describe("pictures", () => {
  let pictures: ReturnType<typeof createPictures>;
  beforeEach(() => {
    pictures = createPictures();
  });
  afterEach(() => pictures.close());

  it("are drawn once for all who ask, and kept", async () => {
    const drawn = await Promise.all([pictures.png(svg("1")), pictures.png(svg("1")), pictures.png(svg("2"))]);
    expect(drawn[0]).to.equal(drawn[1]);
    expect(Buffer.from(drawn[0]).equals(drawn[2])).to.equal(false);
    expect(await pictures.png(svg("1"))).to.equal(drawn[0]);
  });

  it("are refused where too many wait, and taken again after that", async () => {
    const outcomes = await Promise.all(Array.from({ length: 18 }, (_, i) => outcome(pictures.png(svg(`${i}`)))));
    expect(outcomes.filter((one) => one === "drawn")).to.have.lengthOf(16);
    expect(outcomes.slice(16)).to.deep.equal(Array(2).fill("16 pictures are waiting to be drawn: try again later."));
    expect(await outcome(pictures.png(svg("17")))).to.equal("drawn");
  });

  it("are drawn again after one that can't be", async () => {
    expect(await outcome(pictures.png("<svg"))).to.equal("The picture could not be drawn.");
    expect(await outcome(pictures.png(svg("1")))).to.equal("drawn");
  });

  it("are named by what they show", () => {
    expect(etagOfPicture(svg("1"))).to.match(/^"[\w-]{22}"$/);
    expect(etagOfPicture(svg("1")))
      .to.equal(etagOfPicture(svg("1")))
      .and.not.equal(etagOfPicture(svg("2")));
  });
});
