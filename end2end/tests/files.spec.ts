import { expect, test } from "../fixtures.ts";

test("the page's files are compressed, named by their content, and cached for ever", async ({ server }) => {
  const html = await (await fetch(server.url)).text();
  const files = [...html.matchAll(/\/pkg\/[\w.-]+/g)].map(([path]) => path);
  const kinds = new Set(files.map((path) => path.split(".").pop()));
  expect(kinds).toEqual(new Set(["js", "wasm", "css"]));
  for (const path of new Set(files)) {
    expect(path).toMatch(/\/beseda\.[\w-]{10,}\.\w+$/);
    const sizes = new Map<string, number>();
    for (const encoding of ["br", "gzip", "identity"]) {
      const answer = await fetch(server.url + path, { headers: { "accept-encoding": encoding } });
      expect(answer.status, path).toBe(200);
      expect(answer.headers.get("cache-control")).toContain("immutable");
      expect(answer.headers.get("content-encoding") ?? "identity").toBe(encoding);
      const etag = answer.headers.get("etag")!;
      sizes.set(encoding, Number(answer.headers.get("content-length")));
      const again = await fetch(server.url + path, {
        headers: { "accept-encoding": encoding, "if-none-match": etag },
      });
      expect(again.status, `${path} as ${encoding}`).toBe(304);
    }
    expect(sizes.get("br")!).toBeLessThan(sizes.get("identity")! / 2);
  }
});

test("icons and the manifest are there", async ({ server }) => {
  for (const path of ["/favicon.svg", "/apple-touch-icon.png", "/icon-512.png", "/manifest.webmanifest"]) {
    const answer = await fetch(server.url + path);
    expect(answer.status, path).toBe(200);
    expect(answer.headers.get("etag")).toBeTruthy();
  }
});
